"""Whether the terms of an offer agree with each other, and name only what the company has. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision

from integrations.errors import Refused
from models.content import nearest
from models.figures import Figure
from models.locale import mark
from models.offers import (
    MONEY_OFF,
    AmountOff,
    CodeKind,
    CodeRules,
    Conditions,
    FixedPrice,
    ForTheFewer,
    Gift,
    Goods,
    Invitation,
    Limits,
    OfferTerms,
    PercentOff,
    Points,
    Rounding,
    Which,
)
from models.reason import Reason, because
from tasks.codes.shapes import shape_of, word_of
from tasks.offers.goods import folded
from tasks.offers.windows import is_over_midnight, on_weekday, within_hours

PAY_LESS = mark("{take} for the price of {pay} gives nothing. Let fewer be paid for than are taken.")
NO_POINTS = mark("Neither a number of points nor a percentage is said. Write one of them.")
BOTH_POINTS = mark("Both a number of points and a percentage are said. Leave one of them.")
ENDS_FIRST = mark("The offer ends on {last}, before it begins on {first}. Correct one of the days.")
NO_HOURS = mark("The hours begin and end at the same time. Correct one of them, or clear both for the whole day.")
NEVER_A_DAY = mark("None of these weekdays falls between the first day and the last. Correct the days or the weekdays.")
BOTH_WAYS = mark("“{value}” is both named and left out. Take it out of one of the lists.")
HOW_MANY = mark("It is said which goods come first, but not how many. Write at_most, or “which: all”.")
NO_SET = mark("At most {at_most} units count, and a set is {take}: nobody could ever get it. Raise at_most.")
GIFT_LEFT_OUT = mark("The gift “{value}” needs more units than the limit of units allows. Raise the limit.")
TOO_FINE = mark("“{value}” is finer than the smallest coin. Round it.")
BAD_STEP = mark("“{value}” is no step of whole coins. Write for example 0.01, 0.50, 1 or 10.")
OVER_BUDGET = mark("One discount may come to {value}, more than the budget of all together. Raise the budget.")
NO_BUDGET = mark(
    "The budget counts money off goods, and this gives none, so nothing would stop at it. Limit the uses instead."
)
NO_GIFT_BUDGET = mark(
    "A gift that is handed over takes nothing of a budget, so nothing would stop at it. Limit the units."
)
NO_UNITS = mark("Units are counted where something comes off them, and here nothing does. Limit the uses instead.")
ABOVE_ANOTHER = mark(
    "{value} is above the limit “{other}” of {most}, so it would never be reached. Lower it, or write 0."
)
NO_PERIOD = mark("So many a period are allowed, but not how long the period is. Write period_days.")
NO_NUMBER = mark("The length of a period is said, but not how many are allowed in it. Write per_period.")
NO_WORD = mark("One code for everybody needs its word. Write it.")
ONE_USE = mark("There is one code for everybody, and it works {count} times in all. Write per_code: 0 for any number.")
NEEDLESS_WORD = mark("A word is for one code for everybody. Clear it, or write “kind: generic”.")
NOBODY_LEFT_OUT = mark("Customers are left out only where each gets a code of their own. Write 0.")
NO_SIGN = mark("The pattern has no place for drawn signs. Put # where they come.")
SITTING_OUTSIDE = mark("The sitting on {moment} is outside the days of the offer. Correct the day.")
SITTING_CLOSED = mark(
    "The sitting on {moment} is outside the weekdays or the hours of the offer, so nobody would be let in. Correct one."
)
SITTING_TWICE = mark("The sitting on {moment} in this outlet stands twice. Leave one of them.")
SITTING_NOT_HERE = mark("The offer does not hold in the outlet of this sitting. Add it to the outlets, or clear them.")
FEW_SEATS = mark("One invitation is for up to {guests}, and the sitting has fewer seats. Raise the seats.")
NO_SUCH = mark("The company has no “{value}”. Nearest: {nearest}. Correct the name or add it there.")
NOT_THERE = mark("The company has no “{value}”. Correct the name or add it there.")
NONE_SUCH = mark("The company has none of these at all, so not “{value}” either. Add it there or clear the field.")
IN_BOTH = mark("The customer group “{value}” is both named and left out. Take it out of one of the lists.")

COMPARED = 3
Loc = tuple[int | str, ...]
Wrong = tuple[Loc, Reason]


@dataclass(frozen=True)
class Known:
    """What the company has, by key or name; None is not known, and not asked."""

    outlets: Collection[str] | None = None
    products: Collection[str] | None = None
    product_groups: Collection[str] | None = None
    customer_groups: Collection[str] | None = None
    channels: Collection[str] | None = None
    funds: Collection[str] | None = None
    campaigns: Collection[str] | None = None
    goals: Collection[str] | None = None
    currency: str = "RUB"


def checked(terms: OfferTerms, known: Known | None = None) -> list[Wrong]:
    """Everything that is wrong, by the path of its field; `known` is the company, where it is known."""
    company = known or Known()
    return [
        *_gives(terms),
        *_days(terms),
        *_goods(terms.goods),
        *_conditions(terms.conditions),
        *_limits(terms),
        *_codes(terms.codes, terms.limits, terms.control_percent),
        *_amounts(terms, company.currency),
        *_dangling(terms, company),
    ]


def _gives(terms: OfferTerms) -> Iterator[Wrong]:
    gives, goods = terms.gives, terms.goods
    if isinstance(gives, ForTheFewer):
        if gives.pay >= gives.take:
            yield ("gives", "pay"), because(PAY_LESS, code="pay", take=gives.take, pay=gives.pay)
        if 0 < goods.at_most < gives.take:
            yield ("goods", "at_most"), because(NO_SET, code="no_set", at_most=goods.at_most, take=gives.take)
    if isinstance(gives, Points) and bool(gives.points) == bool(gives.percent):
        yield ("gives", "points"), because(BOTH_POINTS if gives.points else NO_POINTS, code="points")
    if isinstance(gives, Gift) and 0 < terms.limits.units < gives.quantity:
        yield ("limits", "units"), because(GIFT_LEFT_OUT, code="units", value=gives.product)
    if isinstance(gives, Invitation):
        yield from _sittings(gives, terms)


def _sittings(gives: Invitation, terms: OfferTerms) -> Iterator[Wrong]:
    seen = set()
    for n, one in enumerate(gives.sittings):
        at: Loc = ("gives", "sittings", n)
        if not terms.first_day <= one.at.date() <= terms.last_day:
            yield (*at, "at"), because(SITTING_OUTSIDE, code="outside", moment=Figure.moment(one.at))
        elif not (within_hours(terms.conditions, one.at.time()) and on_weekday(terms.conditions, one.at)):
            yield (*at, "at"), because(SITTING_CLOSED, code="closed", moment=Figure.moment(one.at))
        if (one.outlet, one.at) in seen:
            yield at, because(SITTING_TWICE, code="twice", moment=Figure.moment(one.at))
        if terms.conditions.outlets and one.outlet not in terms.conditions.outlets:
            yield (*at, "outlet"), because(SITTING_NOT_HERE, code="not_here")
        if one.seats < gives.guests:
            yield (*at, "seats"), because(FEW_SEATS, code="seats", guests=gives.guests)
        seen.add((one.outlet, one.at))


def _days(terms: OfferTerms) -> Iterator[Wrong]:
    asked = terms.conditions
    if terms.last_day < terms.first_day:
        said = {"first": Figure.day(terms.first_day), "last": Figure.day(terms.last_day)}
        yield ("last_day",), because(ENDS_FIRST, code="ends_first", **said)
    elif asked.weekdays:
        since = terms.first_day - timedelta(days=1 if is_over_midnight(asked) else 0)
        there = {(since + timedelta(days=n)).isoweekday() for n in range(min((terms.last_day - since).days, 6) + 1)}
        if not there & {*asked.weekdays}:
            yield ("conditions", "weekdays"), because(NEVER_A_DAY, code="never")
    if (asked.hours_from or time()) == asked.hours_to:
        yield ("conditions", "hours_to"), because(NO_HOURS, code="hours")


def _goods(goods: Goods) -> Iterator[Wrong]:
    for name, out in (("products", "but_products"), ("groups", "but_groups")):
        yield from _both_ways(("goods", out), getattr(goods, name), getattr(goods, out), BOTH_WAYS)
    if goods.which is not Which.ALL and not goods.at_most:
        yield ("goods", "at_most"), because(HOW_MANY, code="how_many")


def _both_ways(loc: Loc, named: Iterable[str], left_out: Iterable[str], text: str) -> Iterator[Wrong]:
    names = set(map(folded, named))
    for n, value in enumerate(left_out):
        if folded(value) in names:
            yield (*loc, n), because(text, code="both_ways", value=value)


def _conditions(asked: Conditions) -> Iterator[Wrong]:
    loc = ("conditions", "but_customer_groups")
    return _both_ways(loc, asked.customer_groups, asked.but_customer_groups, IN_BOTH)


def _limits(terms: OfferTerms) -> Iterator[Wrong]:
    limits = terms.limits
    pairs = (("per_customer", "total"), ("per_outlet", "total"), ("per_code", "total"), ("per_period", "per_customer"))
    for name, other in pairs:
        value, most = getattr(limits, name), getattr(limits, other)
        if most and value > most:
            yield ("limits", name), because(ABOVE_ANOTHER, code="above", value=value, other=other, most=most)
    if limits.per_period and not limits.period_days:
        yield ("limits", "period_days"), because(NO_PERIOD, code="no_period")
    if limits.period_days and not limits.per_period:
        yield ("limits", "per_period"), because(NO_NUMBER, code="no_number")
    yield from _counts_none(terms)
    most_off = terms.gives.amount if isinstance(terms.gives, AmountOff) else Decimal(0)
    most_off = terms.gives.most if isinstance(terms.gives, PercentOff) else most_off
    if limits.budget and most_off > limits.budget:
        yield ("limits", "budget"), because(OVER_BUDGET, code="budget", value=most_off)


def _counts_none(terms: OfferTerms) -> Iterator[Wrong]:
    """A limit of what this kind never counts."""
    if terms.limits.budget and not isinstance(terms.gives, MONEY_OFF):
        said = NO_GIFT_BUDGET if isinstance(terms.gives, Gift) else NO_BUDGET
        yield ("limits", "budget"), because(said, code="no_budget")
    if terms.limits.units and not isinstance(terms.gives, (*MONEY_OFF, Gift)):
        yield ("limits", "units"), because(NO_UNITS, code="no_units")


def _codes(codes: CodeRules, limits: Limits, control_percent: int) -> Iterator[Wrong]:
    if codes.kind is CodeKind.GENERIC:
        if not codes.word.strip():
            yield ("codes", "word"), because(NO_WORD, code="no_word")
        if limits.per_code and limits.per_code != limits.total:
            yield ("limits", "per_code"), because(ONE_USE, code="one_use", count=limits.per_code)
    elif codes.word:
        yield ("codes", "word"), because(NEEDLESS_WORD, code="word")
    if control_percent and codes.kind is not CodeKind.UNIQUE:
        yield ("control_percent",), because(NOBODY_LEFT_OUT, code="nobody_left_out")
    if codes.pattern and "#" not in codes.pattern:
        yield ("codes", "pattern"), because(NO_SIGN, code="pattern")
    elif codes.kind is not CodeKind.GENERIC or codes.word.strip():
        yield from _no_such_codes(codes)


def _no_such_codes(codes: CodeRules) -> Iterator[Wrong]:
    """What would be refused when they are issued; brought ones look as they look."""
    try:
        if codes.kind is CodeKind.UNIQUE:
            shape_of(codes)
        elif codes.kind is CodeKind.GENERIC:
            word_of(codes)
    except Refused as refused:
        part = "pattern" if codes.pattern else "prefix"
        name = {"no_word": "word", "too_long": "pattern" if codes.pattern else "length"}.get(refused.reason.code, part)
        yield ("codes", name), refused.reason


def _amounts(terms: OfferTerms, currency: str) -> Iterator[Wrong]:
    """Amounts in whole coins of the currency, of which some have none."""
    coin = Decimal(1).scaleb(-get_currency_precision(currency))
    for loc, amount in _money(terms):
        if amount % coin:
            yield loc, because(TOO_FINE, code="too_fine", value=amount)
    to = terms.rounding.to
    if to % coin and to != Rounding().to:  # the usual one is the smallest coin, whatever that is
        yield ("rounding", "to"), because(BAD_STEP, code="step", value=terms.rounding.to)


def _money(terms: OfferTerms) -> Iterator[tuple[Loc, Decimal]]:
    if isinstance(terms.gives, PercentOff):
        yield ("gives", "most"), terms.gives.most
    elif isinstance(terms.gives, AmountOff):
        yield ("gives", "amount"), terms.gives.amount
    elif isinstance(terms.gives, FixedPrice):
        yield ("gives", "price"), terms.gives.price
    yield ("conditions", "sum_from"), terms.conditions.sum_from
    yield ("limits", "budget"), terms.limits.budget


def _dangling(terms: OfferTerms, known: Known) -> Iterator[Wrong]:
    """What is named and the company does not have; goods without regard to capitals, as at the till.

    What is like it is looked for among all there are, so only for the first few: a pasted list would take minutes.
    """
    alike: dict[int, frozenset[str]] = {}
    found = 0
    for loc, value, there in _named(terms, known):
        if there is None or value in there:
            continue
        if loc[0] in ("goods", "gives"):
            if id(there) not in alike:
                alike[id(there)] = frozenset(map(folded, there))
            if folded(value) in alike[id(there)]:
                continue
        found += 1
        yield loc, _no_such(value, there, found <= COMPARED)


def _no_such(value: str, there: Collection[str], is_compared: bool) -> Reason:
    if there and not is_compared:
        return because(NOT_THERE, code="no_such", value=value)
    near = ", ".join(nearest(value, there, 3, 0.0))
    return because(NO_SUCH if near else NONE_SUCH, code="no_such", value=value, nearest=near)


def _named(terms: OfferTerms, known: Known) -> Iterator[tuple[Loc, str, Collection[str] | None]]:
    for name in ("products", "but_products"):
        yield from (((("goods", name, n)), one, known.products) for n, one in enumerate(getattr(terms.goods, name)))
    for name in ("groups", "but_groups"):
        yield from ((("goods", name, n), one, known.product_groups) for n, one in enumerate(getattr(terms.goods, name)))
    asked = terms.conditions
    for name, there in (
        ("customer_groups", known.customer_groups), ("but_customer_groups", known.customer_groups),
        ("outlets", known.outlets), ("channels", known.channels),
    ):  # fmt: skip
        yield from ((("conditions", name, n), one, there) for n, one in enumerate(getattr(asked, name)))
    if isinstance(terms.gives, Gift):
        yield ("gives", "product"), terms.gives.product, known.products
    if isinstance(terms.gives, Invitation):
        for n, sitting in enumerate(terms.gives.sittings):
            yield ("gives", "sittings", n, "outlet"), sitting.outlet, known.outlets
    for loc, value, there in (
        ("fund", terms.fund, known.funds), ("campaign", terms.campaign, known.campaigns),
        ("goal", terms.goal, known.goals),
    ):  # fmt: skip
        if value:
            yield (loc,), value, there
