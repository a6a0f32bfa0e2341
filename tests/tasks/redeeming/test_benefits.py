"""What is given beside money off: points, seats, gifts, delivery; once, and back with the goods."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.basket import LINES_MOST, ONE, Basket, BasketLine, Given, Off
from models.cards import PointsProgram, ProgramTerms
from models.customers import Customer
from models.database import SetClock, connect
from models.offers import FreeDelivery, Gift, Goods, Invitation, OfferTerms, Points, Sitting
from models.redemptions import Coupon, OfferCounter, Redemption
from tasks.loyalty.engine import Wanted
from tasks.redeeming.calls import Answer, BackLine, Brought, Entry, GiveBack, Sale
from tasks.redeeming.engine import Redeeming
from tests.depth import examples
from tests.fakes import NOW
from tests.house import empty_database
from tests.tasks.offers.shop import ANY_GIFT, GOODS, ROUNDINGS, baskets
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

Sessions = sessionmaker[Session]
TEA, CUP = BasketLine(n=1, product="tea", quantity=2 * ONE, amount=20_000), BasketLine(n=2, product="cup", amount=5_000)
BOTH = Basket(lines=(TEA, CUP))
TEN = Points(percent=Decimal(10))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def till(database: Engine, clock: SetClock) -> Redeeming:
    return redeeming(database, clock)


def opened(sessions: Sessions, of: OfferTerms, customer: int = 5) -> None:
    with sessions.begin() as session:
        session.add(Customer(id=customer, code="75", created_at=NOW, changed_at=NOW))
        session.flush()
        offer(session, ["TEA"], of)


def back(key: str, *lines: tuple[int, int], sale: str = "r1") -> GiveBack:
    said = tuple(BackLine(n=n, quantity=quantity) for n, quantity in lines)
    return GiveBack(key=key, till="till-1", sale=sale, lines=said)


def codes(answer: Answer) -> list[str]:
    return [outcome.reason.code for outcome in answer.outcomes]


def adds_up(till: Redeeming) -> bool:
    return till.audit().ok and till.points.wrong() == ([], [])


# Points.


def test_points_come_with_the_redemption_once_and_go_with_the_return(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Points(points=100)))
    assert codes(till.redeem(call("r0"))) == codes(till.redeem(call("r0", phone="8 900 000-00-77"))) == ["points_card"]
    for _ in range(2):
        assert till.redeem(call("r1", card="75")).ok and till.points.balance(5) == 100
    assert till.give_back(back("b1", (1, 0))).points == 0 and till.points.balance(5) == 100
    for _ in range(2):
        done = till.give_back(back("b2"))
        assert (done.points, done.whole) == (100, True) and till.points.balance(5) == 0
    assert adds_up(till)


@pytest.mark.parametrize(("days", "left"), [(3, 0), (0, 100)])
def test_points_of_an_offer_are_good_as_long_as_the_program_says(
    till: Redeeming, clock: SetClock, sessions: Sessions, days: int, left: int
) -> None:
    opened(sessions, terms(Points(points=100)))
    with sessions.begin() as session:
        said = ProgramTerms(days=days, since=NOW.date()).model_dump(mode="json")
        session.add(PointsProgram(terms=said, at=NOW - timedelta(days=900)))
    assert till.redeem(call("r1", card="75")).ok
    clock.at += timedelta(days=3)
    assert till.points.expire() == 0 and till.points.balance(5) == 100
    clock.at += timedelta(days=1)
    assert till.points.expire() == 100 - left and till.points.balance(5) == left and adds_up(till)


def test_a_reservation_gives_no_points_yet(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Points(points=100)))
    assert till.reserve(call("r1", card="75")).ok and till.points.balance(5) == 0
    assert till.redeem(call("r1", card="75")).ok and till.points.balance(5) == 100 and adds_up(till)


def test_points_for_what_is_paid_go_back_by_line(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(TEN, goods=Goods(products=("tea",))))
    (one,) = till.redeem(call("r1", card="75", basket=BOTH)).outcomes
    assert one.off.given == (Given(points=20),) and till.points.balance(5) == 20
    assert till.redeem(call("r1", card="75", basket=BOTH)).outcomes == (one,)
    assert till.give_back(back("b1", (2, 0))).points == 0
    assert till.give_back(back("b2", (1, 500))).points == 5
    last = till.give_back(back("b3", (1, 0)))
    assert (last.points, last.whole) == (15, True) and till.points.balance(5) == 0
    assert till.give_back(back("b3", (1, 0))) == last.model_copy(update={"replayed": True}) and adds_up(till)


def test_points_that_were_spent_meanwhile_are_short_and_keep_no_return(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Points(points=100)))
    till.redeem(call("r1", card="75"))
    till.points.spend(Wanted("s1", 5, 70))
    done = till.give_back(back("b1"))
    assert (done.points, done.whole) == (30, True) and till.points.balance(5) == 0 and adds_up(till)


def test_points_of_an_offline_sale_come_with_its_entry(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Points(points=100)))
    entries: list[Entry] = [
        Sale(call=call("r1", card="75")), Sale(call=call("r2")),
        Brought(back=back("b1"), at=NOW), Brought(back=back("b2", sale="r2"), at=NOW),
    ]  # fmt: skip
    for _ in range(2):
        assert [one.conflicts for one in till.take_journal(entries[:2])] == [(), ("points_card",)]
        assert till.points.balance(5) == 100
    for _ in range(2):
        till.take_journal(entries)
        assert till.points.balance(5) == 0 and adds_up(till)


def test_a_till_mints_no_points(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(TEN))
    forged = Off(given=(Given(points=10**6), Given(product="mug", quantity=ONE)))
    (entered,) = till.take_journal([Sale(call=call("r1", card="75", basket=BOTH), given=(forged,))])
    assert entered.conflicts == ("points",) and till.points.balance(5) == 25
    (second,) = till.take_journal([Sale(call=call("r2", card="75", basket=BOTH), given=(Off(),))])
    assert not second.conflicts and till.points.balance(5) == 50
    with sessions() as session:
        kept = session.execute(select(col(Redemption.answer)).order_by(col(Redemption.id))).scalars().first()
    assert kept is not None and [one["product"] for one in kept["given"]] == ["mug", ""] and adds_up(till)


def test_a_receipt_of_any_size_gives_no_more_points_than_an_account_takes(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Points(percent=Decimal(100))))
    huge = Basket(lines=tuple(BasketLine(n=n + 1, amount=10**12) for n in range(LINES_MOST)))
    assert till.redeem(call("r1", card="75", basket=huge)).ok and till.points.balance(5) == 10**12
    assert till.give_back(back("b1")).points == 10**12 and till.points.balance(5) == 0 and adds_up(till)


# Seats.


EVENING = datetime(2026, 11, 25, 19, 0, tzinfo=UTC).replace(tzinfo=None)
PARTY = terms(
    Invitation(sittings=(Sitting(outlet="center", at=EVENING, seats=5),), guests=4), first_day=date(2026, 11, 25)
)


def test_a_seat_is_answered_beforehand_and_counted_when_they_come(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    opened(sessions, PARTY)
    assert codes(till.redeem(call("r1", guests=3))) == ["not_yet"]
    assert till.validate(call("r1", guests=3, sitting=EVENING)).ok
    (held,) = till.reserve(call("r1", guests=3, sitting=EVENING), timedelta(minutes=5)).outcomes
    assert held.until == datetime(2026, 11, 25, 21, tzinfo=UTC)
    assert codes(till.reserve(call("r2", guests=3, sitting=EVENING))) == ["seats"]
    assert till.reserve(call("r2", guests=2)).ok
    clock.at = NOW + timedelta(days=2, hours=7)
    assert till.expire() == 0 and till.redeem(call("r1", guests=2, sitting=EVENING)).ok
    assert till.reserve(call("r3")).ok and adds_up(till)
    clock.at += timedelta(hours=6)
    assert till.expire() == 2 and codes(till.redeem(call("r2", guests=2))) == ["sitting"]
    with sessions() as session:
        seats = select(col(OfferCounter.used), col(OfferCounter.held)).where(col(OfferCounter.kind) == "seats")
        assert session.execute(seats).one() == (2, 0)


def test_nobody_comes_on_another_day(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    opened(sessions, PARTY.model_copy(update={"first_day": date(2026, 11, 20), "last_day": date(2026, 12, 1)}))
    assert codes(till.redeem(call("r1", sitting=EVENING))) == codes(till.redeem(call("r1"))) == ["sitting"]
    clock.at = NOW + timedelta(days=3)
    assert codes(till.redeem(call("r1", sitting=EVENING))) == codes(till.reserve(call("r1"))) == ["sitting"]


# Things.


def test_a_gift_handed_over_is_asked_back_with_the_whole(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(Gift(product="mug")))
    assert till.redeem(call("r1", basket=BOTH)).outcomes[0].off.given == (Given(product="mug", quantity=ONE),)
    assert till.give_back(back("b1", (1, 0))).given == ()
    for _ in range(2):
        done = till.give_back(back("b2", (2, 0)))
        assert done.whole and done.given == (Given(product="mug", quantity=ONE),)


def test_free_delivery_is_one_use_and_costs_no_budget(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, terms(FreeDelivery(), limits={"total": 1, "budget": Decimal(1)}))
    assert till.redeem(call("r1")).outcomes[0].off.given == (Given(delivery=True),)
    assert codes(till.redeem(call("r2"))) == ["total"]
    assert till.give_back(back("b1")).whole and till.redeem(call("r2")).ok and adds_up(till)


# Whatever is given.


STEPS = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 3_000)), max_size=5)


@pytest.mark.hypothesis
@settings(max_examples=examples(20, 400), deadline=None)
@given(gives=ANY_GIFT, goods=GOODS, rounding=ROUNDINGS, basket=baskets(4), steps=STEPS, seed=st.integers(0, 99))
def test_a_return_restores_and_the_order_of_retries_does_not_matter(
    gives: Any, goods: Goods, rounding: Any, basket: Basket, steps: Sequence[tuple[int, int]], seed: int
) -> None:
    """Redeemed, brought back in parts, again and again, then whole: money, points, uses and limits are as before."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        path.write_bytes(empty_database())
        engine = connect(f"sqlite:///{path}")
        try:
            ledger, sessions = redeeming(engine, SetClock(NOW)), sessionmaker(engine)
            opened(
                sessions, terms(gives, goods=goods, rounding=rounding, limits={"total": 9, "budget": Decimal(10**6)})
            )
            restored(ledger, sessions, basket, steps, Random(seed))
        finally:
            engine.dispose()


def restored(
    ledger: Redeeming, sessions: Sessions, basket: Basket, steps: Sequence[tuple[int, int]], chance: Random
) -> None:
    asked = call("r1", card="75", basket=basket)
    (one,) = ledger.redeem(asked).outcomes
    if one.reason:
        return
    calls = [back(f"b{n}", step) for n, step in enumerate(steps)]
    done = {}
    for each in [chance.choice(calls) for _ in range(2 * len(calls))] + calls:
        told = ledger.give_back(each)
        assert told.replayed == (each.key in done) and told.amount == done.get(each.key, told).amount
        if not told.reason:
            done[each.key] = told
        assert ledger.redeem(asked).outcomes == (one,)
    last = ledger.give_back(back("all"))
    parts = [*done.values(), *([] if last.reason else [last])]
    assert sum(part.amount for part in parts) == one.off.amount
    assert sum(part.points for part in parts) == sum(given.points for given in one.off.given)
    with sessions() as session:
        assert session.execute(select(col(Redemption.state))).scalar_one() == "returned"
        assert session.execute(select(col(Coupon.used), col(Coupon.held))).one() == (0, 0)
        assert not any(session.execute(select(col(OfferCounter.used))).scalars())
    assert ledger.points.balance(5) == 0 and adds_up(ledger) and Off().amount == 0
