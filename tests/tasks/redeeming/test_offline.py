"""Tills without a network: their journals have one effect; what should not have happened is told, never lost."""

import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.basket import LineOff, Off
from models.database import SetClock
from models.redemptions import Coupon, JournalEntry, OfferRow, OfferStage, Redemption, RedemptionReturn
from tasks.redeeming.calls import BackLine, Brought, Call, GiveBack, Sale
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.offline.rows import waiting
from tasks.redeeming.offline.signed import hashed, is_genuine
from tasks.redeeming.rows import sale_key
from tests.fakes import NOW
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

Sessions = sessionmaker[Session]
AN_HOUR_AGO = NOW - timedelta(hours=1)
OFF = Off(lines=(LineOff(n=1, amount=1_000, quantity=1_000), LineOff(n=2, amount=500, quantity=3_000)), units=4)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def ledger(database: Engine, clock: SetClock, sessions: Sessions) -> Redeeming:
    with sessions.begin() as session:
        offer(session, ["TEA", "CUP", "SPOON"], terms(limits={"total": 2, "budget": Decimal(30)}))
    return redeeming(database, clock)


def sale(key: str, *codes: str, given: Off | None = OFF, at: datetime = AN_HOUR_AGO, **more: Any) -> Sale:
    asked: Call = call(key, *codes, at=at, **more)
    return Sale(call=asked, given=(given,) * len(asked.codes) if given else ())


def brought(key: str, of: str, *lines: int, code: str = "") -> Brought:
    said = tuple(BackLine(n=n) for n in lines)
    return Brought(back=GiveBack(key=key, till="till-1", sale=of, code=code, lines=said), at=AN_HOUR_AGO)


def state(sessions: Sessions) -> tuple[list[Any], list[Any]]:
    with sessions() as session:
        fields = [getattr(Redemption, name) for name in ("key", "state", "amount", "back", "conflict")]
        counts = select(col(Coupon.code), col(Coupon.used), col(Coupon.held)).order_by(col(Coupon.code))
        return (sorted(tuple(row) for row in session.execute(select(*fields))),
                [tuple(row) for row in session.execute(counts)])  # fmt: skip


def test_what_has_happened_is_entered_even_over_a_limit(ledger: Redeeming, sessions: Sessions) -> None:
    entries = [sale(f"s{n}", receipt=f"s{n}") for n in range(4)]
    done = ledger.take_journal(entries)
    assert [one.conflicts for one in done] == [(), (), ("total", "budget"), ("total", "budget")]
    audit = ledger.audit()
    assert audit.ok and {(one.kind, one.stands, one.most) for one in audit.above} == {
        ("total", 4, 2), ("budget", 6_000, 3_000)
    }  # fmt: skip
    with sessions() as session:
        rows = session.execute(select(Redemption).order_by(col(Redemption.id))).scalars().all()
    assert [(row.origin, row.at, row.conflict) for row in rows][-1] == ("offline", AN_HOUR_AGO, "total budget")
    assert ledger.redeem(call("r1")).outcomes[0].reason.code == "total"


def test_a_batch_that_comes_twice_has_one_effect(ledger: Redeeming, sessions: Sessions) -> None:
    entries = [sale("s1"), sale("s2", "CUP"), sale("s3", "SPOON"), brought("b1", "s1")]
    first = ledger.take_journal(entries)
    before = state(sessions)
    again = ledger.take_journal(list(reversed(entries)))
    assert state(sessions) == before and ledger.audit().ok
    assert [one.conflicts for one in reversed(again)] == [one.conflicts for one in first]
    assert [one.redemptions for one in reversed(again)] == [one.redemptions for one in first]
    assert all(one.replayed for one in again)


def test_a_return_ahead_of_its_sale_waits_and_has_its_effect_once(ledger: Redeeming, sessions: Sessions) -> None:
    (early,) = ledger.take_journal([brought("b1", "s1", 2, code="TEA")])
    assert early.waits and not early.redemptions
    assert ledger.take_journal([brought("b1", "s1", 2, code="TEA")])[0].waits
    ledger.take_journal([sale("s1")])
    assert state(sessions)[0] == [("s1", "redeemed", 1_500, 500, "")]
    (late,) = ledger.take_journal([brought("b1", "s1", 2, code="TEA")])
    assert late.replayed and not late.waits and late.redemptions
    assert state(sessions)[0] == [("s1", "redeemed", 1_500, 500, "")] and ledger.audit().ok


@pytest.mark.parametrize("reserved", [False, True], ids=["unknown", "reserved"])
def test_a_return_ahead_of_a_sale_that_comes_online_has_its_effect(
    ledger: Redeeming, sessions: Sessions, reserved: bool
) -> None:
    if reserved:
        ledger.reserve(call("s1"))
    assert ledger.take_journal([brought("b1", "s1")])[0].waits
    assert ledger.redeem(call("s1")).ok
    assert state(sessions)[0] == [("s1", "returned", 1_500, 1_500, "")] and ledger.audit().ok
    (late,) = ledger.take_journal([brought("b1", "s1")])
    assert late.replayed and late.redemptions and not late.waits and not late.conflicts
    assert ledger.redeem(call("s1")).replayed and len(state(sessions)[0]) == 1


def test_what_crossed_its_sale_in_one_moment_is_caught_up_with(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.redeem(call("s1"))
    with sessions.begin() as session:  # as it stands where neither saw the other
        body = {"back": {"key": "b1", "till": "till-1", "sale": "s1"}, "code": ""}
        session.add(JournalEntry(till="till-1", key="b1", what="back", sale="till-1\ns1", said="x", body=body, at=NOW,
                                 came_at=NOW))  # fmt: skip
    ledger.take_journal([brought("b2", "s2")])
    assert (ledger.catch_up(), ledger.catch_up()) == (1, 0)
    assert state(sessions)[0] == [("s1", "returned", 1_500, 1_500, "")] and ledger.audit().ok


def test_a_refused_return_of_a_sale_to_come_keeps_it_from_nothing(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.redeem(call("s1"))
    ledger.give_back(GiveBack(key="b1", till="till-1", sale="s1"))
    (refused,) = ledger.take_journal([brought("b1", "s2")])
    assert refused.conflicts == ("other_body",) and not refused.waits
    assert ledger.redeem(call("s2", "CUP")).ok and ledger.catch_up() == 0
    assert ledger.take_journal([brought("b1", "s2")])[0].conflicts == ("other_body",)
    assert {row[:2] for row in state(sessions)[0]} == {("s1", "returned"), ("s2", "redeemed")} and ledger.audit().ok


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_retries_does_not_matter(ledger: Redeeming, sessions: Sessions, seed: int) -> None:
    entries = [sale("s1"), sale("s2", "CUP"), brought("b1", "s1"), brought("b2", "s2", 1), brought("b3", "s2", 2)]
    arriving = entries * 3
    random.Random(seed).shuffle(arriving)
    while arriving:
        ledger.take_journal(arriving[:2])
        arriving = arriving[2:]
    assert state(sessions) == (
        [("s1", "returned", 1_500, 1_500, ""), ("s2", "returned", 1_500, 1_500, "")],
        [("CUP", 0, 0), ("SPOON", 0, 0), ("TEA", 0, 0)],
    )
    assert ledger.audit().ok


def test_a_call_whose_answer_was_lost_is_the_same_in_the_journal(ledger: Redeeming, sessions: Sessions) -> None:
    online = ledger.redeem(call("s1", receipt="7"))
    (entered,) = ledger.take_journal([sale("s1", receipt="7")])
    assert entered.redemptions == (online.outcomes[0].redemption,) and not entered.conflicts
    (other,) = ledger.take_journal([sale("s2", receipt="8")])
    again = ledger.redeem(call("s2", receipt="8"))
    assert again.replayed and (again.outcomes[0].redemption,) == other.redemptions
    assert len(state(sessions)[0]) == 2 and ledger.audit().ok


def test_what_was_taken_of_a_call_online_is_no_hindrance_to_the_rest_of_it(
    ledger: Redeeming, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        offer(session, ["MUG"], key="mug", stage="stopped")
    online = ledger.redeem(call("s1", "TEA", "MUG", together=False))
    assert [one.reason.code for one in online.outcomes] == ["", "offer_stopped"]
    (entered,) = ledger.take_journal([sale("s1", "TEA", "MUG", together=False)])
    assert entered.conflicts == ("offer_stopped",) and len(entered.redemptions) == 2
    assert ledger.take_journal([sale("s1", "TEA", "MUG", together=False)])[0].replayed and ledger.audit().ok


@pytest.mark.parametrize("code", ["", "TEA"])
def test_a_return_whose_answer_was_lost_is_the_same_in_the_journal(
    ledger: Redeeming, sessions: Sessions, code: str
) -> None:
    ledger.redeem(call("s1"))
    ledger.redeem(call("s2", "CUP"))
    assert ledger.give_back(GiveBack(key="b1", till="till-1", sale="s1", sale_till="till-1", code=code)).whole
    assert not ledger.take_journal([brought("b1", "s1", code=code)])[0].conflicts
    ledger.take_journal([brought("b2", "s2")])
    again = ledger.give_back(GiveBack(key="b2", till="till-1", sale="s2", sale_till="till-1"))
    assert again.replayed and again.amount == 1_500 and ledger.audit().ok


def test_a_reservation_that_was_paid_offline_is_redeemed(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.reserve(call("s1"))
    assert not ledger.take_journal([sale("s1")])[0].conflicts
    assert state(sessions) == (
        [("s1", "redeemed", 1_500, 0, "")], [("CUP", 0, 0), ("SPOON", 0, 0), ("TEA", 1, 0)]
    )  # fmt: skip
    assert ledger.audit().ok


def test_everything_that_should_not_have_happened_is_told(
    ledger: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    ledger.stop("olga", "leaked", code="CUP")
    less = Off(lines=(LineOff(n=1, amount=700, quantity=1_000),), units=1)
    done = ledger.take_journal([
        sale("s1", "CUP"), sale("s2", given=less), sale("s3", "WRONG-CODE-77"),
        sale("s4", "SPOON", at=NOW + timedelta(days=2)), brought("b1", "s2", 9),
    ])  # fmt: skip
    assert [one.conflicts for one in done] == [
        ("stopped",), ("amount",), ("unknown_code",), ("clock", "total", "budget"), ("no_line",)
    ]  # fmt: skip
    with sessions() as session:
        kept = session.execute(select(JournalEntry).where(col(JournalEntry.key) == "s3")).scalar_one()
    assert (kept.code, kept.redemption_id, kept.conflicts) == ("…-77", None, ["unknown_code"])
    assert Counter(row[2] for row in state(sessions)[0]) == {1_500: 2, 700: 1} and ledger.audit().ok


@pytest.mark.parametrize("stopped", [False, True])
def test_an_offer_that_has_ended_meanwhile_is_no_conflict_and_one_that_was_stopped_is(
    ledger: Redeeming, sessions: Sessions, stopped: bool
) -> None:
    if stopped:
        ledger.stop("olga", "leaked", offer="tea")
    with sessions.begin() as session:
        session.execute(update(OfferRow).values(stage=OfferStage.ENDED))
    (entered,) = ledger.take_journal([sale("s1")])
    assert entered.conflicts == (("offer_stopped",) if stopped else ())
    assert ledger.redeem(call("r1")).outcomes[0].reason.code == "over"


def test_the_same_key_with_another_entry_is_refused(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.take_journal([sale("s1")])
    (other,) = ledger.take_journal([sale("s1", "CUP")])
    assert other.reason.code == "other_body" and len(state(sessions)[0]) == 1


def test_another_sale_under_the_key_of_one_is_entered_and_told(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.redeem(call("s1"))
    (entered,) = ledger.take_journal([sale("s1", "CUP")])
    assert entered.conflicts == ("other_sale",) and len(state(sessions)[0]) == 2 and ledger.audit().ok


def test_what_came_back_offline_is_entered_however_late(ledger: Redeeming, clock: SetClock) -> None:
    ledger.redeem(call("s1"))
    clock.at = NOW + timedelta(days=400)
    (done,) = ledger.take_journal([brought("b1", "s1")])
    assert not done.conflicts and ledger.audit().ok


@pytest.mark.parametrize("first", ["sale", "return"])
def test_what_was_brought_back_too_late_is_entered_and_told(
    ledger: Redeeming, sessions: Sessions, clock: SetClock, first: str
) -> None:
    clock.at = NOW + timedelta(days=50)
    entries = [sale("s1"), brought("b1", "s1").model_copy(update={"at": NOW + timedelta(days=40)})]
    for entry in entries if first == "sale" else reversed(entries):
        ledger.take_journal([entry])
    for _ in range(2):
        assert ledger.take_journal(entries[1:])[0].conflicts == ("too_late",)
    with sessions() as session:
        assert session.execute(select(col(RedemptionReturn.at))).scalar_one() == NOW + timedelta(days=40)
    assert state(sessions)[0] == [("s1", "returned", 1_500, 1_500, "")] and ledger.audit().ok


def test_the_list_holds_a_code_until_the_later_of_its_ends(ledger: Redeeming, sessions: Sessions) -> None:
    day = timedelta(days=1)
    with sessions.begin() as session:
        offer(session, ["SOON", "PAST", "LATE"], key="ends", ends_at=NOW + day)
        for code, ends_at in (("SOON", NOW + day / 2), ("PAST", NOW - day), ("LATE", NOW + 2 * day)):
            session.execute(update(Coupon).where(col(Coupon.code) == code).values(ends_at=ends_at))
    said = ledger.signed_list("till-1").said
    ends = {row[0]: row[3] for row in said["codes"] if row[1] == "ends"}
    assert ends == {
        hashed(code, said["salt"]): (NOW + days * day).isoformat()
        for code, days in (("SOON", 1), ("PAST", 1), ("LATE", 2))
    }


def test_the_list_for_a_till_is_signed_and_names_no_code(ledger: Redeeming, sessions: Sessions) -> None:
    ledger.reserve(call("h1"))
    ledger.stop("olga", "leaked", code="CUP")
    one = ledger.signed_list("till-1")
    said = one.said
    assert is_genuine(one, ledger.signed_list("till-2").public_key)
    assert not is_genuine(one.model_copy(update={"body": one.body.replace("till-1", "till-9")}), one.public_key)
    assert "TEA" not in one.body and "SPOON" not in one.body
    held = {row[0]: row[1:] for row in said["codes"]}
    assert set(held) == {hashed(code, said["salt"]) for code in ("TEA", "SPOON")}
    assert said["offers"]["tea"]["terms"]["title"] == "Tea"
    assert said["salt"] != ledger.signed_list("till-2").said["salt"]
    assert said["good_until"] == (NOW + timedelta(hours=24)).isoformat()
    with sessions.begin() as session:
        offer(session, ["ONCE", "GONE"], key="once", most=2)
    for n in range(3):
        ledger.redeem(call(f"g{n}", "GONE"))
    ledger.redeem(call("o1", "ONCE"))
    said = ledger.signed_list("till-1").said
    left = {row[0]: row[2] for row in said["codes"]}
    assert left[hashed("ONCE", said["salt"])] == 1 and hashed("GONE", said["salt"]) not in left


def test_what_waits_for_a_sale_that_never_comes_is_not_tried_again_and_again(
    ledger: Redeeming, sessions: Sessions
) -> None:
    ledger.take_journal([sale("s9", "TEA"), *(brought(f"b{n}", f"s{n}") for n in range(3))])
    with sessions() as session:
        assert waiting(session) == []
    with sessions.begin() as session:  # it came in the same moment as its sale
        early = session.execute(select(JournalEntry).where(col(JournalEntry.key) == "b0")).scalar_one()
        early.sale, early.body = sale_key("till-1", "s9"), {**early.body, "back": early.body["back"] | {"sale": "s9"}}
    with sessions() as session:
        assert waiting(session) == [("till-1", "s9")]
    assert ledger.catch_up() == 1 and ledger.catch_up() == 0
    assert state(sessions)[0][0][1] == "returned"
