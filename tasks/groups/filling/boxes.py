"""A rule as boxes to fill in, and what is done to boxes: one is added, one is taken out. Pure.

Whatever the one-line language can say stands in boxes too: a box of boxes with one part is that part, so that even
`not not` comes back as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.customers import Purpose
from models.desk.group_rule import ALL, ANY, Box
from models.group_rules import (
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Counted,
    Everyone,
    Has,
    InGroup,
    Joined,
    Not,
    Period,
    Purchases,
    Reachable,
    Reacted,
    Rule,
    Scored,
    Today,
    Where,
)

ROOT = "0"
Said = Mapping[str, tuple[str, ...]]


def boxed(rule: Rule | None) -> Box:
    """The rule in boxes; of none, an empty condition to begin with."""
    if rule is None:
        return numbered(Box(place=ROOT, kind=ALL, parts=(Box(place=""),)))
    inner = rule.rule if isinstance(rule, Not) else rule
    whole = _box(rule) if isinstance(inner, All | AnyOf) else Box(place=ROOT, kind=ALL, parts=(_box(rule),))
    return numbered(whole)


def _box(rule: Rule) -> Box:
    if isinstance(rule, Not):
        if isinstance(rule.rule, Not):
            return Box(place="", kind=ALL, negated=True, parts=(_box(rule.rule),))
        return _box(rule.rule).model_copy(update={"negated": True})
    if isinstance(rule, All | AnyOf):
        join = ALL if isinstance(rule, All) else ANY
        return Box(place="", kind=join, parts=tuple(_box(one) for one in rule.rules))
    kind, said = _FILLED[type(rule)](rule)
    return Box(place="", kind=kind, said={field: words for field, words in said.items() if words})


def _text(value: object) -> tuple[str, ...]:
    return (str(value),) if value is not None else ()


def _period(period: Period) -> Said:
    return {"days": _text(period.days), "from": _text(period.starts_on), "to": _text(period.ends_on)}


def _sold(what: Purchases) -> Said:
    return {"groups": what.groups, "products": what.products, "outlets": what.outlets, **_period(what.period)}


def _counted(rule: Counted) -> tuple[str, Said]:
    return f"counted.{rule.measure}", {"sign": (rule.is_,), "number": (f"{rule.value:f}",), **_sold(rule.what)}


def _agreed(rule: Agreed) -> tuple[str, Said]:
    kind = "personal" if rule.purpose is Purpose.PERSONAL else "advertising"
    return f"agreed.{kind}", {"address": _text(rule.address), "since": _text(rule.since)}


_FILLED: dict[type[Any], Callable[[Any], tuple[str, Said]]] = {
    Everyone: lambda rule: ("everyone", {}),
    Where: lambda rule: (f"where.{rule.field}", {"values": rule.values}),
    Has: lambda rule: ("has", {"address": (rule.address.value,)}),
    Birthday: lambda rule: ("birthday", {"side": (rule.side,), "days": _text(rule.days)}),
    Joined: lambda rule: ("joined", _period(rule.period)),
    Today: lambda rule: ("today", _period(rule.period)),
    Bought: lambda rule: ("bought", _sold(rule.what)),
    Counted: _counted,
    Scored: lambda rule: (
        f"scored.{rule.measure}", {"sign": (rule.is_,), "score": _text(rule.score), "days": _text(rule.days)}
    ),
    Reacted: lambda rule: (f"reacted.{rule.did}", {"mailings": rule.mailings, "days": _text(rule.days)}),
    InGroup: lambda rule: ("in_group", {"group": (rule.group,)}),
    Agreed: _agreed,
    Reachable: lambda rule: ("reachable", {"address": _text(rule.address)}),
}  # fmt: skip


def numbered(box: Box, place: str = ROOT) -> Box:
    """The same boxes, each with the place where it stands now."""
    parts = tuple(numbered(one, f"{place}-{number}") for number, one in enumerate(box.parts))
    return box.model_copy(update={"place": place, "parts": parts})


def every(box: Box) -> list[Box]:
    """This box and all within it, from the outside in."""
    return [box, *(inner for one in box.parts for inner in every(one))]


def added(box: Box, place: str, nested: bool = False) -> Box:
    """With an empty condition at the end of the box there; `nested`: in a box of its own, joined the other way."""
    new = Box(place="", is_new=True)

    def add(one: Box) -> Box:
        more = Box(place="", kind=ANY if one.kind == ALL else ALL, parts=(new,)) if nested else new
        return one.model_copy(update={"parts": (*one.parts, more)})

    return numbered(_at(box, place, add))


def removed(box: Box, place: str) -> Box:
    """Without what stands there; the outermost box stays, emptied."""
    if place == box.place:
        return boxed(None)
    outer, _, _ = place.rpartition("-")
    return numbered(_at(box, outer, lambda one: one.model_copy(update={"parts": _without(one.parts, place)})))


def _without(parts: Sequence[Box], place: str) -> tuple[Box, ...]:
    return tuple(one for one in parts if one.place != place)


def _at(box: Box, place: str, change: Callable[[Box], Box]) -> Box:
    if box.place == place:
        return change(box) if box.is_join else box
    return box.model_copy(update={"parts": tuple(_at(one, place, change) for one in box.parts)})
