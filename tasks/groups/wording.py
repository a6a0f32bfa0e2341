"""A rule in the one-line language, as `tasks.groups.parsing` reads it back: the same tree again. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from models.customers import Purpose
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

MEASURES = {
    "receipts": "receipts", "sum": "sum", "average": "average receipt", "quantity": "quantity",
    "last": "last purchase", "first": "first purchase",
}  # fmt: skip
DAYS_AGO = ("last", "first")


def written(rule: Rule) -> str:
    """The rule in words; brackets stand wherever there is a tree within a tree."""
    if isinstance(rule, All | AnyOf):
        return (" and " if isinstance(rule, All) else " or ").join(_inner(one) for one in rule.rules)
    if isinstance(rule, Not):
        return f"not {_inner(rule.rule)}"
    return _condition(rule)


def _inner(rule: Rule) -> str:
    return f"({written(rule)})" if isinstance(rule, All | AnyOf) else written(rule)


def _condition(rule: Rule) -> str:  # noqa: C901  one line for each kind
    match rule:
        case Everyone():
            return "everyone"
        case Where():
            return f"{rule.field} is {strings(rule.values)}"
        case Has():
            return f"has {rule.address.value}"
        case Birthday():
            return f"birthday in {rule.side} {rule.days} days"
        case Joined() | Today():
            return f"{rule.kind}{_period(rule.period)}"
        case Bought():
            return f"bought{_purchases(rule.what, '')}"
        case Counted():
            ago = " days ago" if rule.measure in DAYS_AGO else ""
            said = f"{MEASURES[rule.measure]}{_purchases(rule.what, ' of')}"
            return f"{said} {rule.is_} {_number(rule.value)}{ago}"
        case Scored():
            return f"{rule.measure} in last {rule.days} days {rule.is_} {rule.score}"
        case Reacted():
            return f"{rule.did}{_named(' mailing', rule.mailings)} in last {rule.days} days"
        case InGroup():
            return f"in group {_key(rule.group)}"
        case Agreed():
            return f"agreed to {_purpose(rule)}{f' from {rule.since}' if rule.since else ''}"
        case Reachable():
            return f"reachable{f' by {rule.address.value}' if rule.address else ''}"
    raise TypeError(type(rule).__name__)


def _purpose(rule: Agreed) -> str:
    if rule.purpose is Purpose.PERSONAL:
        return "personal data"
    return f"advertising{f' by {rule.address.value}' if rule.address else ''}"


def _purchases(what: Purchases, of: str) -> str:
    goods = _named(of, what.groups) + _named(f"{of} product", what.products)
    return f"{goods}{_named(' at', what.outlets)}{_period(what.period)}"


def _named(before: str, words: Sequence[str]) -> str:
    return f"{before} {strings(words)}" if words else ""


def _period(period: Period) -> str:
    if period.days is not None:
        return f" in last {period.days} days"
    if period.starts_on and period.ends_on:
        return f" from {period.starts_on} to {period.ends_on}"
    if period.starts_on:
        return f" from {period.starts_on}"
    return f" until {period.ends_on}" if period.ends_on else ""


def strings(words: Sequence[str]) -> str:
    """One name in quotation marks, several in brackets: any of them."""
    said = ", ".join(quoted(word) for word in words)
    return said if len(words) == 1 else f"({said})"


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: str) -> str:
    return key if key[0].isalpha() else quoted(key)


def _number(value: Decimal) -> str:
    return f"{value:f}"
