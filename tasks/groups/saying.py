"""A rule in the words of the reader's language, to be read and not to be read back. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from models.customers import KIND_TITLES, Purpose
from models.desk.group_rule import ALL, ANY, SIGN_TITLES, RuleSaid
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
from models.locale import language, mark, quoted, translate, translate_plural
from models.reason import because
from models.written import minor_units
from tasks.reports.numbers import say_money

EVERYBODY = mark("all customers")
WHERE = {
    "city": mark("live in {names}"), "outlet": mark("belong to {names}"), "zone": mark("live in the time zone {names}"),
    "source": mark("came from {names}"),
}  # fmt: skip
HAS = mark("have an address: {kind}")
BORN_TODAY = mark("have their birthday today")
BORN = {
    "next": (mark("have their birthday today or within {number} day"),
             mark("have their birthday today or within {number} days")),
    "last": (mark("had their birthday today or within the last {number} day"),
             mark("had their birthday today or within the last {number} days")),
}  # fmt: skip
HAS_NOT = mark("have no address: {kind}")
JOINED, TODAY = mark("came into the base{when}"), mark("only on days{when}")
BOUGHT, BOUGHT_ONCE = mark("bought{what}"), mark("bought at least once")
DID_NOT_BUY, NEVER_BOUGHT = mark("did not buy{what}"), mark("have never bought")
MEASURES = {
    "receipts": mark("receipts{what}: {sign} {number}"), "sum": mark("sum of purchases{what}: {sign} {number}"),
    "average": mark("average receipt{what}: {sign} {number}"), "quantity": mark("quantity{what}: {sign} {number}"),
    "last": mark("last purchase{what}: {ago}"), "first": mark("first purchase{what}: {ago}"),
}  # fmt: skip
DAYS_AGO = (mark("{number} day ago"), mark("{number} days ago"))
AGO = {
    ">=": mark("{ago} or earlier"), "<=": mark("{ago} or later"), ">": mark("earlier than {ago}"),
    "<": mark("later than {ago}"), "=": mark("exactly {ago}"),
}  # fmt: skip
SCORES = {
    "recency": mark("score of recency{when}: {sign} {score} of 5"),
    "frequency": mark("score of frequency{when}: {sign} {score} of 5"),
    "monetary": mark("score of sum{when}: {sign} {score} of 5"),
}
REACTIONS = {
    "received": mark("received letters{of}{when}"), "opened": mark("opened letters{of}{when}"),
    "clicked": mark("clicked in letters{of}{when}"), "ignored": mark("did not open letters{of}{when}"),
}  # fmt: skip
IN_GROUP = mark("are in the group {group}")
AGREED, AGREED_BY = mark("agreed to advertising{since}"), mark("agreed to advertising by {kind}{since}")
PERSONAL = mark("agreed to the use of personal data{since}")
SINCE = mark(", on {day} or later")
REACHABLE, REACHABLE_BY = mark("may be sent advertising"), mark("may be sent advertising by {kind}")
OF_GROUPS, OF_PRODUCTS, AT = mark(" {names}"), mark(" {names} (product)"), mark(" at {names}")
OF_MAILINGS = mark(" of {names}")
LAST_DAYS = (mark(" in the last {number} day"), mark(" in the last {number} days"))
THIS_DAY = mark(" today")
BETWEEN, FROM, UNTIL = mark(" from {start} to {end}"), mark(" from {start} on"), mark(" until {end}")
OR, AND = mark("{first} or {last}"), mark("{first} and {last}")
BUT_NOT = mark("not ({words})")
LISTED_MOST = 6
AND_MORE = mark("{names} and {number} more")


@dataclass(frozen=True)
class Words:
    """What keys are called, and what money is in."""

    groups: Mapping[str, str] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)
    currency: str = "RUB"


def told(rule: Rule, words: Words) -> RuleSaid:
    """The rule as a tree of sentences."""
    if isinstance(rule, All | AnyOf):
        join = ALL if isinstance(rule, All) else ANY
        return RuleSaid(join=join, parts=tuple(told(one, words) for one in rule.rules))
    if isinstance(rule, Not):
        if shorter := _not(rule.rule, words):
            return RuleSaid(words=shorter)
        inner = told(rule.rule, words)
        if inner.negated:
            return RuleSaid(join=ALL, negated=True, parts=(inner,))
        return inner.model_copy(update={"negated": True})
    return RuleSaid(words=sentence(rule, words))


def in_line(said: RuleSaid, inner: bool = False) -> str:
    """The tree in one line, with brackets where one stands in another."""
    if not said.join:
        return translate(BUT_NOT, words=said.words) if said.negated else said.words
    parts, frame = [in_line(one, inner=True) for one in said.parts], AND if said.join == ALL else OR
    line = parts[0]
    for one in parts[1:]:
        line = translate(frame, first=line, last=one)
    if said.negated:
        return translate(BUT_NOT, words=line)
    return f"({line})" if inner and len(parts) > 1 else line


def _not(rule: Rule, words: Words) -> str:
    """What is said more shortly of those of whom it is not true; empty where nothing is."""
    if isinstance(rule, Bought):
        return _bought(rule, words, DID_NOT_BUY, NEVER_BOUGHT)
    return translate(HAS_NOT, kind=because(KIND_TITLES[rule.address])) if isinstance(rule, Has) else ""


def _bought(rule: Bought, words: Words, frame: str = BOUGHT, at_all: str = BOUGHT_ONCE) -> str:
    what = _purchases(rule.what, words)
    return translate(frame, what=what) if what else translate(at_all)


def sentence(rule: Any, words: Words) -> str:
    """One condition as a sentence about customers."""
    return _SENTENCES[type(rule)](rule, words)


def _where(rule: Where, words: Words) -> str:
    titles = words.outlets if rule.field in ("outlet", "source") else {}
    return translate(WHERE[rule.field], names=_names([titles.get(one, one) for one in rule.values]))


def _birthday(rule: Birthday, words: Words) -> str:
    return translate_plural(*BORN[rule.side], rule.days) if rule.days else translate(BORN_TODAY)


def _counted(rule: Counted, words: Words) -> str:
    what = _purchases(rule.what, words)
    if rule.measure in ("last", "first"):
        ago = translate_plural(*DAYS_AGO, int(rule.value))
        return translate(MEASURES[rule.measure], what=what, ago=translate(AGO[rule.is_], ago=ago))
    number = _money(rule.value, words) if rule.measure in ("sum", "average") else _number(rule.value)
    return translate(MEASURES[rule.measure], what=what, sign=translate(SIGN_TITLES[rule.is_]), number=number)


def _scored(rule: Scored, words: Words) -> str:
    when, sign = _period(Period(days=rule.days)), translate(SIGN_TITLES[rule.is_])
    return translate(SCORES[rule.measure], when=when, sign=sign, score=rule.score)


def _reacted(rule: Reacted, words: Words) -> str:
    of = translate(OF_MAILINGS, names=_names(rule.mailings)) if rule.mailings else ""
    return translate(REACTIONS[rule.did], of=of, when=_period(Period(days=rule.days)))


def _in_group(rule: InGroup, words: Words) -> str:
    return translate(IN_GROUP, group=quoted(words.groups.get(rule.group, rule.group)))


def _agreed(rule: Agreed, words: Words) -> str:
    since = translate(SINCE, day=_day(rule.since)) if rule.since else ""
    if rule.purpose is Purpose.PERSONAL:
        return translate(PERSONAL, since=since)
    if rule.address is None:
        return translate(AGREED, since=since)
    return translate(AGREED_BY, kind=because(KIND_TITLES[rule.address]), since=since)


def _reachable(rule: Reachable, words: Words) -> str:
    if rule.address is None:
        return translate(REACHABLE)
    return translate(REACHABLE_BY, kind=because(KIND_TITLES[rule.address]))


_SENTENCES: dict[type[Any], Callable[[Any, Words], str]] = {
    Everyone: lambda rule, words: translate(EVERYBODY),
    Where: _where,
    Has: lambda rule, words: translate(HAS, kind=because(KIND_TITLES[rule.address])),
    Birthday: _birthday,
    Joined: lambda rule, words: translate(JOINED, when=_period(rule.period)),
    Today: lambda rule, words: translate(TODAY, when=_period(rule.period)),
    Bought: _bought,
    Counted: _counted,
    Scored: _scored,
    Reacted: _reacted,
    InGroup: _in_group,
    Agreed: _agreed,
    Reachable: _reachable,
}


def _purchases(what: Purchases, words: Words) -> str:
    """Which purchases: what of, where, when; a space before each."""
    outlets = [words.outlets.get(one, one) for one in what.outlets]
    told = [(OF_GROUPS, what.groups), (OF_PRODUCTS, what.products), (AT, outlets)]
    said = "".join(translate(frame, names=_names(names)) for frame, names in told if names)
    return said + _period(what.period)


def _period(period: Period) -> str:
    if period.days is not None:
        return translate_plural(*LAST_DAYS, period.days) if period.days else translate(THIS_DAY)
    if period.starts_on and period.ends_on:
        return translate(BETWEEN, start=_day(period.starts_on), end=_day(period.ends_on))
    if period.starts_on:
        return translate(FROM, start=_day(period.starts_on))
    return translate(UNTIL, end=_day(period.ends_on)) if period.ends_on else ""


def _names(names: Sequence[str]) -> str:
    """“A”, “B” or “C”; of many only the first."""
    said = [quoted(name) for name in names]
    if len(said) > LISTED_MOST:
        head = ", ".join(said[: LISTED_MOST - 1])
        return translate(AND_MORE, number=len(said) - LISTED_MOST + 1, names=head)
    *first, last = said
    return translate(OR, first=", ".join(first), last=last) if first else last


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale=language())


def _money(value: Decimal, words: Words) -> str:
    return say_money(minor_units(value, words.currency), words.currency)


def _number(value: Decimal) -> str:
    said: str = format_decimal(value, locale=language())
    return said
