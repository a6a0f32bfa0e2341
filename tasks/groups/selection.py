"""A rule as one query: the ids of all customers it is true of, the same on both databases. Pure.

Conditions about one source are one question to it; the answers of several sources are sets, met, joined and taken from
one another. Both databases do that alike and in time that grows with the sets: joins would be left to a planner that
has to guess how large an answer is. A set may be said by who is not in it, so `not` costs nothing, and everybody is
only asked for where nothing else narrows the rule. Every condition comes to yes or no, never to NULL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    except_,
    false,
    func,
    intersect,
    literal,
    not_,
    or_,
    select,
    true,
    union,
    union_all,
)

from models.customer_groups import Corrected, GroupCorrection
from models.group_rules import (
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Compare,
    Counted,
    Everyone,
    Has,
    InGroup,
    Joined,
    Not,
    Reachable,
    Reacted,
    Rule,
    Scored,
    Today,
    Where,
)
from models.written import minor_units
from tasks.groups import sources
from tasks.groups.sources import Among, C, Source
from tasks.groups.windows import AsOf, within

K = GroupCorrection.__table__.c  # type: ignore[attr-defined]
MILLI = 1000
COLUMN = {"receipts": "receipts", "sum": "amount", "quantity": "quantity"}
Yes = ColumnElement[bool]
Made = Mapping[Source, CTE]
OWN = None  # the customer's own record, in which everybody is


@dataclass(frozen=True)
class Part:
    """What is asked of one source; `absent` is the answer about those who are not in it at all."""

    source: Source | None
    test: Callable[[Made], Yes]
    absent: bool = False


@dataclass(frozen=True)
class Set:
    """The answers of several parts: `inner` are met, or joined; `is_not` says that all others are meant."""

    inner: tuple["Part | Set", ...]
    is_met: bool
    is_not: bool = False


@dataclass(frozen=True)
class Ids:
    """Ids as a query, or with `is_not` everybody but those."""

    query: Select[Any]
    is_not: bool = False


def selected(rule: Rule, as_of: AsOf, among: Among = None) -> Select[Any]:
    """The ids of the customers the rule is true of. Raises Refused where a condition cannot be answered yet."""
    asked = sources.Asked()
    tree = _tree(rule, as_of, asked)
    return _everything(_ids(tree, asked.made(as_of, among), among), among)


def wanted(rule: Rule | None, group_id: int, as_of: AsOf, among: Among = None) -> CompoundSelect[Any]:
    """The ids of those who belong in a group: by its rule or its list, but for whom a person has added or removed."""
    by_itself = sources.Listed(group_id).made(as_of, among, ()) if rule is None else selected(rule, as_of, among)
    found = by_itself.subquery()
    by_hand = select(K.customer_id).where(K.group_id == group_id, K.lifted_at.is_(None))
    added = by_hand.where(K.what == Corrected.ADDED.value)
    if among is not None:
        added = added.where(K.customer_id.in_(among))
    return union_all(select(found.c.customer_id).where(found.c.customer_id.not_in(by_hand)), added)


def _everything(ids: Ids, among: Among) -> Select[Any]:
    return _of(except_(_customers(among), ids.query)) if ids.is_not else ids.query


def _customers(among: Among) -> Select[Any]:
    query = select(C.id.label("customer_id"))
    return query if among is None else query.where(C.id.in_(among))


def _of(compound: CompoundSelect[Any]) -> Select[Any]:
    """As a plain query: SQLite takes no brackets within a union."""
    inner = compound.subquery()
    return select(inner.c[0].label("customer_id"))


def _ids(tree: Part | Set, made: Made, among: Among) -> Ids:
    if isinstance(tree, Part):
        if tree.source is OWN:
            return Ids(_customers(among).where(tree.test(made)))
        table = made[tree.source]
        return Ids(
            select(table.c.customer_id).where(not_(tree.test(made)) if tree.absent else tree.test(made)), tree.absent
        )
    inner = [_ids(one, made, among) for one in tree.inner]
    met = _met(inner) if tree.is_met else _turned(_met([_turned(one) for one in inner]))
    return _turned(met) if tree.is_not else met


def _turned(ids: Ids) -> Ids:
    return Ids(ids.query, not ids.is_not)


def _met(sets: Sequence[Ids]) -> Ids:
    """Who is in all of them: those in the sets that are said, without those in the sets that are said by their others.

    Where all are said by their others it is all the others together, whose others are meant.
    """
    said, others = [one.query for one in sets if not one.is_not], [one.query for one in sets if one.is_not]
    if not said:
        return Ids(others[0] if len(others) == 1 else _of(union(*others)), is_not=True)
    met = said[0] if len(said) == 1 else _of(intersect(*said))
    return Ids(_of(except_(met, *others)) if others else met)


def _tree(rule: Rule, as_of: AsOf, asked: sources.Asked) -> Part | Set:
    """Ask the sources the rule needs, and say what is to be true of them; what is about one source becomes one part."""
    if isinstance(rule, Not):
        return _not(_tree(rule.rule, as_of, asked))
    if isinstance(rule, All | AnyOf):
        return _joined([_tree(one, as_of, asked) for one in rule.rules], isinstance(rule, All))
    return _TREES[type(rule)](rule, as_of, asked)


def _not(tree: Part | Set) -> Part | Set:
    if isinstance(tree, Set):
        return Set(tree.inner, tree.is_met, not tree.is_not)
    return Part(tree.source, lambda made: not_(tree.test(made)), not tree.absent)


def _joined(trees: Sequence[Part | Set], is_met: bool) -> Part | Set:
    by_source: dict[Source | None, list[Part]] = {}
    for tree in trees:
        if isinstance(tree, Part):
            by_source.setdefault(tree.source, []).append(tree)
    parts: list[Part | Set] = [_one(source, parts, is_met) for source, parts in by_source.items()]
    inner = (*parts, *(tree for tree in trees if isinstance(tree, Set)))
    return inner[0] if len(inner) == 1 else Set(inner, is_met)


def _one(source: Source | None, parts: Sequence[Part], is_met: bool) -> Part:
    join, absent = and_ if is_met else or_, [part.absent for part in parts]
    tests = [part.test for part in parts]
    return Part(source, lambda made: join(*(test(made) for test in tests)), all(absent) if is_met else any(absent))


def _own(condition: Callable[[Any, AsOf], Yes]) -> Callable[..., Part]:
    return lambda rule, as_of, asked: Part(OWN, lambda made: condition(rule, as_of), True)


def _is_there(source_of: Callable[[Any], Source]) -> Callable[..., Part]:
    def part(rule: Any, as_of: AsOf, asked: sources.Asked) -> Part:
        asked.ask(source := source_of(rule))
        return Part(source, lambda made: true())

    return part


def born(days: frozenset[str]) -> Yes:
    """Whether the birthday, kept with its year or without, is one of these days."""
    said = case((func.length(C.birthday) > len("05-17"), func.substr(C.birthday, 6)), else_=C.birthday)
    return said.in_(sorted(days))


def _reachable(rule: Reachable, as_of: AsOf, asked: sources.Asked) -> Part:
    asked.ask(source := sources.Open(rule.address))
    return Part(source, lambda made: true())


def _bought(rule: Bought, as_of: AsOf, asked: sources.Asked) -> Part:
    """At least one purchase: whoever only brought things back has not bought."""
    asked.ask(source := sources.Bought(rule.what), "bought")
    return Part(source, lambda made: made[source].c.bought > 0 if "bought" in made[source].c else true())


def _counted(rule: Counted, as_of: AsOf, asked: sources.Asked) -> Part:
    source = sources.Bought(rule.what, lined=rule.measure == "quantity")
    if rule.measure in ("first", "last"):
        asked.ask(source, rule.measure)
        span = as_of.since_days_ago(rule.is_, int(rule.value))
        return Part(source, lambda made: _at(made[source].c[rule.measure], *span))
    value = _scaled(rule, as_of.currency)
    if rule.measure == "average":
        asked.ask(source, "amount", "receipts")
        return Part(source, lambda made: _average(made[source], rule.is_, value))
    asked.ask(source, COLUMN[rule.measure])
    column = COLUMN[rule.measure]
    return Part(source, lambda made: compared(made[source].c[column], rule.is_, _big(value)), _holds(rule.is_, value))


def _holds(is_: Compare, value: int) -> bool:
    """Whether the comparison is true of whoever has none: of 0."""
    return {">=": value <= 0, "<=": value >= 0, ">": value < 0, "<": value > 0, "=": value == 0}[is_]


def _big(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger)


def _scaled(rule: Counted, currency: str) -> int:
    if rule.measure in ("sum", "average"):
        return minor_units(rule.value, currency)
    return int(rule.value * (MILLI if rule.measure == "quantity" else 1))


def _at(moment: Any, since: Any, until: Any) -> Yes:
    """Whether the moment is in the span; somebody who only brought things back has none."""
    return and_(moment.is_not(None), within(moment, since, until))


def _average(table: CTE, is_: Compare, value: int) -> Yes:
    """Without dividing: two databases would round in two ways."""
    return and_(table.c.receipts > 0, compared(table.c.amount, is_, table.c.receipts * _big(value)))


def _scored(rule: Scored, as_of: AsOf, asked: sources.Asked) -> Part:
    asked.ask(source := sources.Scored(rule.days), rule.measure)
    return Part(source, lambda made: compared(made[source].c[rule.measure], rule.is_, rule.score))


def compared(column: Any, is_: Compare, value: Any) -> Any:
    """The comparison in the words of the database."""
    return {
        ">=": column >= value, "<=": column <= value, ">": column > value, "<": column < value, "=": column == value,
    }[is_]  # fmt: skip


_TREES: dict[type[Any], Callable[..., Part]] = {
    Everyone: _own(lambda rule, as_of: true()),
    Where: _own(lambda rule, as_of: C[rule.field].in_(rule.values)),
    Birthday: _own(lambda rule, as_of: born(as_of.birthdays(rule.side, rule.days))),
    Joined: _own(lambda rule, as_of: within(C.created_at, *as_of.bounds(rule.period))),
    Today: _own(lambda rule, as_of: true() if as_of.contains(rule.period) else false()),
    Has: _is_there(lambda rule: sources.Way(rule.address)),
    Bought: _bought,
    Counted: _counted,
    Scored: _scored,
    Reacted: _is_there(sources.Reacting),
    InGroup: _is_there(lambda rule: sources.Members(rule.group)),
    Agreed: _is_there(sources.Consents),
    Reachable: _reachable,
}
