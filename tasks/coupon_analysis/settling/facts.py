"""What an analysis tells the registry: of an offer, never of a client. Pure.

A look is told once a day; told again the same day it corrects the fact it takes the place of. What came off receipts is
told by the day, once the day is over, and corrected when something is brought back or an offline till tells late.
What is not known is absent: there is no increment without a control group, nor while the offer runs, for an early look
finds effects by chance, nor before purchases of all its days are loaded. The share redeemed is coupons redeemed of
coupons issued: both are here, but where one code is everybody's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from models.offers import OfferTerms
from models.registry import METRICS, Fact, Observation, Unit
from tasks.coupon_analysis.costs import NO_RATES, Rates
from tasks.coupon_analysis.whole import Findings

CODE = "C10"
Values = Mapping[tuple[str, str], int]  # by (metric, product group)


@dataclass(frozen=True)
class About:
    """The offer that facts are of, and what they are charged to."""

    id: int
    key: str
    title: str
    campaign: str = ""
    goal: str = ""
    fund: str = ""
    paid_by: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether the company pays: it does unless somebody else is named, and no fund of ours."""
        return bool(self.fund) or not self.paid_by

    @property
    def rates(self) -> Rates:
        return NO_RATES if self.is_ours else Rates(partner=1.0)


def about(id: int, key: str, fund: str, terms: OfferTerms) -> About:
    return About(id, key, terms.title, terms.campaign, terms.goal, fund or terms.fund, terms.paid_by)


def looks_of(offer: int, day: date) -> str:
    """What the origins of a day's looks begin with."""
    return f"coupons:{offer}:look:{day}:"


def given_of(offer: int) -> str:
    return f"coupons:{offer}:given:"


def of_findings(
    one: About, found: Findings, day: date, known: Sequence[Fact], at: datetime, run: str = ""
) -> Iterator[Observation]:
    """The look of a day, where the registry does not know it so; `known` are the facts of this day that stand."""
    former, now = {fact.origin: fact for fact in known}, values(found)
    wanted = {looks_of(one.id, day) + ":".join(key).rstrip(":"): (key, value) for key, value in now.items()}
    for origin, ((metric, group), value) in wanted.items():
        yield from _told(one, former.get(origin), origin, value, found.question.currency, run,
                         metric=metric, product_group=group, observed_at=at)  # fmt: skip
    for origin, fact in former.items():
        if origin not in wanted:
            yield from _told(one, fact, origin, None, found.question.currency, run, metric=fact.metric,
                             product_group=fact.product_group, observed_at=at)  # fmt: skip


def values(found: Findings) -> Values:
    """All that is known, whole numbers, money in minor units."""
    owed, each_its_own = found.liability, not found.is_common
    told: dict[tuple[str, str], float | None] = {
        ("coupons_issued", ""): found.coupons.issued,
        ("coupons_redeemed", ""): found.coupons.redeemed if each_its_own else None,
        ("coupon_uses", ""): found.cost.redemptions, ("coupon_use_cost", ""): found.cost.each,
        ("coupons_unused", ""): found.breakage.unused if found.breakage.ended and each_its_own else None,
        ("coupon_open_cost", ""): owed.expected if owed.is_whole else None, ("coupon_open_most", ""): owed.most,
        ("coupon_signals", ""): len(found.signals),
    }  # fmt: skip
    if found.question.periods.is_whole:
        told |= _brought(found)
    return {key: round(value) for key, value in told.items() if value is not None}


def _brought(found: Findings) -> dict[tuple[str, str], float | None]:
    told: dict[tuple[str, str], float | None] = {}
    if total := found.increment.total():
        brought, between = total
        told |= {("coupon_brought", ""): brought, ("coupon_brought_low", ""): between.low,
                 ("coupon_brought_high", ""): between.high}  # fmt: skip
    if found.margin is not None and found.margin.between is not None:
        between = found.margin.between
        told |= {("coupon_profit", ""): found.margin.profit, ("coupon_profit_low", ""): between.low,
                 ("coupon_profit_high", ""): between.high}  # fmt: skip
    told |= {
        ("coupon_shift", one.group): one.apart * found.increment.treated
        for one in found.changes if one.group and (one.has_lost or one.has_won)
    }  # fmt: skip
    return told


def of_given(
    one: About, given: Mapping[date, int], known: Sequence[Fact], zone: str, currency: str, run: str = ""
) -> Iterator[Observation]:
    """What came off receipts on each day that is over, as an expense of the offer's fund."""
    former = {fact.origin: fact for fact in known}
    days = {given_of(one.id) + str(day): amount for day, amount in given.items() if one.is_ours}
    for origin in sorted(days.keys() | former.keys()):
        fact, amount = former.get(origin), days.get(origin, 0)
        if fact is None and not amount:
            continue
        noon = datetime.combine(date.fromisoformat(origin[len(given_of(one.id)) :]), time(12), ZoneInfo(zone))
        yield from _told(one, fact, origin, amount, currency, run, metric="expenses", cost=amount, observed_at=noon)


def _told(
    one: About, fact: Fact | None, origin: str, value: int | None, currency: str, run: str, **more: Any
) -> Iterator[Observation]:
    """The fact, or what corrects the one that stands; nothing where that says the same."""
    keys = {"campaign": one.campaign, "goal": one.goal, "fund": one.fund}
    if fact is not None and fact.value == value and (value is None or _keys(fact) == keys):
        return
    group, is_money = more.get("product_group", ""), METRICS[more["metric"]].unit == Unit.MONEY
    yield Observation(
        operation=CODE, subject_kind="offer", subject_id=f"{one.key}:{group}" if group else one.key,
        value=value, currency=currency if is_money else "", source="measured", origin=origin, run=run,
        key=f"{CODE}:{origin}" + (f":{fact.id}" if fact else ""), corrects=fact.id if fact else None, **keys, **more,
    )  # fmt: skip


def _keys(fact: Fact) -> dict[str, str]:
    return {"campaign": fact.campaign, "goal": fact.goal, "fund": fact.fund}
