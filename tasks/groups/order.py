"""In which order groups are built that are made of other groups; a group made of itself is refused. Pure."""

from collections.abc import Collection, Iterable, Mapping

from integrations.errors import Refused
from models.content import nearest
from models.group_rules import InGroup, Rule, conditions
from models.locale import mark
from models.reason import because

CYCLE = mark("These groups are made of one another: {cycle}. Take one of them out of the other's rule.")
NO_GROUP = mark("There is no customer group “{group}” to build this one from. Nearest: {nearest}.")
NO_GROUPS = mark("There is no customer group “{group}” to build this one from, nor any other yet. Make it first.")
NEEDED = mark("The group cannot be put away: {groups} are made of it. Change their rules first.")
ARROW = " → "


def made_of(rule: Rule | None) -> frozenset[str]:
    """The keys of the groups a rule asks for."""
    return frozenset(one.group for one in conditions(rule) if isinstance(one, InGroup)) if rule else frozenset()


def in_order(needs: Mapping[str, Collection[str]], wanted: Iterable[str] | None = None) -> list[str]:
    """The groups wanted and all they need, each behind what it is made of. Raises Refused on a cycle, naming it."""
    done: dict[str, None] = {}
    path: list[str] = []

    def visit(key: str) -> None:
        if key in path:
            cycle = ARROW.join([*path[path.index(key) :], key])
            raise Refused(because(CYCLE, code="cycle", cycle=cycle))
        if key in done or key not in needs:
            return
        path.append(key)
        for one in sorted(needs[key]):
            visit(one)
        path.pop()
        done[key] = None

    for key in sorted(needs if wanted is None else wanted):
        visit(key)
    return list(done)


def check(key: str, rule: Rule | None, needs: Mapping[str, Collection[str]]) -> None:
    """Refuse a rule that asks for a group there is not, or that would be made of itself. Raises Refused."""
    for one in sorted(made_of(rule) - needs.keys() - {key}):
        near = ", ".join(nearest(one, needs, likeness=0.0))
        said = because(NO_GROUP, code="no_group", group=one, nearest=near) if near else None
        raise Refused(said or because(NO_GROUPS, code="no_group", group=one))
    in_order({**needs, key: made_of(rule)}, [key])


def check_not_needed(key: str, needs: Mapping[str, Collection[str]]) -> None:
    """Refuse to put a group away that others are made of. Raises Refused."""
    if others := sorted(other for other, of in needs.items() if key in of and other != key):
        raise Refused(because(NEEDED, code="needed", groups=", ".join(others)))
