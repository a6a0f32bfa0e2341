"""Codes go out once for an order, to whom they are for; stopped at once, held longer, replaced with a why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.database import SetClock
from models.locale import spoken
from models.redemptions import Arm, CouponBatch, CouponEvent, CouponState, OfferArm, OfferStage
from models.registry import Fact
from tasks.house import House
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.issuing.engine import Issuing
from tasks.schedule.wall import local
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.codes.coupons import customers, group
from tests.tasks.offering.desk import (
    COMPANY,
    approved,
    bring,
    change,
    coupons,
    decide,
    extend,
    issue,
    make,
    offer,
    open_again,
    replace,
    said,
    stop,
)


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def test_codes_of_an_approved_offer_only_and_once_for_an_order(house: House) -> None:
    make(house)
    assert "not approved yet" in said(issue(house))
    approved(house)
    assert "Say how many" in said(issue(house, 0))
    for _ in range(2):
        assert "3 codes are out" in said(issue(house, 3, "leaflets"))
    assert "2 codes are out" in said(issue(house, 2, "letters"))
    assert len(coupons(house)) == 5 and not any(one.code in said(issue(house, 2, "letters")) for one in coupons(house))
    assert codes_made(house) == [3, 2]


def codes_made(house: House) -> list[int | None]:
    with house.reads() as session:
        return [one.value for one in session.execute(select(Fact).order_by(Fact.id)).scalars()
                if one.metric == "codes_made"]  # fmt: skip


def test_codes_of_mailings_and_those_in_place_of_others_are_counted_as_made_each_once(house: House) -> None:
    """A batch of theirs grows: what has come to it since is told, and not the whole of it again."""
    approved(house)
    issue(house, 3, "leaflets")
    first, second, _ = coupons(house)
    for coupon, told in ((first, [3, 1]), (second, [3, 1, 1])):
        replace(house, coupon.id or 0)
        for _ in range(2):
            Issuing(house).finish()
        assert codes_made(house) == told
    with house.sessions.begin() as session:
        session.add(CouponBatch(offer_id=offer(house).id or 0, once="mailing:7", wanted=40, made=40, made_at=NOW))
    Issuing(house).finish()
    assert codes_made(house) == [3, 1, 1, 40]


def test_groups_get_one_each_but_those_kept_to_compare_with(house: House) -> None:
    customers(house.sessions, 40)
    group(house.sessions, "tea-lovers", range(1, 41))
    approved(house, control_percent=25, total=100)
    assert "for which customer groups" in said(issue(house, what="one for each customer of groups"))
    for what in ("so many codes", "one for each customer of groups"):
        assert "Choose one, clear the other" in said(issue(house, 3, what=what, include="tea-lovers"))
    assert "Choose one" in said(issue(house, 0, include="tea-lovers")) and not coupons(house)
    told = said(issue(house, 0, what="one for each customer of groups", include="tea-lovers"))
    with house.reads() as session:
        arms = [one.arm for one in session.execute(select(OfferArm)).scalars()]
    kept = arms.count(Arm.CONTROL)
    assert 0 < kept < 20 and f"{40 - kept} codes are out" in told and f"{kept} customers are kept" in told
    assert len({one.customer_id for one in coupons(house)}) == 40 - kept


def test_what_a_kill_has_left_is_gone_on_with(house: House) -> None:
    """A killed issue leaves its batch with fewer codes than were ordered."""
    row = approved(house)
    with house.sessions.begin() as session:
        session.add(CouponBatch(offer_id=row.id, once="killed", wanted=4, made=0, made_by="gleb", made_at=NOW))
    assert Issuing(house).finish() == 0  # it may be under way
    house.clock.at += timedelta(minutes=11)
    assert Issuing(house).finish() == 1 and Issuing(house).finish() == 0
    assert len(coupons(house)) == 4


def test_one_word_for_everybody_is_issued_once(house: House) -> None:
    approved(house, codes="one for everybody", word="ЧАЙ-2026")
    for once in ("a", "b"):
        assert "1 code is out" in said(issue(house, 0, once))
    [one] = coupons(house)
    assert one.most == 0


def test_brought_codes_are_taken_in_again_and_again(house: House) -> None:
    approved(house, codes="brought along")
    assert "come from a file" in said(issue(house))
    for _ in range(2):
        assert "2 codes are taken in" in said(bring(house, b"code\nAAAA1111\nBBBB2222\n"))
    more = said(bring(house, b"code\nCCCC3333\nBBBB2222\n", "more.csv"))
    assert "1 code is taken in" in more and "BBBB2222" not in more and len(coupons(house)) == 3
    assert "There is no file" in said(bring(house, b"", "none.csv"))
    approved(house, key="coffee", title="Coffee")
    assert "none are taken in" in said(bring(house, b"code\nDDDD4444\n", offer="coffee"))


def test_a_stop_holds_at_once_and_only_some_may_release_it(house: House) -> None:
    approved(house)
    issue(house)
    first, *_ = coupons(house)
    assert "stopped: the next redemption is refused" in said(stop(house))
    assert offer(house).stage == OfferStage.STOPPED
    assert "is stopped or has ended" in said(issue(house, 1, "more"))
    assert "may not release" in said(open_again(house, person="olga"))
    assert "may be redeemed again" in said(open_again(house)) and offer(house).stage == OfferStage.OPEN
    told = said(stop(house, coupon=first.id))
    assert f"coupon № {first.id} (…{first.code[-4:]})" in told and first.code not in told
    assert "2 codes are stopped" in said(stop(house, batch=first.batch_id))
    assert {one.state for one in coupons(house)} == {CouponState.STOPPED}
    assert "3 codes may be redeemed again" in said(open_again(house, batch=first.batch_id))
    assert "Say why" in said(stop(house, why=" "))
    assert "is not one of this offer" in said(stop(house, coupon=999))
    assert "has no batch" in said(stop(house, batch=999))
    assert "not both" in said(stop(house, batch=first.batch_id, coupon=first.id))
    with house.reads() as session:
        events = [
            (one.what, one.by, one.said)
            for one in session.execute(select(CouponEvent).where(CouponEvent.coupon_id.is_(None))).scalars()
        ]  # type: ignore[union-attr]
    assert events == [("stopped", "olga", "leaked"), ("opened", "vera", "mended")]


def test_one_coupon_holds_longer_than_its_offer_even_after_its_end(house: House) -> None:
    approved(house)
    issue(house)
    one, *_ = coupons(house)
    assert "holds until 31.12.2026" in said(extend(house, "2026-12-31", coupon=one.id))
    assert coupons(house)[0].ends_at == datetime(2026, 12, 31, 21, tzinfo=UTC) - timedelta(microseconds=1)
    assert "nothing of it was to be changed" in said(extend(house, "2026-12-30", coupon=one.id))
    house.clock.at += timedelta(days=32)
    with house.sessions.begin() as session:
        assert not rows.ended(session, house.clock.at)
    house.clock.at += timedelta(days=20)
    with house.sessions.begin() as session:
        for row in rows.ended(session, house.clock.at):
            row.stage = OfferStage.ENDED
    assert "3 codes hold until 01.03.2027" in said(extend(house, "2027-03-01", batch=one.batch_id))
    assert offer(house).stage == OfferStage.OPEN


def test_what_was_stopped_stays_so_after_its_end_whoever_lets_a_coupon_hold_longer(house: House) -> None:
    approved(house)
    issue(house)
    stop(house)
    house.clock.at += timedelta(days=40)
    assert OfferApproval(house).look_after() == 1
    told = said(extend(house, "2027-03-01", coupon=coupons(house)[0].id))
    assert "holds until 01.03.2027" in told and "The whole offer is stopped" in told
    assert offer(house).stage == OfferStage.STOPPED
    open_again(house)
    house.clock.at += timedelta(days=90)
    assert OfferApproval(house).look_after() == 1
    assert "stopped" not in said(extend(house, "2027-06-01", batch=coupons(house)[0].batch_id))
    assert offer(house).stage == OfferStage.OPEN


def test_no_coupon_ends_before_its_offer(house: House) -> None:
    """Whoever lets it hold longer until a day before the offer's own last one brings nothing nearer; and an offer that
    holds longer than a coupon that was put off takes it along.
    """
    approved(house)
    issue(house)
    one, *_ = coupons(house)
    sooner = local(offer(house).ends_at, "Europe/Moscow").date() - timedelta(days=2)
    assert "nothing of it was to be changed" in said(extend(house, sooner.isoformat(), coupon=one.id))
    extend(house, "2026-12-31", coupon=one.id)
    change(house, "last_day: 2027-02-28")
    decide(house)
    assert {it.ends_at for it in coupons(house)} == {None} and offer(house).ends_at.year == 2027


def test_a_client_gets_another_code_with_a_why(house: House) -> None:
    approved(house)
    issue(house, 1)
    [old] = coupons(house)
    assert "Say why" in said(replace(house, old.id, ""))
    told = said(replace(house, old.id))
    new = coupons(house)[-1]
    assert f"coupon № {new.id} (…{new.code[-4:]}) takes its place" in told and new.code not in told
    assert (coupons(house)[0].state, new.replaces) == (CouponState.REPLACED, old.id)
    assert "stopped or was replaced already" in said(replace(house, old.id))


def test_more_uses_are_of_the_replaced_too(house: House) -> None:
    approved(house)
    issue(house, 2)
    replace(house, coupons(house)[0].id)
    change(house, "limits: {per_code: 3}")
    decide(house)
    assert {one.state: one.most for one in coupons(house)} == {CouponState.REPLACED: 1, CouponState.LIVE: 3}
