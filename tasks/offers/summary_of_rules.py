"""To whom, where, when and how often an offer is given, and how its codes look: sentences of its summary. Pure."""

from collections.abc import Iterator

from models.figures import counted, day, weekdays
from models.locale import mark, quoted, translate
from models.offers import (
    MONEY_OFF,
    Base,
    CodeKind,
    CodeRules,
    Conditions,
    Gift,
    Invitation,
    OfferTerms,
    PercentOff,
    RoundingLevel,
    Split,
    Stacking,
)
from tasks.offers.refusals import hours_said
from tasks.offers.windows import is_over_midnight
from tasks.offers.wording import Words, money, named, step

DAYS = mark("From {first} to {last}, both days included, by each outlet's clock.")
ONE_DAY = mark("On {first} only, by each outlet's clock.")
WEEKDAYS, HOURS = mark("Only on: {days}."), mark("Only from {start} to {end}.")
OVERNIGHT = mark("Only from {start} to {end} of the next day; the night counts as the day on which it begins.")
SUM = mark("Only where these goods come to {sum} or more.")
QUANTITY = (
    mark("Only where there is {count} unit of these goods or more."),
    mark("Only where there are {count} units of these goods or more."),
)
IN_GROUPS, NOT_IN_GROUPS = mark("Only for customers in: {names}."), mark("Not for customers in: {names}.")
EVERYBODY, FIRST = mark("For all customers."), mark("Only for a customer's first purchase.")
OUTLETS, ALL_OUTLETS = mark("Only in: {names}."), mark("In all outlets.")
CHANNELS = mark("Only for what is bought through: {names}.")
TOTAL = mark("At most {count} use in all."), mark("At most {count} uses in all.")
PER_CODE = mark("A code works {count} time."), mark("A code works {count} times.")
ANY_TIMES = mark("A code works any number of times.")
PER_CUSTOMER = mark("At most {count} use a customer."), mark("At most {count} uses a customer.")
PER_PERIOD = (
    mark("At most {count} use a customer in every {period}."),
    mark("At most {count} uses a customer in every {period}."),
)
PERIOD = mark("{count} day, counted from {first}"), mark("{count} days, counted from {first}")
PER_OUTLET = mark("At most {count} use in one outlet."), mark("At most {count} uses in one outlet.")
UNITS = mark("At most {count} discounted unit in all."), mark("At most {count} discounted units in all.")
BUDGET = mark("All discounts together: at most {budget}.")
NO_LIMIT = mark("How often it is given in all is not limited.")
ALONE, TOGETHER = mark("It goes with no other offer."), mark("It goes with other offers.")
RANK = mark("Its place among offers on one receipt is {rank}; the lower comes first.")
BASES = {
    Base.INITIAL: mark("It is counted on the first price, whatever other offers took off."),
    Base.LEFT: mark("It is counted on what the offers before it have left."),
}
LEVELS = {
    RoundingLevel.UNIT: mark("A percentage is rounded for each unit, to {step}."),
    RoundingLevel.LINE: mark("A percentage is rounded for each line, to {step}."),
    RoundingLevel.ORDER: mark("A percentage is rounded for the whole receipt, to {step}."),
}
SPLITS = {
    Split.LAST: mark("What cannot be split evenly goes to the last line."),
    Split.LARGEST: mark("What cannot be split evenly goes to the lines with the largest remainders."),
}
GENERIC, GENERIC_AS_SAID = mark("One code for everybody."), mark("One code for everybody: {word}.")
UNIQUE, IMPORTED = mark("A code of their own for each recipient."), mark("Codes are imported from elsewhere.")
LENGTH = mark("A code has {count} drawn sign."), mark("A code has {count} drawn signs.")
SIGNS = {
    "letters_and_digits": mark("The drawn signs are letters and digits."),
    "digits": mark("The drawn signs are digits only."),
}
PREFIX, PATTERN = mark("It begins with {prefix}."), mark("It looks like {pattern}; # is a drawn sign.")
HYPHENS = mark("A hyphen stands after every {count} sign."), mark("A hyphen stands after every {count} signs.")
CHECKED, UNCHECKED = mark("A check sign gives mistyping away."), mark("There is no check sign.")


def conditions_said(terms: OfferTerms, words: Words) -> Iterator[str]:
    asked = terms.conditions
    if asked.sum_from:
        yield translate(SUM, sum=money(asked.sum_from, words.currency))
    if asked.quantity_from:
        yield counted(QUANTITY, asked.quantity_from)
    yield from _to_whom(asked, words)
    yield from _where(terms, words)
    frame = ONE_DAY if terms.first_day == terms.last_day else DAYS
    yield translate(frame, first=day(terms.first_day), last=day(terms.last_day))
    if asked.weekdays:
        yield translate(WEEKDAYS, days=weekdays(asked.weekdays))
    if asked.hours_from or asked.hours_to:
        yield translate(OVERNIGHT if is_over_midnight(asked) else HOURS, **hours_said(asked))


def _to_whom(asked: Conditions, words: Words) -> Iterator[str]:
    if not asked.customer_groups and not asked.but_customer_groups and not asked.first_purchase:
        yield translate(EVERYBODY)
    if asked.customer_groups:
        yield translate(IN_GROUPS, names=named(asked.customer_groups, words.customer_groups))
    if asked.but_customer_groups:
        yield translate(NOT_IN_GROUPS, names=named(asked.but_customer_groups, words.customer_groups))
    if asked.first_purchase:
        yield translate(FIRST)


def _where(terms: OfferTerms, words: Words) -> Iterator[str]:
    """An invitation says itself which outlets it is for."""
    asked = terms.conditions
    if asked.outlets:
        yield translate(OUTLETS, names=named(asked.outlets, words.outlets))
    elif not isinstance(terms.gives, Invitation):
        yield translate(ALL_OUTLETS)
    if asked.channels:
        yield translate(CHANNELS, names=named(asked.channels, words.channels))


def limits_said(terms: OfferTerms, words: Words) -> Iterator[str]:
    limits = terms.limits
    yield counted(TOTAL, limits.total) if limits.total else translate(NO_LIMIT)
    yield counted(PER_CODE, limits.per_code) if limits.per_code else translate(ANY_TIMES)
    if limits.per_customer:
        yield counted(PER_CUSTOMER, limits.per_customer)
    if limits.per_period:
        period = counted(PERIOD, limits.period_days, first=day(terms.first_day))
        yield counted(PER_PERIOD, limits.per_period, period=period)
    if limits.per_outlet:
        yield counted(PER_OUTLET, limits.per_outlet)
    if limits.units:
        yield counted(UNITS, limits.units)
    if limits.budget:
        yield translate(BUDGET, budget=money(limits.budget, words.currency))


def stacking_said(stacking: Stacking) -> Iterator[str]:
    yield translate(ALONE if stacking.exclusive else TOGETHER)
    yield translate(RANK, rank=stacking.rank)
    yield translate(BASES[stacking.base])


def order_said(terms: OfferTerms, words: Words) -> Iterator[str]:
    """How sums are rounded and split, of an offer that has any."""
    if isinstance(terms.gives, PercentOff):
        yield translate(LEVELS[terms.rounding.level], step=step(terms.rounding.to, words.currency))
    if isinstance(terms.gives, (*MONEY_OFF, Gift)):
        yield translate(SPLITS[terms.rounding.split])


def codes_said(codes: CodeRules) -> Iterator[str]:
    if codes.kind is CodeKind.GENERIC:
        yield translate(GENERIC_AS_SAID, word=quoted(codes.word)) if codes.word else translate(GENERIC)
    elif codes.kind is CodeKind.IMPORTED:
        yield translate(IMPORTED)
    else:
        yield translate(UNIQUE)
        yield from _look(codes)


def _look(codes: CodeRules) -> Iterator[str]:
    """A pattern takes the place of prefix, length and hyphens."""
    if codes.pattern:
        yield translate(PATTERN, pattern=codes.pattern)
    else:
        yield counted(LENGTH, codes.length)
        yield from [translate(PREFIX, prefix=codes.prefix)] if codes.prefix else []
        yield from [counted(HYPHENS, codes.groups_of)] if codes.groups_of else []
    yield translate(SIGNS[codes.charset])
    yield translate(CHECKED if codes.check_sign else UNCHECKED)
