"""What a letter says of its coupon: what it gives, on what terms, until when; nothing that is the house's own. Pure.

The summary that is approved names funds, control groups and customer groups; whoever gets the coupon reads none of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models.figures import counted, day, weekdays
from models.locale import mark, spoken, translate
from models.offers import CodeKind, OfferTerms
from tasks.composing.expressions import VALUE_MAX
from tasks.offers import summary_of_rules as rules
from tasks.offers.refusals import hours_said
from tasks.offers.summary import GIVES, goods_said
from tasks.offers.windows import is_over_midnight
from tasks.offers.wording import Words, money, named

THE_REST = mark("All terms: at the till.")


@dataclass(frozen=True)
class Said:
    """`gives` is the main thing, as a heading says it; `terms` the rest in sentences; `until` the last day."""

    gives: str
    terms: str
    until: date


def said(terms: OfferTerms, words: Words, language: str) -> Said:
    """The words of an offer in the letter's language."""
    with spoken(language):
        gives, *rest = sentences(terms, words)
        return Said(gives.rstrip("."), _cut(rest), terms.last_day)


def sentences(terms: OfferTerms, words: Words) -> Iterator[str]:
    """What the holder has to know, in the reader's language; first what it gives."""
    asked = terms.conditions
    yield from GIVES[type(terms.gives)](terms.gives, words)
    yield from _goods(terms, words)
    if asked.sum_from:
        yield translate(rules.SUM, sum=money(asked.sum_from, words.currency))
    if asked.quantity_from:
        yield counted(rules.QUANTITY, asked.quantity_from)
    if asked.first_purchase:
        yield translate(rules.FIRST)
    if asked.outlets:
        yield translate(rules.OUTLETS, names=named(asked.outlets, words.outlets))
    if asked.weekdays:
        yield translate(rules.WEEKDAYS, days=weekdays(asked.weekdays))
    if asked.hours_from or asked.hours_to:
        yield translate(rules.OVERNIGHT if is_over_midnight(asked) else rules.HOURS, **hours_said(asked))
    yield from _how_often(terms)
    if terms.stacking.exclusive:
        yield translate(rules.ALONE)


def _how_often(terms: OfferTerms) -> Iterator[str]:
    """What is said of each holder: what all of them may do together concerns none of them."""
    is_own, limits = terms.codes.kind is not CodeKind.GENERIC, terms.limits
    of_code = limits.per_code if is_own else 0
    if of_code and not 0 < limits.per_customer < of_code:
        yield counted(rules.PER_CODE, of_code)
    elif limits.per_customer:
        yield counted(rules.PER_CUSTOMER, limits.per_customer)
    else:
        yield translate(rules.ANY_TIMES)
    if limits.per_period:
        period = counted(rules.PERIOD, limits.period_days, first=day(terms.first_day))
        yield counted(rules.PER_PERIOD, limits.per_period, period=period)


def _goods(terms: OfferTerms, words: Words) -> Iterator[str]:
    """Which goods, and how many of them; nothing where all of all goods are meant."""
    goods = terms.goods
    if goods.products or goods.groups or goods.but_products or goods.but_groups or goods.at_most:
        yield from goods_said(terms, words)


def _cut(told: list[str]) -> str:
    """As many sentences as a letter's field holds; where some are left out, it says where they are."""
    whole = " ".join(told)
    if len(whole) <= VALUE_MAX:
        return whole
    rest, kept = translate(THE_REST), ""
    for one in told:
        if len(kept) + len(one) + len(rest) + 2 > VALUE_MAX:
            break
        kept += f"{one} "
    return kept + rest
