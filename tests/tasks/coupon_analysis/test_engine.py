"""Our own tables, on both databases: what stands in them is what the analysis says, by the outlets' own clocks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import col

from models.customers import Customer
from models.database import SetClock
from models.delivery import State
from models.letters import Happening
from models.locale import spoken
from models.mailings import MailEvent
from models.redemptions import (
    Arm,
    Coupon,
    CouponBatch,
    CouponEvent,
    CouponState,
    Happened,
    OfferArm,
    OfferCounter,
    OfferRow,
    OfferStage,
    Redeemed,
)
from tasks.coupon_analysis.clocks import Clocks
from tasks.coupon_analysis.costs import Rates
from tasks.coupon_analysis.engine import CouponAnalysis
from tasks.coupon_analysis.increment import Told
from tasks.coupon_analysis.sentences import behind, lead
from tasks.house import House
from tests.fakes import FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.coupon_analysis.shop import BEGINS, DAY, HOUR, NOW, OUTLETS, Shop
from tests.tasks.returns.mailed import Mailed


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS)


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)


def test_an_offer_that_nobody_made_or_approved_is_not_analysed(shop: Shop) -> None:
    shop.add(OfferRow(id=2, key="none", title="", made_at=BEGINS))
    assert CouponAnalysis(shop.house).findings(2) is None and CouponAnalysis(shop.house).findings(3) is None


def test_an_offer_without_anything_is_analysed(shop: Shop) -> None:
    found = shop.found()
    assert found.coupons.issued == 0 and found.increment.told is Told.NO_CONTROL and lead(found).code == "nothing"


def test_uses_that_stand_count_without_what_was_given_back(shop: Shop) -> None:
    """A held one, one let go and one brought back whole are no uses; of one brought back in part the rest counts."""
    for n, state in enumerate((Redeemed.REDEEMED, Redeemed.HELD, Redeemed.RELEASED, Redeemed.RETURNED), start=1):
        shop.coupon(n)
        shop.redeem(n, state=state, back=300)
    found = shop.found(rates=Rates(handling=10))
    assert (found.coupons.issued, found.coupons.redeemed, found.cost.face, found.cost.handling) == (4, 1, 700.0, 10.0)


def test_what_open_codes_may_cost_is_held_by_the_offers_limits(house: House) -> None:
    """A code for everybody, without a limit of its own, of an offer with a budget: it does bound it."""
    shop = Shop(house, last_day="2026-06-30", limits={"budget": "50", "total": 9, "per_code": 0})
    with house.sessions.begin() as session:
        session.execute(update(OfferRow).values(ends_at=NOW + 30 * DAY))
    shop.coupon(1, most=0)
    shop.redeem(1, amount=1000)
    shop.add(
        OfferCounter(offer_id=1, kind="total", scope="", used=1),
        OfferCounter(offer_id=1, kind="budget", scope="", used=1000),
    )
    found = shop.found()
    assert (found.liability.uses, found.liability.most, found.liability.expected) == (8, 4000.0, None)
    with spoken("en"):
        assert any("at most ₽40. They may be used several times" in line for line in behind(found))


def test_of_a_stopped_offer_it_is_not_said_that_it_still_runs(house: House) -> None:
    shop = Shop(house, last_day="2026-06-30")
    with house.sessions.begin() as session:
        session.execute(update(OfferRow).values(ends_at=NOW + 30 * DAY, stage=OfferStage.STOPPED))
    shop.coupon(1)
    with spoken("en"):
        assert behind(shop.found())[0].startswith("The offer is stopped")


def test_a_redemption_counts_once_however_many_products_it_was_given_on(shop: Shop) -> None:
    shop.coupon(1)
    shop.redeem(1, lines=[{"n": n, "product": f"p{n}", "amount": 10, "off": 1} for n in range(50)])
    assert shop.found().coupons.redeemed == 1 and shop.found().cost.redemptions == 1


def test_a_code_that_was_replaced_unused_is_not_issued_twice(shop: Shop) -> None:
    shop.coupon(1, state=CouponState.REPLACED)
    shop.coupon(2, replaces=1)
    shop.coupon(3, state=CouponState.REPLACED, used=1)
    assert shop.found().coupons.issued == 2


def test_delivery_and_views_are_the_letters(shop: Shop) -> None:
    mailed = Mailed(shop.house.sessions, SetClock(NOW))
    mailed.customers(9)
    mailed.mailing()
    fates: list[tuple[Any, dict[str, Any]]] = [
        (None, {}), (Happening.OPENED, {}), (Happening.OPENED, {"robot": True}), (Happening.BOUNCED, {"hard": True}),
        (Happening.BOUNCED, {}),
    ]  # fmt: skip
    for n, (what, more) in enumerate(fates, start=1):
        letter = mailed.letter(n)
        shop.coupon(n, n, message_id=letter)
        if what:
            told = {"mailing_id": 1, "once": f"{n}", "at": NOW, "recorded_at": NOW} | more
            shop.add(MailEvent(message_id=letter, what=what, **told))
    shop.coupon(6, 6, message_id=mailed.letter(6, state=State.PLANNED, sent_at=None))
    shop.coupon(7, 7)
    shop.coupon(8, 8)
    shop.add(CouponEvent(coupon_id=8, offer_id=1, what=Happened.VIEWED, at=NOW))
    found = shop.found().coupons
    assert (found.issued, found.delivered, found.viewed) == (8, 4, 2)


def test_days_are_judged_by_the_clock_of_the_outlet(shop: Shop) -> None:
    """One moment, 15:00 in UTC: the 1st of March in Moscow, the 2nd, the offer's first day, in Vladivostok."""
    shop.customers(4)
    for customer, outlet in ((1, "west"), (2, "west"), (3, "east"), (4, "east")):
        arm = Arm.TREATED if outlet == "west" else Arm.CONTROL
        shop.add(OfferArm(offer_id=1, customer_id=customer, arm=arm, at=BEGINS))
        shop.buy(customer, datetime(2026, 3, 1, 15, tzinfo=UTC), 100, outlet=outlet)
    shop.buy(None, NOW - DAY, 100)
    analysis = CouponAnalysis(shop.house)
    assert analysis.clocks == Clocks("Europe/Moscow", {"east": "Asia/Vladivostok"})
    found = shop.found()
    assert {one.group: (one.treated, one.control) for one in found.changes} == {"tea": (0, 100), "coffee": (0, 0)}


def test_the_held_out_control_group_is_compared_with(shop: Shop) -> None:
    """Each of the treated spends 300 more on tea and 100 less on coffee; what comes before evens out."""
    shop.compared()
    shop.redeem(1)
    costs = pl.DataFrame({"product": ["tea", "Coffee"], "cost": [500, 500]})
    found = shop.found(costs=costs, rates=Rates(each_issued=10))
    assert found.increment.told is Told.MORE and found.increment.apart == pytest.approx(200, abs=5)
    assert found.increment.saved is not None and found.increment.saved > 0.9
    tea, coffee = sorted(found.changes, key=lambda one: one.group, reverse=True)
    assert (tea.group, tea.is_promoted, coffee.group, coffee.is_promoted) == ("tea", True, "Coffee", False)
    assert found.margin is not None and found.margin.profit == pytest.approx(60 * 200 - 600, abs=300)
    assert found.cost.total == 1000 + 600 and behind(found)


def test_whoever_was_erased_or_became_another_is_not_one_who_buys_nothing(shop: Shop) -> None:
    shop.compared()
    with shop.house.sessions.begin() as session:
        session.execute(delete(Customer).where(col(Customer.id).in_(range(1, 21))))
    found = shop.found()
    assert (found.increment.treated, found.increment.control) == (40, 60)
    assert found.increment.apart == pytest.approx(200, abs=5)


def test_where_nobody_was_left_out_the_others_are_beside_and_it_is_not_causal(shop: Shop) -> None:
    shop.customers(80)
    for n in range(1, 81):
        if n <= 40:
            shop.coupon(n, n)
        for week in range(-8, 3):
            shop.buy(n, BEGINS + week * 7 * DAY + HOUR, 1000 + n * 37 % 100 + week * n % 7)
    found = shop.found()
    assert found.increment.told is Told.NO_CONTROL and found.difference is not None
    assert (found.difference.treated, found.difference.others) == (40, 40) and not found.difference.is_told
    assert "not causal" in str(lead(found))


def test_days_whose_purchases_are_not_loaded_yet_are_not_days_without_purchases(shop: Shop) -> None:
    """Everybody buys for the same each week; the table of the offer's last two weeks is still to come."""
    shop.customers(80)
    for n in range(1, 81):
        if n <= 40:
            shop.coupon(n, n)
        for week in range(-8, 2):
            at = BEGINS + (week * 7 + n % 7) * DAY + HOUR
            shop.buy(n, at, (3000 if n <= 40 else 1000) + (n * 31 + week * 7) % 50)
    found = shop.found()
    periods = found.question.periods
    assert not periods.is_whole and not periods.is_running and periods.during_days == 14
    assert not found.difference.is_told and found.difference.interval.holds(0)
    with spoken("en"):
        assert "Purchases are known to 15 March 2026 only" in behind(found)[0]


def test_refused_guesses_and_nights_are_told(shop: Shop) -> None:
    night_in_the_east = datetime(2026, 3, 10, 17, tzinfo=UTC)
    for n in range(1, 61):
        shop.coupon(n)
        at, outlet = (night_in_the_east, "east") if n <= 8 else (night_in_the_east - 8 * HOUR, "west")
        shop.redeem(n, at, outlet=outlet)
    shop.add(*(CouponEvent(offer_id=1, what=Happened.REFUSED, code="…", outlet="west", by="till 3", at=NOW)
               for _ in range(10)))  # fmt: skip
    signals = {one.kind: one for one in shop.found().signals}
    assert set(signals) == {"night", "guesses"} and signals["guesses"].who == "till 3 · west"
    assert signals["night"].who == "east" and signals["night"].at.hour == 3


def test_whoever_guesses_names_no_offer_and_is_told_all_the_same(shop: Shop) -> None:
    """Twelve codes that are none, while it held; as many before it, and of another offer's codes, are none of its."""
    shop.add(OfferRow(id=2, key="other", title="", made_at=BEGINS))
    shop.add(CouponBatch(id=2, offer_id=2, once="2", made_at=BEGINS))
    shop.add(Coupon(id=99, code="X", offer_id=2, batch_id=2, made_at=BEGINS))
    told = {"what": Happened.REFUSED, "outlet": "west"}
    for n in range(12):
        at = BEGINS + 5 * DAY + n * timedelta(minutes=1)
        shop.add(
            CouponEvent(offer_id=0, by="guesser", at=at, **told),
            CouponEvent(offer_id=0, by="earlier", at=at - 40 * DAY, **told),
            CouponEvent(offer_id=2, coupon_id=99, by="elsewhere", at=at, **told),
        )
    assert [(one.kind, one.who, one.number) for one in shop.found().signals] == [("guesses", "guesser · west", 12)]


def test_no_purchases_are_read_where_there_is_nobody_to_compare(shop: Shop) -> None:
    """A code for everybody: all lines of the house would be read, for each such offer, and nothing come of it."""
    shop.customers(2)
    shop.coupon(1, most=0)
    shop.buy(1, BEGINS + DAY, 100)
    assert shop.found().question.promoted == frozenset()
    shop.coupon(2, 2)
    assert shop.found().question.promoted == {"tea"}


def test_what_could_be_found_is_known_before_anything_is_issued(shop: Shop) -> None:
    shop.customers(100)
    for n in range(1, 101):
        for back in (60, 10):
            shop.buy(n, NOW - back * DAY, 1000 + n * 13 % 200)
    before = CouponAnalysis(shop.house).before_launch(days=28, number=400)
    assert before.customers == 400 and before.mean == pytest.approx((1000 + 99.5) / 4, rel=0.02)
    assert before.correlation > 0.99
    seen = list(before.least.values())
    assert list(before.least) == [5, 10, 20, 30, 50] and seen == sorted(seen, reverse=True)
