"""Judges a launch by the house's own purchases: what could be found out, what it may cost. It knows no Prefect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy.orm import Session

from models.basket import Basket, BasketLine, Buyer, Off, Place
from models.database import now_by
from models.offers import OfferTerms
from models.written import minor_units
from tasks.coupon_analysis.before import rows
from tasks.coupon_analysis.before.rows import Bought
from tasks.coupon_analysis.before.simulation import Given, Scenario, buyers, most_uses, scenario
from tasks.coupon_analysis.engine import Before, CouponAnalysis
from tasks.house import House
from tasks.offers.goods import Assortment
from tasks.offers.pricing import priced
from tasks.redeeming.buying.asked import name_groups_of_goods
from tasks.redeeming.selling.rows import Shelf
from tasks.redeeming.selling.shelves import zone_of
from tasks.reports.period import midnight
from tasks.returns.sums.intervals import Interval, wilson
from tasks.schedule.wall import local

RECEIPTS_MOST = 10_000  # priced for one card: beyond, every so many-th customer stands for the others
LINES_MOST, DAYS_MOST = 200, 366
USUAL = (0.1, 0.3)
FORMER_LEAST = 30  # codes that have ended; fewer say nothing of the next
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Launch:
    """`least` is what could be found out, `scenarios` what it may cost by how many use it, everybody first.

    `former` is the share of former offers' codes that were used, with its interval; None where too few have ended.
    """

    key: str
    terms: OfferTerms
    currency: str
    first: date
    last: date
    receipts: int
    fitting: int
    least: Before
    scenarios: tuple[Scenario, ...] = ()
    former: tuple[float, Interval] | None = None
    control_least: float = field(default=float("inf"))


class Launching:
    """The offers of one house, before they are launched."""

    def __init__(self, house: House) -> None:
        self.house, self.shelf = house, Shelf()

    def of_key(self, key: str) -> Launch | None:
        """By the last words of an offer, approved or not; None where there is no such offer."""
        with self.house.reads() as session:
            terms = rows.latest(session, key)
        return self.judged(key, terms) if terms else None

    def judged(self, key: str, terms: OfferTerms) -> Launch:
        """The same length of time, ending today, as the offer is to last."""
        company = self.house.workspace.company
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            today = local(now, company.zone).date()
            days = min(DAYS_MOST, (terms.last_day - terms.first_day).days + 1)
            first, last = today - days * DAY, today - DAY
            given, number, sampled = self._given(session, terms, first, last)
            issued, used = rows.used_before(session, now)
            groups = terms.conditions.customer_groups
            whom = rows.audience(groups) if groups else None
            size = rows.counted(session, whom) if whom is not None else None
        former = (used / issued, wilson(used, issued)) if used and issued >= FORMER_LEAST else None
        least = CouponAnalysis(self.house).before_launch(days, whom, size)
        return Launch(
            key=key, terms=terms, currency=company.currency, first=first, last=last, receipts=number,
            fitting=len(given), least=least, former=former, scenarios=self._scenarios(terms, given, sampled, former),
            control_least=least.of(terms.control_percent),
        )  # fmt: skip

    def _scenarios(
        self, terms: OfferTerms, given: list[Given], sampled: float, former: tuple[float, Interval] | None
    ) -> tuple[Scenario, ...]:
        taken = buyers(given, most_uses(terms))
        budget = minor_units(terms.limits.budget, self.house.workspace.company.currency)
        shares = (1.0, former[0]) if former else (1.0, *reversed(USUAL))
        return tuple(scenario(taken, share, terms.limits, budget, sampled) for share in shares) if taken else ()

    def _given(self, session: Session, terms: OfferTerms, first: date, last: date) -> tuple[list[Given], int, float]:
        """The receipts it would have been given on, of how many that were looked at, and which share of buyers."""
        company = self.house.workspace.company
        since, until = midnight(first, company.zone), midnight(last + DAY, company.zone)
        every = max(1, ceil(rows.receipts(session, since, until) / RECEIPTS_MOST))
        goods = self.shelf.of(session, company, name_groups_of_goods([terms]))
        asked = {*terms.conditions.customer_groups, *terms.conditions.but_customer_groups}
        members = rows.members(session, asked)
        then = terms.model_copy(update={"first_day": first - DAY, "last_day": last + DAY})
        given, number = [], 0
        for one in rows.bought(session, since, until, every):
            number += 1
            if off := self._off(then, one, members, goods):
                given.append(Given(f"c{one.customer}" if one.customer else f"r{one.id}", one.at, off))
        return given, number, 1 / every

    def _off(self, terms: OfferTerms, one: Bought, members: Mapping[int, frozenset[str]], goods: Assortment) -> int:
        """What would have come off a receipt, in minor units; 0 where nothing."""
        company, lines = self.house.workspace.company, _lines(one)
        if not lines:
            return 0
        basket = Basket(lines=lines, currency=company.currency)
        groups = members.get(one.customer or 0, frozenset())
        buyer = Buyer(customer=one.customer, groups=groups, first=one.is_first)
        place = Place(outlet=one.outlet, zone=zone_of(company, one.outlet), at=_aware(one.at))
        result = priced(terms, basket, buyer, place, goods)
        return result.amount if isinstance(result, Off) else 0


def _lines(one: Bought) -> tuple[BasketLine, ...]:
    """What was bought, without what was brought back."""
    return tuple(
        BasketLine(n=n, product=product[:100], product_group=group[:200], quantity=quantity, amount=amount)
        for n, (product, group, quantity, amount) in enumerate(one.lines[:LINES_MOST], start=1)
        if quantity > 0 and amount >= 0
    )


def _aware(at: datetime) -> datetime:
    assert at.tzinfo is not None
    return at
