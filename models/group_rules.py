"""The rule of a customer group as a tree of values: all, any and not over conditions. Pure.

A rule says who is in the group at the end of a day on the company's clocks; what has a later date does not count yet.
1. "In last N days" begins with the midnight N days ago: today and N whole days. N days ago is the day N before today.
2. A receipt or a line below zero is a return: it lowers sums and quantities and is no purchase. The sum and the number
   of nothing is 0, so `sum < 500` is true of whoever never bought; an average, a first and a last of nothing are not.
3. Who was born on 29 February has their birthday on 28 February where the year has no 29th.
4. A score is the fifth of all customers with a purchase in its days: 1 + floor(5 * below / all), where `below` is how
   many come worse. Equals have the same score, the lower one; among fewer than five nobody has a 5.
"""

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from models.customers import AddressKind, Purpose
from models.day import Day
from models.locale import mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable
from models.written import Key

DAYS_MOST, WORDS_MOST, VALUES_MOST = 40_000, 200, 200
DEPTH_MOST, CONDITIONS_MOST = 20, 40
ODD_WORD = mark("“{value}” is empty, too long or not of one line. Write a name of at most {most} characters.")
TOO_MANY_VALUES = mark("Name from 1 to {most} different values.")
TWO_PERIODS = mark("A period is either “in last … days” or has dates. Leave one of them.")
UPSIDE_DOWN = mark("The end, {end}, is before the beginning, {start}. Exchange the two dates.")
TWO_GOODS = mark("Name either product groups or products, not both. Two conditions joined with “or” say both.")
NOT_SO_FINE = mark("{value} is too fine, too large or below zero here. Write a number with at most {digits} decimals.")
TOO_DEEP = mark("The rule has more than {most} brackets inside one another. Make a group of its own of a part of it.")
TOO_LONG = mark("The rule has more than {most} conditions. Make a group of its own of a part of them.")
NO_PERIOD = mark("Name a period: “in last 30 days”, “from 2026-12-01 to 2026-12-31”.")
ONLY_ADVERTISING = mark("The consent to personal data is the customer's own: it names no kind of address.")

Field_ = Literal["city", "outlet", "zone", "source"]
Compare = Literal[">=", "<=", ">", "<", "="]
Measure = Literal["receipts", "sum", "average", "quantity", "last", "first"]
Score = Literal["recency", "frequency", "monetary"]
Reaction = Literal["received", "opened", "clicked", "ignored"]
DIGITS: dict[Measure, int] = {"receipts": 0, "sum": 2, "average": 2, "quantity": 3, "last": 0, "first": 0}
LARGEST = Decimal(10) ** 9  # times a million receipts it is still a number that both databases count in


def _word(text: str) -> str:
    if not 0 < len(text.strip()) == len(text) <= WORDS_MOST or any(unicodedata.category(c)[0] == "C" for c in text):
        raise Unreadable(because(ODD_WORD, code="odd_word", value=text[:WORDS_MOST], most=WORDS_MOST))
    return text


def _different(words: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(words))
    if len(found) > VALUES_MOST:
        raise Unreadable(because(TOO_MANY_VALUES, code="values", most=VALUES_MOST))
    return found


def _some(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        raise Unreadable(because(TOO_MANY_VALUES, code="values", most=VALUES_MOST))
    return words


def _plain(value: Decimal) -> Decimal:
    """As it is written: 3000, not 3E+3 or 3000.00; two that are equal are the same text."""
    return Decimal(format(value.normalize(), "f")) if value.is_finite() else value


Word = Annotated[str, AfterValidator(_word)]
Words = Annotated[tuple[Word, ...], AfterValidator(_different)]
SomeWords = Annotated[tuple[Word, ...], AfterValidator(_different), AfterValidator(_some)]
Days = Annotated[int, Field(ge=0, le=DAYS_MOST)]
Number = Annotated[Decimal, AfterValidator(_plain)]


class Period(Value):
    """Days of the company's clocks, both ends included: the last so many, or between dates; of neither, ever."""

    days: Days | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.days is not None and (self.starts_on or self.ends_on):
            raise Unreadable(because(TWO_PERIODS, code="two_periods"))
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise Unreadable(because(UPSIDE_DOWN, code="upside_down", start=self.starts_on, end=self.ends_on))
        return self

    @property
    def is_ever(self) -> bool:
        return self == EVER


EVER = Period()


class Purchases(Value):
    """Which purchases are meant: any of these product groups, or of these products; at these outlets; when."""

    groups: Words = ()
    products: Words = ()
    outlets: Words = ()
    period: Period = EVER

    @model_validator(mode="after")
    def _one_kind_of_goods(self) -> Self:
        if self.groups and self.products:
            raise Unreadable(because(TWO_GOODS, code="two_goods"))
        return self

    @property
    def is_of_goods(self) -> bool:
        return bool(self.groups or self.products)


class Everyone(Value):
    kind: Literal["everyone"] = "everyone"


class Where(Value):
    """What stands in the customer's record: city, their outlet, time zone, where they came from first."""

    kind: Literal["where"] = "where"
    field: Field_
    values: SomeWords


class Has(Value):
    """An address of this kind is known."""

    kind: Literal["has"] = "has"
    address: AddressKind


class Birthday(Value):
    """The birthday is today or within so many days after it, or before it."""

    kind: Literal["birthday"] = "birthday"
    side: Literal["next", "last"] = "next"
    days: int = Field(ge=0, le=365)


class Joined(Value):
    """Since when they are in the base."""

    kind: Literal["joined"] = "joined"
    period: Period

    @model_validator(mode="after")
    def _some_period(self) -> Self:
        _check_period(self.period)
        return self


class Bought(Value):
    """At least one such purchase."""

    kind: Literal["bought"] = "bought"
    what: Purchases = Purchases()


class Counted(Value):
    """How many receipts, what sum, average or quantity, how many days ago the first or the last such purchase was.

    Sums are in major units of the company's currency.
    """

    kind: Literal["counted"] = "counted"
    measure: Measure
    is_: Compare
    value: Number
    what: Purchases = Purchases()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        digits, most = DIGITS[self.measure], DAYS_MOST if self.measure in ("last", "first") else LARGEST
        exponent = self.value.as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > digits or not 0 <= self.value <= most:
            raise Unreadable(because(NOT_SO_FINE, code="number", value=f"{self.value:f}", digits=digits))
        return self


class Scored(Value):
    """The fifth of all customers with purchases in the last days: by the last, by how many, by what sum."""

    kind: Literal["scored"] = "scored"
    measure: Score
    is_: Compare
    score: int = Field(ge=1, le=5)
    days: int = Field(default=365, ge=1, le=DAYS_MOST)


class Reacted(Value):
    """What they did with letters of the last days, or of these mailings; ignored is received and not opened."""

    kind: Literal["reacted"] = "reacted"
    did: Reaction
    mailings: Words = ()
    days: int = Field(ge=0, le=DAYS_MOST)


class InGroup(Value):
    kind: Literal["in_group"] = "in_group"
    group: Key


class Agreed(Value):
    """A consent is in force, to advertising at an address of this kind, or to personal data; given on `since` or later.

    Whether anything may be sent there also depends on the stop-list: that is `Reachable`.
    """

    kind: Literal["agreed"] = "agreed"
    purpose: Purpose = Purpose.ADVERTISING
    address: AddressKind | None = None
    since: Day | None = None

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.purpose is Purpose.PERSONAL and self.address:
            raise Unreadable(because(ONLY_ADVERTISING, code="personal"))
        return self


class Reachable(Value):
    """Advertising may be sent to an address of this kind, or of any."""

    kind: Literal["reachable"] = "reachable"
    address: AddressKind | None = None


class Today(Value):
    """Whether it is these days: a group of a season is empty outside it."""

    kind: Literal["today"] = "today"
    period: Period

    @model_validator(mode="after")
    def _some_period(self) -> Self:
        _check_period(self.period)
        return self


class All(Value):
    kind: Literal["all"] = "all"
    rules: tuple["Rule", ...] = Field(min_length=2)


class AnyOf(Value):
    kind: Literal["any"] = "any"
    rules: tuple["Rule", ...] = Field(min_length=2)


class Not(Value):
    kind: Literal["not"] = "not"
    rule: "Rule"


Condition = (
    Everyone | Where | Has | Birthday | Joined | Bought | Counted | Scored | Reacted | InGroup | Agreed | Reachable
    | Today
)  # fmt: skip
Rule = Annotated[Condition | All | AnyOf | Not, Field(discriminator="kind")]
for _model in (All, AnyOf, Not):
    _model.model_rebuild()
_RULES: TypeAdapter[Rule] = TypeAdapter(Rule)


def _check_period(period: Period) -> None:
    if period.is_ever:
        raise Unreadable(because(NO_PERIOD, code="no_period"))


def read_rule(said: Any) -> Rule:
    """The rule of its JSON. Raises pydantic's ValidationError, and Unreadable where it is too deep or too long."""
    return checked(_RULES.validate_python(said))


def as_json(rule: Rule) -> dict[str, Any]:
    """The rule as it is stored."""
    said = _RULES.dump_python(rule, mode="json")
    assert isinstance(said, dict)
    return said


def conditions(rule: Rule) -> Iterator[Condition]:
    """All conditions of the rule, from left to right."""
    if isinstance(rule, All | AnyOf):
        for one in rule.rules:
            yield from conditions(one)
    elif isinstance(rule, Not):
        yield from conditions(rule.rule)
    else:
        yield rule


def depth(rule: Rule) -> int:
    inner = rule.rules if isinstance(rule, All | AnyOf) else (rule.rule,) if isinstance(rule, Not) else ()
    return 1 + max(map(depth, inner), default=0)


def checked(rule: Rule) -> Rule:
    """The rule, unless it is more than a person can read or a database can join. Raises Unreadable."""
    if depth(rule) > DEPTH_MOST:
        raise Unreadable(because(TOO_DEEP, code="deep", most=DEPTH_MOST))
    if sum(1 for _ in conditions(rule)) > CONDITIONS_MOST:
        raise Unreadable(because(TOO_LONG, code="long", most=CONDITIONS_MOST))
    return rule
