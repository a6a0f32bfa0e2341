"""A recipient's values for a letter: made ready once for a variant, then run for everybody. Pure.

The common case, a field that is there and is plain text, is one look-up; no grammar has a part in it any more.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import escape

from models.letters import Pattern
from models.mail_document import ShownTo
from tasks.composing.expressions import MARK, looked_up, sayer
from tasks.composing.held import NO_ADDRESS, NO_MARK, held
from tasks.composing.holes import Fill, Hole, Place, Recipient, Shown

Person = Mapping[str, Any]
One = Callable[[Person], str]
Fit = Callable[[str], str]
Values = Callable[[Person], tuple[str, ...]]

_MARK = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SPECIAL = re.compile("[&<>\"']")
_WHOLE = re.compile(r"https?://[^\s<>\"'\\@/?#]+(?:[/?#][^\s<>\"'\\]*)?", re.IGNORECASE)


def filler(fills: Sequence[Fill], holes: int) -> Values:
    """What makes the values of one recipient: each expression is asked once, then written fit for each of its places.

    A hole inside a block costs nothing for whoever does not see it.
    """
    asked = {fill.expression: fill for fill in reversed(fills[:holes]) if isinstance(fill, Hole)}
    numbers = {expression: number for number, expression in enumerate(asked)}
    sayers = tuple(sayer(hole.expression, hole.where) for hole in asked.values())
    ones = _ones(fills)
    needed: list[One | tuple[int, Fit]] = [
        (numbers[fill.expression], fitter(fill)) if isinstance(fill, Hole) else ones[place]
        for place, fill in enumerate(fills[:holes])
    ]

    def values(person: Person) -> tuple[str, ...]:
        texts = [say(person) for say in sayers]
        return tuple([one(person) if callable(one) else one[1](texts[one[0]]) for one in needed])

    return values


def _ones(fills: Sequence[Fill]) -> list[One]:
    """Each place by itself, as a block needs those that stand in it."""
    ones = [_one(fill) for fill in fills]
    for place, fill in enumerate(fills):
        if isinstance(fill, Shown):
            ones[place] = _shown(fill, ones)
    return ones


def filled(pattern: Pattern, given: Sequence[str]) -> str:
    """The text with its holes filled."""
    return "".join([given[part] if isinstance(part, int) else part for part in pattern])


def sees(person: Person, to: ShownTo) -> bool:
    """Whether a block is shown to this person; `groups` are the keys of the groups they are in."""
    groups: Collection[str] = person.get("groups") or ()
    if to.groups and not any(group in groups for group in to.groups):
        return False
    if any(group in groups for group in to.except_groups):
        return False
    return all(looked_up(person, tuple(path.split("."))) is not None for path in to.has)


def fitter(hole: Hole) -> Fit:
    """How a value is written in this place; a whole address must be one."""
    place, where, field = hole.place, hole.where, hole.expression.field
    if place is Place.MARKUP:
        return _escaped
    if place is Place.ADDRESS_PART:
        return _encoded
    if place not in (Place.ADDRESS, Place.TEXT_ADDRESS):
        return str

    def whole(text: str) -> str:
        if not _WHOLE.fullmatch(text):
            raise held(NO_ADDRESS, "no_address", where, field)
        return _escaped(text) if place is Place.ADDRESS else text

    return whole


def _escaped(text: str) -> str:
    return str(escape(text)) if _SPECIAL.search(text) else text


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _one(fill: Fill) -> One:
    if isinstance(fill, Hole):
        return _value(fill)
    return _mark if isinstance(fill, Recipient) else _nothing


def _nothing(person: Person) -> str:
    return ""


def _mark(person: Person) -> str:
    mark = person.get(MARK)
    if not isinstance(mark, str) or not _MARK.fullmatch(mark):
        raise held(NO_MARK, "no_mark", "", MARK)
    return mark


def _value(hole: Hole) -> One:
    say, fit = sayer(hole.expression, hole.where), fitter(hole)
    return lambda person: fit(say(person))


def _shown(shown: Shown, ones: Sequence[One]) -> One:
    """The block's text or nothing; its own holes are filled only where it is seen."""
    inside, to = shown.inside, shown.to

    def block(person: Person) -> str:
        if not sees(person, to):
            return ""
        return "".join([ones[part](person) if isinstance(part, int) else part for part in inside])

    return block
