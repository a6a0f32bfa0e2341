"""What an offer (предложение) gives, on what, to whom, when and how often: the terms that are approved. Pure.

The terms are data: a form fills them in, a text in YAML says the same, and a summary in plain words is made of them.
Money is in major units as people write it (Decimal), wall times are the outlet's own.
"""

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, NaiveDatetime, model_validator

from models.day import Day
from models.locale import mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable
from models.written import Key, Text

# Where things are bought, as tills and sites say it of themselves; a call may name another of the company's channels.
BOUGHT_AT = {"till": mark("till"), "site": mark("site")}
ZONED = mark("“{value}” says a time zone. Leave it out: hours are the outlet's own.")


def _wall(at: time) -> time:
    if at.tzinfo is not None:
        raise Unreadable(because(ZONED, code="zoned", value=at.isoformat()))
    return at


def _padded(said: Any) -> Any:
    """9:00 as 09:00."""
    return SHORT_HOUR.sub(r"0\1", said.strip()) if isinstance(said, str) else said


def _with_an_hour(said: Any) -> Any:
    """A day alone is no moment: nobody is invited for midnight because an hour was forgotten."""
    return f"{said.strip()}T" if isinstance(said, str) and len(said.strip()) <= len("2026-12-20") else _padded(said)


SHORT_HOUR = re.compile(r"(?:(?<=[T ])|^)(\d:\d\d)")
Clock = Annotated[time, BeforeValidator(_padded), AfterValidator(_wall)]
Money = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=2)]
Percent = Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]
Count = Annotated[int, Field(ge=1, le=10**9)]


class PercentOff(Value):
    """So many percent off, but no more than `most` (0: no such limit)."""

    kind: Literal["percent"] = "percent"
    percent: Percent
    most: Money = Decimal(0)


class AmountOff(Value):
    """An amount off all the goods together, split over their lines."""

    kind: Literal["amount"] = "amount"
    amount: Annotated[Money, Field(gt=0)]


class FixedPrice(Value):
    """Each unit for this price; what is cheaper already stays as it is."""

    kind: Literal["fixed_price"] = "fixed_price"
    price: Money


class Gift(Value):
    """So many units of a product for nothing; taken off its line where it is in the basket, handed over otherwise."""

    kind: Literal["gift"] = "gift"
    product: Text
    quantity: Count = 1


class ForTheFewer(Value):
    """`take` for the price of `pay`: of each full set the cheapest units cost nothing."""

    kind: Literal["n_for_m"] = "n_for_m"
    take: Annotated[int, Field(ge=2, le=1000)]
    pay: Annotated[int, Field(ge=1, le=999)]


class FreeDelivery(Value):
    kind: Literal["delivery"] = "delivery"


class Points(Value):
    """Points on the client's card: a number, or so many percent of what is paid for the goods."""

    kind: Literal["points"] = "points"
    points: Annotated[int, Field(ge=0, le=10**7)] = 0
    percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] = Decimal(0)


class Sitting(Value):
    """Seats in an outlet from a moment on, in the outlet's wall time."""

    outlet: Key
    at: Annotated[NaiveDatetime, BeforeValidator(_with_an_hour)]
    seats: Count


class Invitation(Value):
    """A seat: answered by the invited, counted when they come."""

    kind: Literal["invitation"] = "invitation"
    sittings: Annotated[tuple[Sitting, ...], Field(min_length=1, max_length=200)]
    guests: Annotated[int, Field(ge=1, le=20)] = 1


Gives = Annotated[
    PercentOff | AmountOff | FixedPrice | Gift | ForTheFewer | FreeDelivery | Points | Invitation,
    Field(discriminator="kind"),
]


# What takes money off goods each time, and so is bounded by a budget. A gift is not: it may be handed over instead.
MONEY_OFF = (PercentOff, AmountOff, FixedPrice, ForTheFewer)


class Which(StrEnum):
    """Which units of the goods are meant, where not all."""

    ALL = "all"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class Goods(Value):
    """What it is given on: nothing named is everything. Left out wins over named; a group holds all below it.

    `at_most` units (0: all that are there) of the dearest, or else of the cheapest.
    """

    products: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    but_products: tuple[Text, ...] = ()
    but_groups: tuple[Text, ...] = ()
    which: Which = Which.ALL
    at_most: Annotated[int, Field(ge=0, le=10**6)] = 0


class Conditions(Value):
    """When it is given. Sums and quantities are of the goods meant; `weekdays` are 1 (Monday) to 7."""

    sum_from: Money = Decimal(0)
    quantity_from: Annotated[int, Field(ge=0, le=10**6)] = 0
    customer_groups: tuple[Key, ...] = ()
    but_customer_groups: tuple[Key, ...] = ()
    outlets: tuple[Key, ...] = ()
    channels: tuple[Key, ...] = ()
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    hours_from: Clock | None = None
    hours_to: Clock | None = None
    first_purchase: bool = False


class Limits(Value):
    """How often. 0 is no limit. `budget` is money given off, `units` goods discounted, `period_days` a window's
    length for `per_period`, on a grid that begins with the offer's first day.

    One code for everybody has no `per_code` unless it is said.
    """

    total: Annotated[int, Field(ge=0, le=10**9)] = 0
    per_code: Annotated[int, Field(ge=0, le=10**9)] = 1
    per_customer: Annotated[int, Field(ge=0, le=10**6)] = 0
    per_period: Annotated[int, Field(ge=0, le=10**6)] = 0
    period_days: Annotated[int, Field(ge=0, le=3660)] = 0
    per_outlet: Annotated[int, Field(ge=0, le=10**9)] = 0
    units: Annotated[int, Field(ge=0, le=10**9)] = 0
    budget: Money = Decimal(0)


class Base(StrEnum):
    """What a percentage is of where offers are stacked: the first price, or what former ones left."""

    INITIAL = "initial"
    LEFT = "left"


class Stacking(Value):
    """Which comes first (the lower `rank`), and with what it goes: an exclusive one goes alone."""

    rank: Annotated[int, Field(ge=0, le=1000)] = 100
    exclusive: bool = False
    base: Base = Base.LEFT


class RoundingLevel(StrEnum):
    UNIT = "unit"
    LINE = "line"
    ORDER = "order"


class Split(StrEnum):
    """Where the smallest coins of a split go: to the last line, or to the largest remainders."""

    LAST = "last"
    LARGEST = "largest"


class Rounding(Value):
    """At what level a discount is rounded (half up), and to what: 0.01 is to the smallest coin, 1 to whole roubles."""

    level: RoundingLevel = RoundingLevel.LINE
    to: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal("0.01")
    split: Split = Split.LAST


class CodeKind(StrEnum):
    GENERIC = "generic"
    UNIQUE = "unique"
    IMPORTED = "imported"


class CodeRules(Value):
    """How codes look. `length` is of the drawn signs, without prefix and check sign; `groups_of` puts hyphens in.

    `pattern` (# is a drawn sign) takes the place of prefix, length and groups. `word` is the generic code itself.
    """

    kind: CodeKind = CodeKind.UNIQUE
    word: Annotated[str, Field(max_length=40)] = ""
    charset: Literal["letters_and_digits", "digits"] = "letters_and_digits"
    length: Annotated[int, Field(ge=4, le=32)] = 9
    prefix: Annotated[str, Field(max_length=12)] = ""
    pattern: Annotated[str, Field(max_length=60)] = ""
    groups_of: Annotated[int, Field(ge=0, le=12)] = 0
    check_sign: bool = True


class OfferTerms(Value):
    """The whole of an offer. Both days are included, from the first instant to the last in each outlet's own zone."""

    title: Annotated[Text, Field(max_length=200)]
    gives: Gives
    goods: Goods = Goods()
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    first_day: Day
    last_day: Day
    stacking: Stacking = Stacking()
    rounding: Rounding = Rounding()
    codes: CodeRules = CodeRules()
    return_days: Annotated[int, Field(ge=0, le=3660)] = 30
    paid_by: Annotated[str, Field(max_length=100)] = ""
    fund: Annotated[str, Field(max_length=60)] = ""
    campaign: Annotated[str, Field(max_length=60)] = ""
    goal: Annotated[str, Field(max_length=60)] = ""
    control_percent: Annotated[int, Field(ge=0, le=50)] = 10

    @model_validator(mode="before")
    @classmethod
    def _as_its_codes_are(cls, said: Any) -> Any:
        """What is usual of codes of their own is not of others: nobody is left out where no customer is drawn a code,
        and of one code for everybody nobody means one use in all.
        """
        kind = _said_of(said.get("codes"), "kind") if isinstance(said, Mapping) else None
        if kind not in (CodeKind.GENERIC, CodeKind.IMPORTED):
            return said
        all_get_one, limits = {"control_percent": 0} | dict(said), said.get("limits", {})
        if kind == CodeKind.IMPORTED or _said_of(limits, "per_code") is not None:
            return all_get_one
        if isinstance(limits, Limits):
            return all_get_one | {"limits": limits.model_copy(update={"per_code": 0})}
        return all_get_one | ({"limits": {**limits, "per_code": 0}} if isinstance(limits, Mapping) else {})


def _said_of(part: Any, name: str) -> Any:
    """What is said of a field; None where it was left as it is."""
    if isinstance(part, Value):
        return getattr(part, name) if name in part.model_fields_set else None
    return part.get(name) if isinstance(part, Mapping) else None
