"""The ledger of coupons: what is taken, refused, held and replayed; on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.basket import Buyer, Off
from models.customers import Address, Customer
from models.database import SetClock
from models.offers import AmountOff, Invitation, PercentOff, Sitting, Stacking
from models.redemptions import Coupon, CouponEvent, OfferCounter, OfferRow, OfferVersion, Redemption, RedemptionTake
from tasks.offering.rows import ended
from tasks.redeeming.calls import Answer
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.redeeming.shop import BASKET, call, offer, redeeming, terms

Sessions = sessionmaker[Session]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def till(database: Engine, clock: SetClock) -> Redeeming:
    return redeeming(database, clock)


def opened(sessions: Sessions, *codes: str, **more: Any) -> None:
    with sessions.begin() as session:
        offer(session, codes or ("TEA",), **more)


def rows_of(sessions: Sessions) -> dict[str, int]:
    with sessions() as session:
        return {table.__tablename__: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (Redemption, RedemptionTake, CouponEvent, OfferCounter)}  # fmt: skip


def codes(answer: Answer) -> list[str]:
    return [outcome.reason.code for outcome in answer.outcomes]


def used(sessions: Sessions, code: str = "TEA") -> tuple[int, int]:
    with sessions() as session:
        one = session.execute(select(Coupon).where(col(Coupon.code) == code)).scalar_one()
        return one.used, one.held


def test_a_redemption_takes_what_it_gives(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions)
    answer = till.redeem(call("r1"))
    (one,) = answer.outcomes
    assert answer.ok and not answer.replayed
    assert (one.off.amount, one.state, one.offer) == (1_500, "redeemed", "tea")
    with sessions() as session:
        row = session.execute(select(Redemption)).scalar_one()
        takes = dict(session.execute(select(col(RedemptionTake.kind), col(RedemptionTake.n))).tuples().all())
    assert (row.id, row.amount, row.base, row.receipt, row.at, row.settled_at) == (
        one.redemption, 1_500, 15_001, "r1", NOW, NOW
    )  # fmt: skip
    assert takes == {"total": 1, "budget": 1_500, "units": 4, "outlet": 1}
    assert till.audit().ok and used(sessions) == (1, 0)


def test_a_replay_is_answered_as_the_first_time_even_when_all_is_sold(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"total": 1}))
    first = till.redeem(call("r1"))
    assert codes(till.redeem(call("r2"))) == ["total"]
    till.stop("olga", "leaked", offer="tea")
    again = till.redeem(call("r1", at=NOW + timedelta(hours=5)))
    assert again.replayed and again.outcomes == first.outcomes
    assert rows_of(sessions)["redemption"] == 1


@pytest.mark.parametrize(
    "other",
    [{"outlet": "north"}, {"receipt": "other"}, {"card": "77"}, {"basket": BASKET.model_copy(update={"lines": ()})}],
    ids=["outlet", "receipt", "card", "basket"],
)
def test_the_same_key_with_another_body_is_refused(till: Redeeming, sessions: Sessions, other: dict[str, Any]) -> None:
    opened(sessions, "TEA", "CUP")
    till.redeem(call("r1"))
    assert codes(till.redeem(call("r1", **other))) == ["other_body"]
    assert codes(till.redeem(call("r1", "CUP"))) == ["other_body"]
    assert rows_of(sessions)["redemption"] == 1


LIMITS: list[Any] = [
    pytest.param({"total": 1}, {}, "total", id="total"),
    pytest.param({"budget": Decimal(20)}, {}, "budget", id="budget"),
    pytest.param({"units": 7}, {}, "units", id="units"),
    pytest.param({"per_outlet": 1}, {}, "outlet", id="outlet"),
    pytest.param({"per_code": 1}, {}, "code", id="code"),
    pytest.param({"per_customer": 1}, {"card": "77"}, "customer", id="customer"),
    pytest.param({"per_period": 1, "period_days": 7}, {"card": "77"}, "period", id="period"),
]


@pytest.mark.parametrize(("limits", "buyer", "refusal"), LIMITS)
def test_a_full_limit_is_named_and_leaves_nothing_behind(
    till: Redeeming, sessions: Sessions, limits: dict[str, Any], buyer: dict[str, str], refusal: str
) -> None:
    opened(sessions, of=terms(limits=limits))
    assert till.redeem(call("r1", **buyer)).ok
    before = rows_of(sessions)
    assert codes(till.validate(call("r2", **buyer))) == [refusal]
    assert codes(till.redeem(call("r2", **buyer))) == [refusal]
    assert codes(till.reserve(call("r3", **buyer))) == [refusal]
    assert rows_of(sessions) == before and till.audit().ok


def test_what_alone_exceeds_a_limit_is_refused_at_an_empty_counter(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"budget": Decimal(10)}))
    assert codes(till.redeem(call("r1"))) == ["budget"]
    assert rows_of(sessions)["offer_counter"] == 0


def test_limits_of_outlets_and_periods_are_each_their_own(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    opened(sessions, of=terms(limits={"per_outlet": 2, "per_period": 1, "period_days": 1}))
    assert till.redeem(call("r1", card="1")).ok
    assert till.redeem(call("r2", card="2")).ok
    assert codes(till.redeem(call("r3", card="3"))) == ["outlet"]
    assert codes(till.redeem(call("r4", card="1", outlet="north"))) == ["period"]
    clock.at = NOW + timedelta(days=1)
    assert till.redeem(call("r5", card="1", outlet="north")).ok


def test_an_offer_with_a_limit_for_each_customer_asks_for_the_card(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"per_customer": 1}))
    assert codes(till.validate(call("r1"))) == codes(till.redeem(call("r1"))) == ["card"]
    assert till.redeem(call("r1", phone="+7 900 000-00-00")).ok


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"card": "77", "email": "a@example.org"}, {"card": "77", "email": "b@example.org"}),
        ({"phone": "+7 900 000-00-01", "email": "a@example.org"}, {"phone": "8 (900) 000-00-01"}),
        ({"phone": "+7 900 000-00-01", "email": "a@example.org"}, {"email": "A@example.org"}),
    ],
    ids=["another e-mail", "the phone alone", "the e-mail alone"],
)
def test_another_address_begins_no_limit_anew(
    till: Redeeming, sessions: Sessions, first: dict[str, str], second: dict[str, str]
) -> None:
    opened(sessions, of=terms(limits={"per_customer": 1}))
    assert till.redeem(call("r1", **first)).ok
    assert codes(till.redeem(call("r2", **second))) == ["customer"]


def test_a_known_customer_counts_by_card_address_and_own_code(till: Redeeming, sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(Customer(id=5, code="77", created_at=NOW, changed_at=NOW))
        session.flush()
        session.add(Address(customer_id=5, kind="phone", value="+79000000001", written="+79000000001", print="x",
                            since=NOW))  # fmt: skip
        offer(session, ["TEA", "OWN"], terms(limits={"per_customer": 1}), owners={"OWN": 5})
    assert till.redeem(call("r1", card="77")).ok
    assert codes(till.redeem(call("r2", phone="+7 900 000-00-01"))) == ["customer"]
    assert codes(till.redeem(call("r3", "OWN"))) == ["customer"]
    assert codes(till.redeem(call("r4", buyer=Buyer(customer=5)))) == ["customer"]
    with sessions() as session:
        assert session.execute(select(col(Redemption.customer_id), col(Redemption.whose))).one() == (5, "")


def test_nothing_that_was_shown_is_kept(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions)
    till.redeem(call("r1", phone="+7 900 000-00-01", email="marker@example.org", card="4276-marker"))
    with sessions() as session:
        told = [str(row) for table in (Redemption, RedemptionTake, OfferCounter, CouponEvent)
                for row in session.execute(select(table.__table__)).all()]  # type: ignore[attr-defined] # fmt: skip
    assert told and not [row for row in told if "marker" in row or "9000000001" in row]


# Reservations.


def test_open_reservations_never_exceed_what_remains(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"total": 3}))
    assert till.redeem(call("r1")).ok
    assert till.reserve(call("h1")).ok and till.reserve(call("h2")).ok
    assert codes(till.reserve(call("h3"))) == codes(till.redeem(call("r2"))) == ["total"]
    assert till.redeem(call("h1")).ok
    assert till.release("till-1", "h2").code == "" and till.release("till-1", "h2").code == ""
    assert till.redeem(call("r2")).ok
    assert used(sessions) == (3, 0) and till.audit().ok


def test_a_code_that_is_only_held_is_not_said_to_be_used(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"per_code": 1}))
    till.reserve(call("h1"))
    for asked in (till.validate, till.reserve, till.redeem):
        (held,) = asked(call("r1")).outcomes
        assert held.reason.code == "code" and "held for another receipt" in str(held.reason)
    till.redeem(call("h1"))
    for asked in (till.validate, till.redeem):
        assert "has been used" in str(asked(call("r1")).outcomes[0].reason)


def test_the_same_key_renews_and_takes_the_basket_as_it_is_now(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    opened(sessions, of=terms(limits={"budget": Decimal(20)}))
    till.reserve(call("h1"), timedelta(minutes=10))
    clock.at = NOW + timedelta(minutes=9)
    smaller = BASKET.model_copy(update={"lines": BASKET.lines[:1]})
    again = till.reserve(call("h1", basket=smaller), timedelta(minutes=10))
    assert again.outcomes[0].until == NOW + timedelta(minutes=19) and again.outcomes[0].off.amount == 1_000
    assert till.reserve(call("h2", basket=smaller)).ok
    clock.at = NOW + timedelta(minutes=18)
    assert till.expire() == 0
    paid = till.redeem(call("h1", basket=smaller))
    assert paid.ok and used(sessions) == (1, 1) and till.audit().ok
    assert till.redeem(call("h1", basket=smaller)).replayed
    assert codes(till.reserve(call("h1", basket=smaller))) == ["redeemed"]
    assert till.release("till-1", "h1").code == "redeemed"


def test_a_reservation_that_ran_out_makes_room_at_once(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    opened(sessions, of=terms(limits={"total": 1}))
    till.reserve(call("h1"), timedelta(minutes=10))
    assert codes(till.validate(call("r1"))) == ["total"]
    clock.at = NOW + timedelta(minutes=11)
    assert till.validate(call("r1")).ok and till.redeem(call("r1")).ok
    assert codes(till.redeem(call("h1"))) == ["total"]
    with sessions() as session:
        told = list(session.execute(select(col(CouponEvent.what)).order_by(col(CouponEvent.id))).scalars())
    assert told == ["held", "released", "redeemed"] and till.audit().ok


def test_what_was_held_in_time_is_paid_after_the_offers_end(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    opened(sessions, of=terms(last_day=NOW.date()), ends_at=NOW.replace(hour=21))
    clock.at = NOW.replace(hour=20, minute=59)  # 23:59 in Moscow
    assert till.reserve(call("h1"), timedelta(minutes=10)).ok
    clock.at += timedelta(minutes=3)
    assert codes(till.redeem(call("r1"))) == codes(till.reserve(call("h1"))) == ["over"]
    with sessions.begin() as session:
        assert not ended(session, clock.at)
    assert till.redeem(call("h1")).ok and till.audit().ok
    with sessions.begin() as session:
        assert len(ended(session, clock.at)) == 1


def test_what_was_held_too_long_ago_is_judged_as_it_is_now(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    opened(sessions, of=terms(last_day=NOW.date()))
    clock.at = NOW.replace(hour=20, minute=59)  # 23:59 in Moscow
    assert till.reserve(call("h1"), timedelta(minutes=10)).ok
    clock.at += timedelta(minutes=10)
    assert codes(till.redeem(call("h1"))) == ["over"] and till.audit().ok


def test_many_that_ran_out_are_let_go_together(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    opened(sessions, "TEA", "CUP")
    for n in range(30):
        till.reserve(call(f"h{n}", ("TEA", "CUP")[n % 2], card=str(n % 7)), timedelta(minutes=n + 1))
    clock.at = NOW + timedelta(minutes=20)
    assert till.expire() == 20
    assert used(sessions) == (0, 5) and used(sessions, "CUP") == (0, 5)
    assert till.audit().ok and till.expire() == 0


def test_a_reservation_let_go_may_still_be_redeemed_where_there_is_room(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    opened(sessions)
    till.reserve(call("h1"))
    till.release("till-1", "h1")
    assert till.redeem(call("h1")).ok
    assert used(sessions) == (1, 0) and rows_of(sessions)["redemption"] == 1 and till.audit().ok


def test_another_code_under_a_reservations_key_is_refused(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, "TEA", "CUP")
    till.reserve(call("h1"))
    assert codes(till.redeem(call("h1", "CUP"))) == ["other_body"]


# Stopped, changed, put off.


def orders() -> list[Any]:
    return [pytest.param({"code": "TEA"}, "stopped", id="code"),
            pytest.param({"offer": "tea"}, "offer_stopped", id="offer")]  # fmt: skip


@pytest.mark.parametrize(("what", "refusal"), orders())
def test_what_is_stopped_is_refused_at_once_and_opens_again(
    till: Redeeming, sessions: Sessions, what: dict[str, str], refusal: str
) -> None:
    opened(sessions)
    till.reserve(call("h1"))
    assert till.stop("olga", "leaked", **what)
    for asked in (till.validate, till.reserve, till.redeem):
        assert codes(asked(call("r1"))) == [refusal]
    assert codes(till.redeem(call("h1"))) == [refusal]
    assert till.open("olga", "a mistake", **what)
    assert till.redeem(call("h1")).ok
    with sessions() as session:
        told = session.execute(select(CouponEvent).where(col(CouponEvent.by) == "olga")).scalars().all()
    assert [(one.what, one.said) for one in told] == [("stopped", "leaked"), ("opened", "a mistake")]


def test_the_same_order_twice_is_one_line_of_history(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions)
    assert till.open("olga", "why", code="TEA")
    for _ in range(2):
        assert till.stop("olga", "leaked", code="TEA")
    with sessions() as session:
        assert list(session.execute(select(col(CouponEvent.what))).scalars()) == ["stopped"]


def test_nothing_is_opened_that_was_not_stopped(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, stage="draft")
    assert not till.open("olga", "why", offer="tea") and not till.stop("olga", "why", offer="cup")
    assert not till.stop("olga", "why", code="NONE")
    assert codes(till.redeem(call("r1"))) == ["offer_closed"] and codes(till.redeem(call("r2", "NONE"))) == [
        "unknown_code"
    ]


def test_the_terms_in_force_are_those_approved_last(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, of=terms(limits={"total": 1}))
    assert till.redeem(call("r1")).ok and codes(till.redeem(call("r2"))) == ["total"]
    with sessions.begin() as session:
        said = terms(PercentOff(percent=Decimal(20)), limits={"total": 2}).model_dump(mode="json")
        session.add(OfferVersion(offer_id=1, n=2, hash="second", terms=said, made_at=NOW))
        session.execute(update(OfferRow).values(approved_hash="second"))
    assert till.redeem(call("r2")).outcomes[0].off.amount == 3_000
    assert codes(till.redeem(call("r3"))) == ["total"]


def test_a_code_put_off_beyond_its_offer_is_taken(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, "TEA", "LATE", of=terms(last_day=date(2026, 11, 20)))
    with sessions.begin() as session:
        put_off = update(Coupon).where(col(Coupon.code) == "LATE")
        session.execute(put_off.values(ends_at=NOW + timedelta(days=3)))
    assert codes(till.redeem(call("r1"))) == ["over"]
    assert till.redeem(call("r2", "LATE")).ok


def test_a_basket_in_another_currency_is_refused(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions)
    assert codes(till.redeem(call("r1", basket=BASKET.model_copy(update={"currency": "USD"})))) == ["currency"]


# Seats.


def test_seats_of_a_sitting_are_taken_and_no_more(till: Redeeming, sessions: Sessions) -> None:
    evening, night = NOW.replace(tzinfo=None), NOW.replace(tzinfo=None, hour=20)
    sittings = (Sitting(outlet="center", at=evening, seats=5), Sitting(outlet="center", at=night, seats=2))
    opened(sessions, of=terms(Invitation(sittings=sittings, guests=2)))
    assert codes(till.redeem(call("r0", outlet="omsk"))) == ["sitting"]
    assert codes(till.redeem(call("r0", sitting=evening.replace(hour=10)))) == ["sitting"]
    assert till.reserve(call("r1", sitting=evening, guests=2)).ok
    assert till.redeem(call("r2", sitting=evening, guests=2)).ok
    assert codes(till.redeem(call("r3", sitting=evening, guests=2))) == ["seats"]
    assert codes(till.redeem(call("r3", sitting=evening, guests=3))) == ["guests"]
    assert till.redeem(call("r4", sitting=night, guests=2)).ok and till.audit().ok


# Several codes on one basket.


def several(sessions: Sessions) -> None:
    with sessions.begin() as session:
        offer(session, ["TEA", "TEA2"], terms(PercentOff(percent=Decimal(10)), stacking=Stacking(rank=2)))
        offer(session, ["CUP"], terms(AmountOff(amount=Decimal(50)), stacking=Stacking(rank=1)), key="cup")
        offer(session, ["ONE"], terms(limits={"total": 1}, stacking=Stacking(rank=3)), key="one")
        offer(session, ["ALONE"], terms(stacking=Stacking(rank=9, exclusive=True)), key="alone")


def test_several_codes_are_taken_in_their_order_and_together(till: Redeeming, sessions: Sessions) -> None:
    several(sessions)
    answer = till.redeem(call("r1", "TEA", "CUP"))
    assert [one.off.amount for one in answer.outcomes] == [1_000, 5_000]
    assert till.redeem(call("r1", "TEA", "CUP")).outcomes == answer.outcomes
    assert till.audit().ok and rows_of(sessions)["redemption"] == 2


@pytest.mark.parametrize(
    ("second", "reason"), [("NONE", "unknown_code"), ("ALONE", "exclusive"), ("TEA2", "same_offer"), ("ONE", "total")]
)
def test_all_or_each_as_the_caller_asks(till: Redeeming, sessions: Sessions, second: str, reason: str) -> None:
    several(sessions)
    till.redeem(call("r0", "ONE"))
    before = rows_of(sessions)
    assert codes(till.redeem(call("r1", "TEA", second))) == ["together", reason]
    assert rows_of(sessions) == before
    answer = till.redeem(call("r2", "TEA", second, together=False))
    assert codes(answer) == ["", reason] and answer.outcomes[0].off.amount == 1_500
    again = till.redeem(call("r2", "TEA", second, together=False))
    assert again.replayed and again.outcomes == answer.outcomes and till.audit().ok


@pytest.mark.parametrize("receipt", ["h1", "4217"])
def test_what_was_held_and_not_redeemed_is_let_go_and_no_part_of_a_replay(
    till: Redeeming, sessions: Sessions, receipt: str
) -> None:
    several(sessions)
    assert till.reserve(call("h1", "TEA", "CUP", together=False)).ok
    till.stop("olga", "leaked", code="CUP")
    paid = call("h1", "TEA", "CUP", together=False, receipt=receipt)
    first = till.redeem(paid)
    assert codes(first) == ["", "stopped"] and used(sessions, "CUP") == (0, 0)
    again = till.redeem(paid)
    assert again.replayed and again.outcomes == first.outcomes and till.audit().ok


def test_a_reservation_of_several_is_redeemed_whole(till: Redeeming, sessions: Sessions) -> None:
    several(sessions)
    held = till.reserve(call("h1", "TEA", "CUP", "ONE"))
    assert held.ok and till.audit().ok
    assert codes(till.redeem(call("r1", "ONE"))) == ["total"]
    assert till.redeem(call("h1", "TEA", "CUP", "ONE")).ok
    assert till.audit().ok and rows_of(sessions)["redemption"] == 3


def test_validate_says_what_would_come_off_and_writes_nothing(till: Redeeming, sessions: Sessions) -> None:
    several(sessions)
    before = rows_of(sessions)
    answer = till.validate(call("v1", "TEA", "CUP", "NONE"))
    assert codes(answer) == ["", "", "unknown_code"]
    assert [one.off.amount for one in answer.outcomes] == [1_000, 5_000, Off().amount]
    assert rows_of(sessions) == before


def test_the_audit_finds_a_counter_that_is_not_its_sum(till: Redeeming, sessions: Sessions) -> None:
    opened(sessions, "TEA", "CUP")
    till.redeem(call("r1"))
    wrong: list[Callable[[Session], Any]] = [
        lambda session: session.execute(update(Coupon).where(col(Coupon.code) == "CUP").values(used=1)),
        lambda session: session.execute(update(OfferCounter).where(col(OfferCounter.kind) == "units").values(held=2)),
        lambda session: session.execute(update(Redemption).values(back=7)),
    ]
    found = []
    for spoil in wrong:
        with sessions.begin() as session:
            spoil(session)
        found.append({one.what for one in till.audit().off})
    assert found == [{"coupon"}, {"coupon", "units"}, {"coupon", "units", "return", "money"}]
