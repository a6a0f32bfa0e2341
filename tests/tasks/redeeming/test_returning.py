"""What is brought back: whole and by line, once, never more than was given; on both databases."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.basket import Basket, BasketLine, LineOff, Off
from models.database import SetClock
from models.reason import Reason
from models.redemptions import Coupon, CouponEvent, OfferCounter, Redemption, RedemptionReturn
from tasks.redeeming.calls import BackLine, GiveBack
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.returning import Restored, all_restored, lines_of, restored
from tests.fakes import NOW
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

Sessions = sessionmaker[Session]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def till(database: Engine, clock: SetClock, sessions: Sessions) -> Redeeming:
    with sessions.begin() as session:
        offer(session, ["TEA"], terms(limits={"total": 1, "budget": Decimal(15)}))
        offer(session, ["CUP"], terms(), key="cup")
    return redeeming(database, clock)


def back(key: str, sale: str = "r1", *lines: tuple[int, int], **more: Any) -> GiveBack:
    said = [BackLine(n=n, quantity=quantity) for n, quantity in lines]
    return GiveBack(**{"key": key, "till": "till-1", "sale": sale, "lines": tuple(said)} | more)


def counters(sessions: Sessions) -> dict[str, int]:
    with sessions() as session:
        query = select(col(OfferCounter.kind), col(OfferCounter.used)).where(col(OfferCounter.offer_id) == 1)
        return dict(session.execute(query).tuples().all())


def uses(sessions: Sessions) -> int:
    with sessions() as session:
        return session.execute(select(col(Coupon.used)).where(col(Coupon.code) == "TEA")).scalar_one()


def test_a_whole_return_gives_one_use_back_and_keeps_the_history(till: Redeeming, sessions: Sessions) -> None:
    assert till.redeem(call("r1")).ok and not till.redeem(call("r2")).ok
    done = till.give_back(back("b1", by="nina"))
    assert (done.amount, done.whole, done.lines, done.reason.code) == (1_500, True, ((1, 1_000), (2, 500)), "")
    assert uses(sessions) == 0 and till.audit().ok
    assert counters(sessions) == {"total": 0, "budget": 0, "units": 0, "outlet": 0}
    assert till.redeem(call("r2")).ok
    with sessions() as session:
        assert session.execute(select(col(Redemption.state)).order_by(col(Redemption.id))).scalars().all() == [
            "returned", "redeemed"
        ]  # fmt: skip
        assert session.execute(select(col(CouponEvent.what)).order_by(col(CouponEvent.id))).scalars().all() == [
            "redeemed", "returned", "redeemed"
        ]  # fmt: skip


def test_a_return_that_comes_twice_has_one_effect(till: Redeeming, sessions: Sessions) -> None:
    till.redeem(call("r1"))
    first = till.give_back(back("b1"))
    again = till.give_back(back("b1"))
    assert again == first.model_copy(update={"replayed": True})
    assert till.give_back(back("b1", "r1", (1, 0))).reason.code == "other_body"
    assert till.give_back(back("b2")).reason.code == "nothing_left"
    assert till.redeem(call("r1")).replayed
    assert uses(sessions) == 0 and till.audit().ok
    with sessions() as session:
        assert session.execute(select(func.count()).select_from(RedemptionReturn)).scalar_one() == 1


def test_parts_come_back_line_by_line_and_the_last_restores_the_use(till: Redeeming, sessions: Sessions) -> None:
    till.redeem(call("r1"))
    first = till.give_back(back("b1", "r1", (2, 1_000)))
    assert (first.amount, first.whole) == (166, False)
    assert counters(sessions)["budget"] == 1_334 and uses(sessions) == 1 and till.audit().ok
    assert till.give_back(back("b2", "r1", (2, 2_001))).reason.code == "too_much"
    assert till.give_back(back("b2", "r1", (7, 0))).reason.code == "no_line"
    assert till.give_back(back("b3", "r1", (2, 0))).amount == 334
    assert till.give_back(back("b4", "r1", (2, 0))).reason.code == "too_much"
    last = till.give_back(back("b5", "r1", (1, 0)))
    assert (last.amount, last.whole) == (1_000, True)
    assert uses(sessions) == 0 and set(counters(sessions).values()) == {0} and till.audit().ok


def test_what_is_left_after_a_part_comes_back_as_a_whole(till: Redeeming, sessions: Sessions) -> None:
    till.redeem(call("r1"))
    till.give_back(back("b1", "r1", (2, 1_000)))
    assert till.give_back(back("b2")).amount == 1_500 - 166
    assert uses(sessions) == 0 and set(counters(sessions).values()) == {0} and till.audit().ok


def test_days_for_returning_are_those_of_the_outlet(till: Redeeming, clock: SetClock) -> None:
    till.redeem(call("r1"))
    clock.at = NOW.replace(hour=20, minute=59) + timedelta(days=30)
    assert till.give_back(back("b1", "r1", (1, 0))).amount == 1_000
    clock.at += timedelta(minutes=1)
    late = till.give_back(back("b2"))
    assert late.reason.code == "too_late" and "23 December 2026" in str(late.reason)


def test_nothing_is_given_back_of_what_was_not_redeemed(till: Redeeming, sessions: Sessions) -> None:
    assert till.give_back(back("b1")).reason.code == "no_sale"
    till.reserve(call("r1"))
    assert till.give_back(back("b1")).reason.code == "not_redeemed"
    assert till.give_back(back("b1", till="till-2")).reason.code == "no_sale"


def test_a_receipt_of_two_coupons_comes_back_of_both(till: Redeeming, sessions: Sessions) -> None:
    answer = till.redeem(call("r1", "TEA", "CUP"))
    assert answer.ok
    part = till.give_back(back("b1", "r1", (1, 0), till="till-2", sale_till="till-1"))
    assert part.amount == sum(off.amount for one in answer.outcomes for off in one.off.lines if off.n == 1)
    assert till.give_back(back("b2", "r1", code="CUP")).whole
    assert till.give_back(back("b3", "r1")).whole and till.audit().ok
    assert till.give_back(back("b1", "r1", (1, 0), till="till-2", sale_till="till-1")).replayed


@given(
    quantities=st.lists(st.integers(1, 5_000), min_size=1, max_size=6),
    amounts=st.lists(st.integers(0, 10**6), min_size=6, max_size=6),
    share=st.fractions(0, 1),
    parts=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3_000)), max_size=30),
)
def test_however_it_is_brought_back_it_comes_to_what_was_given(
    quantities: list[int], amounts: list[int], share: Any, parts: list[tuple[int, int]]
) -> None:
    lines = tuple(BasketLine(n=n + 1, quantity=q, amount=amounts[n]) for n, q in enumerate(quantities))
    off = Off(lines=tuple(LineOff(n=line.n, amount=int(line.amount * share), quantity=line.quantity) for line in lines))
    now, given_back, whole = lines_of(Basket(lines=lines), off), 0, False
    for n, quantity in parts:
        done = restored(now, [BackLine(n=n + 1, quantity=quantity)])
        if isinstance(done, Reason):
            assert done.code in ("no_line", "too_much")
            continue
        now, given_back, whole = done.lines, given_back + done.amount, done.whole
        assert done.amount >= 0 and given_back <= off.amount
        assert not whole or given_back == off.amount
    rest = all_restored(now)
    assert isinstance(rest, Restored) and given_back + rest.amount == off.amount
