"""The invited answer once, change it, take it back; and read what is true at each moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from integrations.errors import Refused
from models.basket import Basket
from models.customers import Customer
from models.database import SetClock
from models.desk import Visitor
from models.invited import Invited, Standing
from models.offers import CodeRules, Conditions, Goods, Invitation, Sitting
from models.people import Role
from models.redemptions import Coupon, CouponState, Happened, Limit, OfferCounter
from tasks.answering.counting import Counted
from tasks.answering.engine import Answering
from tasks.answering.rows import counted
from tasks.cards.page.rows import called_off
from tasks.codes.engine import Codes
from tasks.coupon_analysis.funnel import by_coupon
from tasks.coupon_analysis.rows import coupons, redemptions
from tasks.exchange import rows
from tasks.house import House
from tasks.offering.coupon.engine import Coupons
from tasks.offering.shown.engine import ShownOffers
from tasks.redeeming.calls import Sale
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.redeeming.shop import call, offer, terms

OUTLETS = """\
outlets:
  - {key: center, name: In the centre}
  - {key: east, name: In the east, zone: Asia/Novosibirsk}
"""
DAY = date(2026, 11, 25)
SEVEN = datetime(2026, 11, 25, 19, tzinfo=UTC).replace(tzinfo=None)
CENTER, EAST = f"center {SEVEN.isoformat()}", f"east {SEVEN.isoformat()}"
SITTINGS = (Sitting(outlet="center", at=SEVEN, seats=3), Sitting(outlet="east", at=SEVEN, seats=2))
PARTY = terms(Invitation(sittings=SITTINGS, guests=2), first_day=DAY, last_day=DAY)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    channels: dict[str, Any] = {"fake": FakeChannel()}
    made = furnished(tmp_path, database, channels, clock, company=COMPANY + OUTLETS)
    with made.sessions.begin() as session:
        session.add_all(Customer(id=id, created_at=NOW, changed_at=NOW) for id in (1, 2, 3))
        session.flush()
        offer(session, ["TEA", "CUP", "MUG"], PARTY, most=1, owners={"TEA": 1, "CUP": 2},
              ends_at=datetime(2026, 11, 25, 20, 59, tzinfo=UTC))  # fmt: skip
    return made


@pytest.fixture
def answering(house: House) -> Answering:
    return Answering(house, Redeeming.of(house))


def seen(answering: Answering, customer: int = 1) -> Invited:
    found = answering.of_offer(customer, "tea")
    assert found is not None
    return found


def held(house: House) -> dict[str, int]:
    with house.reads() as session:
        query = select(OfferCounter).where(OfferCounter.kind == Limit.SEATS)  # type: ignore[arg-type]
        return {one.scope: one.held for one in session.execute(query).scalars() if one.held}


def test_an_answer_is_given_changed_and_taken_back(answering: Answering, house: House) -> None:
    asked = seen(answering)
    assert (asked.standing, asked.most) == (Standing.ASKED, 2)
    assert {one.scope: (one.outlet, one.left) for one in asked.sittings} == {
        CENTER: ("In the centre", 3), EAST: ("In the east", 2)
    }  # fmt: skip
    for _ in range(2):
        assert not answering.answer(1, asked.coupon, CENTER, "2") and held(house) == {CENTER: 2}
    comes = seen(answering)
    assert (comes.standing, comes.outlet, comes.at, comes.guests) == (Standing.COMES, "In the centre", SEVEN, 2)
    assert [(one.left, one.room, one.is_mine) for one in comes.sittings if one.scope == CENTER] == [(1, 3, True)]
    assert answering.answer(2, seen(answering, 2).coupon, CENTER, "2").code == "seats"
    assert not answering.answer(1, asked.coupon, EAST, "1") and held(house) == {EAST: 1}
    for _ in range(2):
        assert not answering.decline(1, asked.coupon) and held(house) == {}
    assert seen(answering).standing is Standing.ASKED and Redeeming.of(house).audit().ok


def test_what_no_page_offers_is_no_answer(answering: Answering, house: House) -> None:
    mine, theirs = seen(answering).coupon, seen(answering, 2).coupon
    for sitting, guests in ((CENTER, "0"), (CENTER, "3"), (CENTER, "²"), (CENTER, ""), ("", "1"), ("north 2026", "1")):
        assert answering.answer(1, mine, sitting, guests).code == "not_chosen"
    assert (answering.answer(1, theirs, CENTER, "1").code, answering.decline(1, theirs).code) == ("closed", "none")
    assert answering.of_offer(3, "tea") is None and held(house) == {}, "a code of nobody's own is answered by nobody"


def test_an_evening_begins_by_the_clocks_of_its_outlet(answering: Answering, clock: SetClock) -> None:
    mine = seen(answering).coupon
    assert not answering.answer(1, mine, CENTER, "2")
    clock.at = datetime(2026, 11, 25, 12, tzinfo=UTC)  # 15:00 in Moscow, 19:00 in Novosibirsk
    assert [one.scope for one in seen(answering).sittings] == [CENTER]
    assert answering.answer(1, mine, EAST, "1").code == "not_chosen"
    clock.at += timedelta(hours=5)
    late = seen(answering)
    assert late.standing is Standing.COMES and not late.may_answer and seen(answering, 2).standing is Standing.OVER
    clock.at += timedelta(hours=5)
    assert seen(answering).standing is Standing.OVER


def test_a_till_lets_them_in_and_the_page_says_so(answering: Answering, clock: SetClock) -> None:
    mine, ledger = seen(answering).coupon, answering.ledger
    assert not answering.answer(1, mine, CENTER, "2")
    clock.at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert ledger.reserve(call("r1", guests=2, origin="page")).ok
    assert seen(answering).standing is Standing.AT_TILL
    assert answering.answer(1, mine, EAST, "1").code == answering.decline(1, mine).code == "at_till"
    assert ledger.redeem(call("r1", guests=2, origin="page")).ok
    came = seen(answering)
    assert (came.standing, came.outlet, came.guests) == (Standing.CAME, "In the centre", 2)
    assert answering.answer(1, mine, CENTER, "2").code == "closed" and ledger.audit().ok
    with answering.house.sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.code) == "TEA").values(most=2))
    clock.at -= timedelta(days=1)
    assert seen(answering).standing is Standing.ASKED, "a coupon of two uses may be answered again"


def test_a_stopped_invitation_is_called_off_and_answered_no_more(answering: Answering, house: House) -> None:
    mine = seen(answering).coupon
    assert not answering.answer(1, mine, CENTER, "2")
    answering.ledger.stop("olga", "no tea", offer="tea")
    assert seen(answering).standing is Standing.STOPPED and not seen(answering).may_answer
    assert answering.answer(1, mine, EAST, "1").code == "closed" and not answering.decline(1, mine)
    assert held(house) == {}, "who cannot come says so all the same"
    answering.ledger.open("olga", "tea is here", offer="tea")
    with house.sessions.begin() as session:
        session.execute(update(Coupon).values(state=CouponState.STOPPED))
    assert seen(answering).standing is Standing.STOPPED


def test_who_got_another_code_for_one_that_was_stopped_comes_once(answering: Answering, house: House) -> None:
    assert not answering.answer(1, seen(answering).coupon, CENTER, "2")
    answering.ledger.stop("olga", "leaked", code="TEA")
    with house.sessions.begin() as session:
        assert called_off(session, 1) == ("Tea",)
        session.execute(update(Coupon).where(col(Coupon.code) == "MUG").values(customer_id=1))
        assert called_off(session, 1) == ()
    assert not answering.answer(1, seen(answering).coupon, CENTER, "2")
    assert held(house) == {CENTER: 2} and answering.ledger.audit().ok


def test_where_all_seats_are_gone_it_is_said(answering: Answering, house: House) -> None:
    with house.sessions.begin() as session:
        rows = session.execute(select(Coupon)).scalars().all()
        session.add_all(OfferCounter(offer_id=rows[0].offer_id, kind=Limit.SEATS, scope=scope, used=seats, most=seats)
                        for scope, seats in ((CENTER, 3), (EAST, 2)))  # fmt: skip
    full = seen(answering)
    assert full.standing is Standing.ASKED and full.is_full
    assert answering.answer(1, full.coupon, EAST, "1").code == "seats"


def test_a_new_code_in_place_of_one_that_was_answered_brings_the_answer_along(
    answering: Answering, house: House, clock: SetClock
) -> None:
    mine = seen(answering).coupon
    assert not answering.answer(1, mine, CENTER, "2")
    new = Codes(house.sessions, house.clock).replace(mine, CodeRules(), "vera", "cannot be read")
    comes = seen(answering)
    assert (comes.coupon, comes.standing, comes.guests) == (new.id, Standing.COMES, 2)
    assert not answering.answer(1, new.id or 0, CENTER, "1") and held(house) == {CENTER: 1}
    clock.at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    held_by_till = answering.ledger.reserve(call("r1", new.code, guests=1, origin="page"))
    assert held_by_till.outcomes[0].expected == 1
    with pytest.raises(Refused):
        Codes(house.sessions, house.clock).replace(new.id or 0, CodeRules(), "vera", "lost")
    assert answering.ledger.redeem(call("r1", new.code, guests=1, origin="page")).ok and answering.ledger.audit().ok
    page = Coupons(house).page(new.id or 0)
    assert page is not None
    told = [(line.what, line.is_answer) for line in page.happened if line.what in (Happened.HELD, Happened.REDEEMED)]
    assert told == [(Happened.HELD, True), (Happened.HELD, False), (Happened.REDEEMED, False)]


def test_staff_see_who_answered_who_came_and_who_did_not(answering: Answering, house: House, clock: SetClock) -> None:
    def line() -> tuple[int, ...]:
        page = ShownOffers(house).offer("tea", Visitor(key="olga", name="Olga", roles=frozenset({Role.AUTHOR})))
        assert page is not None and len(page.sittings) == 2
        return tuple(page.sittings[0].model_dump(exclude={"title"}).values())

    mine, theirs = seen(answering).coupon, seen(answering, 2).coupon
    assert line() == (3, 0, 0, 0)
    assert not answering.answer(1, mine, CENTER, "2") and not answering.answer(2, theirs, CENTER, "1")
    assert line() == (3, 3, 0, 0) and not answering.decline(2, theirs) and line() == (3, 2, 0, 0)
    assert not answering.answer(2, theirs, CENTER, "1")
    clock.at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert answering.ledger.reserve(call("r1", guests=1, origin="page")).ok and line() == (3, 3, 0, 0)
    assert answering.ledger.redeem(call("r1", guests=1, origin="page")).ok and line() == (3, 3, 1, 1), "two answered"
    assert answering.ledger.redeem(call("r2", "MUG")).ok and line() == (3, 3, 2, 1), "without an answer"
    clock.at += timedelta(hours=6)
    assert line() == (3, 3, 2, 2) and answering.ledger.expire() == 1 and line() == (3, 3, 2, 2)
    with house.reads() as session:
        assert by_coupon(coupons(session, 1), redemptions(session, 1)).steps["answered"] == 3


def test_who_came_while_a_till_had_no_network_is_not_told_to_have_stayed_away(
    answering: Answering, house: House, clock: SetClock
) -> None:
    assert not answering.answer(1, seen(answering).coupon, CENTER, "2")
    came = datetime(2026, 11, 25, 16, tzinfo=UTC)
    clock.at = came + timedelta(hours=16)
    assert answering.ledger.expire() == 1
    answering.ledger.take_journal([Sale(call=call("r1", guests=2, at=came))])
    with house.reads() as session:
        assert counted(session, 1, clock.at) == {CENTER: Counted(came=2)}


def test_a_coupon_that_was_answered_is_held_for_no_receipt(answering: Answering, house: House) -> None:
    mine = seen(answering).coupon
    assert not answering.answer(1, mine, CENTER, "2")
    page = Coupons(house).page(mine)
    assert page is not None and page.held == 0
    with house.reads() as session:
        given = [(row.id, row.most - row.used - row.held) for row in rows.codes(session, 1, None, 0, 10)]
        assert len(given) == 3 and (mine, 1) in given, "tills of files get it too"
        assert rows.taken_of(session, [1], "center") == {1: {Limit.TOTAL: 0, Limit.OUTLET: 0}}


def test_what_guests_have_to_buy_is_asked_when_they_come(answering: Answering, house: House, clock: SetClock) -> None:
    asked = {"goods": Goods(products=("tea",)), "conditions": Conditions(sum_from=Decimal(50), quantity_from=1)}
    with house.sessions.begin() as session:
        offer(session, ["JUG"], PARTY.model_copy(update=asked), "jug", most=1, owners={"JUG": 3})
    mine = answering.of_offer(3, "jug")
    assert mine is not None and not answering.answer(3, mine.coupon, CENTER, "2")
    clock.at = datetime(2026, 11, 25, 16, tzinfo=UTC)
    empty = answering.ledger.redeem(call("r1", "JUG", guests=2, basket=Basket()))
    assert empty.outcomes[0].reason.code == "goods" and answering.ledger.redeem(call("r2", "JUG", guests=2)).ok
