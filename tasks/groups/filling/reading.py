"""Boxes as a form sends them, and the rule they come to; what cannot be understood says where, and stays. Pure.

A field is called by its box: `0-1.kind`, `0-1.number`. Boxes are put in the order of their places, gaps or not.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from models.customers import AddressKind, Purpose
from models.day import read_day
from models.desk.group_rule import ALL, JOINS, KINDS, MANY, Box
from models.group_rules import (
    DAYS_MOST,
    DEPTH_MOST,
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Condition,
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
    checked,
)
from models.locale import mark
from models.reason import Reason, because
from models.schedule import Unreadable
from tasks.groups.filling.boxes import ROOT, boxed, every, numbered
from tasks.groups.parsing import NOT_FIT

NAME = re.compile(r"(\d{1,3}(?:-\d{1,3})*)\.(\w+)")
TEXT_MOST, BOXES_MOST, VALUES_MOST = 300, 400, 200
NOT_CHOSEN = mark("Choose what the condition is about, or remove it.")
EMPTY = mark("There is no condition here yet. Add one, or remove this part.")
NO_VALUES = mark("Choose at least one value.")
NO_CHOICE = mark("Choose one of the list.")
NO_NUMBER = mark("Write a number here.")
NOT_A_NUMBER = mark("“{value}” is not a number. Write it in digits, for example 3000 or 12.5.")
NOT_WHOLE = mark("“{value}” is not a whole number. Write it in digits, for example 30.")
SPACES = dict.fromkeys(map(ord, " \u00a0\u202f"))
DEEPEST = 2 * DEPTH_MOST  # no rule goes there: what is deeper leaves an empty box, and that is refused
DIGITS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)", re.ASCII)  # no exponent: 1e9999999 cannot be counted with
Fields = Iterable[tuple[str, str]]


class Unfit(Exception):
    """What was filled in cannot be a condition: the field, and why."""

    def __init__(self, field: str, reason: Reason) -> None:
        super().__init__(reason.code)
        self.field, self.reason = field, reason


def read_boxes(fields: Fields) -> Box:
    """The boxes that a form has sent; whatever is no field of a box is left alone."""
    said: dict[str, dict[str, list[str]]] = {}
    for name, value in fields:
        found = NAME.fullmatch(name)
        if found and found[1].count("-") <= DEEPEST and (found[1] in said or len(said) < BOXES_MOST):
            said.setdefault(found[1], {}).setdefault(found[2], []).append(value.strip()[:TEXT_MOST])
    if ROOT not in said:
        return boxed(None)
    return numbered(_box(ROOT, said))


def _box(place: str, said: Mapping[str, Mapping[str, Sequence[str]]]) -> Box:
    mine = said[place]
    kind = next(iter(mine.get("kind", ())), "")
    kind = kind if kind in KINDS or kind in JOINS else ALL if place == ROOT else ""
    negated = any(mine.get("negated", ()))
    if kind in JOINS:
        inner = [one for one in said if one.rpartition("-")[0] == place]
        parts = tuple(_box(one, said) for one in sorted(inner, key=lambda one: int(one.rpartition("-")[2])))
        return Box(place=place, kind=kind, negated=negated, parts=parts)
    wanted = KINDS[kind].fields if kind else ()
    filled = {field: tuple(dict.fromkeys(filter(None, mine.get(field, ()))))[:VALUES_MOST] for field in wanted}
    return Box(place=place, kind=kind, negated=negated, said={name: one for name, one in filled.items() if one})


def rule_of(box: Box) -> tuple[Rule | None, Box]:
    """The rule of these boxes; None where something is wrong, and then the boxes say what and where."""
    rule, told = _rule(box)
    if rule is None:
        return None, told
    try:
        return checked(rule), told
    except Unreadable as error:
        return None, told.model_copy(update={"wrong": (("", error.reason),)})


def _rule(box: Box) -> tuple[Rule | None, Box]:
    if not box.is_join:
        return _condition_of(box)
    read = [_rule(one) for one in box.parts]
    told = box.model_copy(update={"parts": tuple(part for _, part in read), "wrong": ()})
    if not read:
        return None, told.model_copy(update={"wrong": (("", because(EMPTY, code="empty")),)})
    rules = [rule for rule, _ in read if rule is not None]
    if len(rules) < len(read):
        return None, told
    whole: Rule = rules[0]
    if len(rules) > 1:
        whole = (All if box.kind == ALL else AnyOf)(rules=tuple(rules))
    return (Not(rule=whole) if box.negated else whole), told


def _condition_of(box: Box) -> tuple[Rule | None, Box]:
    try:
        rule = _condition(box)
    except Unfit as unfit:
        return None, box.model_copy(update={"wrong": ((unfit.field, unfit.reason),)})
    return (Not(rule=rule) if box.negated else rule), box.model_copy(update={"wrong": ()})


def _condition(box: Box) -> Condition:
    if not box.kind:
        raise Unfit("kind", because(NOT_CHOSEN, code="not_chosen"))
    family, _, what = box.kind.partition(".")
    try:
        return _MADE[family](box, what)
    except ValidationError as error:
        inner = error.errors()[0].get("ctx", {}).get("error")
        raise Unfit(
            "", inner.reason if isinstance(inner, Unreadable) else because(NO_CHOICE, code="no_choice")
        ) from None
    except Unreadable as error:
        raise Unfit("", error.reason) from None


def _where(box: Box, field: str) -> Condition:
    if not box.said.get("values"):
        raise Unfit("values", because(NO_VALUES, code="no_values"))
    return Where.model_validate({"field": field, "values": box.said["values"]})


def _has(box: Box, _: str) -> Condition:
    address = _address(box)
    if address is None:
        raise Unfit("address", because(NO_CHOICE, code="no_choice"))
    return Has(address=address)


def _birthday(box: Box, _: str) -> Condition:
    return Birthday.model_validate({"side": box.one("side") or "next", "days": _whole(box, "days", 0, 365)})


def _counted(box: Box, measure: str) -> Condition:
    number = Decimal(_whole(box, "number", 0, DAYS_MOST)) if measure in ("last", "first") else _number(box)
    said = {"measure": measure, "is_": box.one("sign") or ">=", "value": number, "what": _sold(box)}
    return Counted.model_validate(said)


def _scored(box: Box, measure: str) -> Condition:
    days = _whole(box, "days", 1, DAYS_MOST) if box.one("days") else 365
    score = _whole(box, "score", 1, 5)
    return Scored.model_validate({"measure": measure, "is_": box.one("sign") or ">=", "score": score, "days": days})


def _reacted(box: Box, did: str) -> Condition:
    days = _whole(box, "days", 0, DAYS_MOST)
    return Reacted.model_validate({"did": did, "mailings": box.said.get("mailings", ()), "days": days})


def _in_group(box: Box, _: str) -> Condition:
    if not box.one("group"):
        raise Unfit("group", because(NO_CHOICE, code="no_choice"))
    return InGroup.model_validate({"group": box.one("group")})


def _agreed(box: Box, purpose: str) -> Condition:
    since = _day(box, "since")
    if purpose == "personal":
        return Agreed(purpose=Purpose.PERSONAL, since=since)
    return Agreed(address=_address(box), since=since)


_MADE: dict[str, Callable[[Box, str], Condition]] = {
    "everyone": lambda box, _: Everyone(), "where": _where, "has": _has, "birthday": _birthday,
    "joined": lambda box, _: Joined(period=_period(box)), "today": lambda box, _: Today(period=_period(box)),
    "bought": lambda box, _: Bought(what=_sold(box)), "counted": _counted, "scored": _scored, "reacted": _reacted,
    "in_group": _in_group, "agreed": _agreed, "reachable": lambda box, _: Reachable(address=_address(box)),
}  # fmt: skip


def _sold(box: Box) -> Purchases:
    names: dict[str, Any] = {name: box.said.get(name, ()) for name in ("groups", "products", "outlets")}
    return Purchases(**names, period=_period(box))


def _period(box: Box) -> Period:
    days = _whole(box, "days", 0, DAYS_MOST) if box.one("days") else None
    return Period(days=days, starts_on=_day(box, "from"), ends_on=_day(box, "to"))


def _day(box: Box, field: str) -> date | None:
    if not box.one(field):
        return None
    try:
        return read_day(box.one(field))
    except Unreadable as error:
        raise Unfit(field, error.reason) from None


def _address(box: Box) -> AddressKind | None:
    said = box.one("address")
    return AddressKind(said) if said in set(AddressKind) else None


def _whole(box: Box, field: str, least: int, most: int) -> int:
    said = box.one(field).translate(SPACES)
    if not said:
        raise Unfit(field, because(NO_NUMBER, code="no_number"))
    if not (said.isascii() and said.isdigit()):
        raise Unfit(field, because(NOT_WHOLE, code="not_whole", value=said))
    if len(said) > 9 or not least <= int(said) <= most:
        raise Unfit(field, because(NOT_FIT, code="number", least=least, most=most))
    return int(said)


def _number(box: Box) -> Decimal:
    said = box.one("number").translate(SPACES).replace(",", ".")
    if not said:
        raise Unfit("number", because(NO_NUMBER, code="no_number"))
    if not DIGITS.fullmatch(said):
        raise Unfit("number", because(NOT_A_NUMBER, code="not_a_number", value=box.one("number")))
    return Decimal(said)


def strangers(box: Box, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The values of one condition that nothing in the base is called by, by the field they stand in."""
    source_of = {"values": KINDS[box.kind].source} if box.kind in KINDS else {}
    found: dict[str, list[str]] = {}
    for field in MANY:
        among = known.get(source_of.get(field) or field)
        if among is not None and box.kind in KINDS:
            found[field] = [value for value in box.said.get(field, ()) if value not in among]
    return {field: values for field, values in found.items() if values}


def wrongs(box: Box) -> list[tuple[Box, str, Reason]]:
    """Everything that is to be mended, from the top to the bottom of the page."""
    return [(one, field, reason) for one in every(box) for field, reason in one.wrong]
