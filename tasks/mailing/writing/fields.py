"""The fields of a customer that a letter may write, and who looks up those that no customer's record has. Pure.

Whoever brings fields of its own, as a coupon or points, makes them known under one first word; they are then looked up
for all letters of a portion at once, and only where a letter asks for them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from tasks.composing.compiled import Compiled, Made
from tasks.composing.expressions import clean
from tasks.composing.holes import Hole, Shown
from tasks.house import House
from tasks.mailing.jobs import Due

OWN = frozenset({"name", "first_name", "code", "city", "birthday", "outlet"})
YEARLESS = 2000  # a birthday without a year is written without one anyway; this one has a 29 February

# What is looked up for a portion, by the number of the letter's row; a letter that has none gets none.
Source = Callable[[House, Session, Sequence[Due]], Mapping[int, Any]]


@dataclass(frozen=True)
class Known:
    """Fields under one first word: their paths (“coupon.” is all under it), and who looks them up."""

    paths: frozenset[str]
    load: Source


_known: dict[str, Known] = {}


def make_known(root: str, paths: Collection[str], load: Source) -> None:
    """Let letters write these fields; the last word about a root holds."""
    _known[root] = Known(frozenset(paths), load)


def forget_known(root: str) -> None:
    _known.pop(root, None)


def known_fields() -> frozenset[str]:
    """All paths that a letter may write."""
    return OWN.union(*(one.paths for one in _known.values()))


@dataclass(frozen=True)
class Asked:
    """What the letters of a mailing ask for beside their own words: first words of fields, and groups."""

    roots: frozenset[str]
    groups: frozenset[str]

    @property
    def sources(self) -> dict[str, Source]:
        return {root: _known[root].load for root in sorted(self.roots) if root in _known}


def asked(compiled: Compiled) -> Asked:
    """What has to be looked up, and nothing else is."""
    roots, groups = set[str](), set[str]()
    for made in _all(compiled):
        for fill in made.fills:
            if isinstance(fill, Hole):
                roots.add(fill.expression.path[0])
            elif isinstance(fill, Shown):
                roots |= {path.partition(".")[0] for path in fill.to.has}
                groups |= {*fill.to.groups, *fill.to.except_groups}
    return Asked(frozenset(roots), frozenset(groups))


def _all(compiled: Compiled) -> Iterator[Made]:
    for variant in compiled.variants:
        yield variant.counted
        yield from (variant.sms,) if variant.sms else ()


def person_of(person: Mapping[str, Any], outlets: Mapping[str, str]) -> dict[str, Any]:
    """A customer's own fields as a letter writes them; whatever is empty is not there."""
    name = clean(str(person.get("name") or ""))
    said = {
        "name": name, "first_name": name.partition(" ")[0], "code": person.get("code"), "city": person.get("city"),
        "birthday": birthday_of(str(person.get("birthday") or "")),
        "outlet": outlets.get(str(person.get("outlet") or "")),
    }  # fmt: skip
    return {field: value for field, value in said.items() if value}


def birthday_of(written: str) -> date | None:
    """1990-05-17, or 05-17 of whoever did not say the year."""
    try:
        return date.fromisoformat(written if len(written) > 5 else f"{YEARLESS}-{written}")
    except ValueError:
        return None


MADE_UP = {
    "ru": {"name": "Анна Петрова", "city": "Москва", "code": "0001", "birthday": "1990-05-17"},
    "en": {"name": "Anna Peters", "city": "London", "code": "0001", "birthday": "1990-05-17"},
}
