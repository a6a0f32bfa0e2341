"""Seats that the invited answered for: taken over by whoever lets them in, and given back where they are not let in."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from integrations.errors import Unavailable
from models.customers import Customer
from models.database import SetClock
from models.offers import Invitation, Sitting
from models.redemptions import Coupon, OfferCounter, Redemption
from tasks.redeeming.calls import ANSWERS, Answer, Call, GiveBack, Sale
from tasks.redeeming.engine import Redeeming
from tasks.redeeming.offline.signed import hashed
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

Sessions = sessionmaker[Session]
NOON, EVENING = (datetime(2026, 11, 25, hour, tzinfo=UTC).replace(tzinfo=None) for hour in (12, 19))
DAY = date(2026, 11, 25)
BEFORE, COMES = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # 18:30 in Moscow
SITTINGS = (Sitting(outlet="center", at=NOON, seats=4), Sitting(outlet="center", at=EVENING, seats=5),
            Sitting(outlet="north", at=EVENING, seats=3))  # fmt: skip
PARTY = terms(Invitation(sittings=SITTINGS, guests=4), first_day=DAY, last_day=DAY, limits={"per_customer": 1})


@pytest.fixture
def clock() -> SetClock:
    return SetClock(BEFORE)


@pytest.fixture
def till(database: Engine, clock: SetClock, sessions: Sessions) -> Redeeming:
    with sessions.begin() as session:
        session.add_all(Customer(id=id, created_at=BEFORE, changed_at=BEFORE) for id in (5, 6, 7))
        session.flush()
        offer(session, ["TEA", "CUP", "MUG"], PARTY, most=1, owners={"TEA": 5, "CUP": 6, "MUG": 7})
    return redeeming(database, clock)


def answer(code: str = "TEA", guests: int = 3, sitting: datetime = EVENING, outlet: str = "center") -> Call:
    return call(f"of-{code}", code, till=ANSWERS, origin="answer", sitting=sitting, guests=guests, outlet=outlet)


def why(answer: Answer) -> str:
    return answer.outcomes[0].reason.code


def taken(sessions: Sessions, scope: str = f"center {EVENING.isoformat()}") -> tuple[int, int]:
    with sessions() as session:
        mine = (col(OfferCounter.kind) == "seats", col(OfferCounter.scope) == scope)
        return session.execute(select(col(OfferCounter.used), col(OfferCounter.held)).where(*mine)).tuples().one()


def uses(sessions: Sessions, code: str = "TEA") -> tuple[int, int]:
    query = select(col(Coupon.used), col(Coupon.held)).where(col(Coupon.code) == code)
    with sessions() as session:
        return session.execute(query).tuples().one()


def test_an_answer_is_one_moves_and_lets_go(till: Redeeming, sessions: Sessions) -> None:
    assert till.reserve(answer()).ok and till.reserve(answer()).ok and taken(sessions) == (0, 3)
    assert till.reserve(answer(guests=2)).ok and taken(sessions) == (0, 2)
    assert till.reserve(answer(guests=3, outlet="north")).ok and taken(sessions) == (0, 0)
    assert why(till.reserve(answer(guests=5))) == "guests" and taken(sessions, f"north {EVENING.isoformat()}") == (0, 3)
    assert why(till.reserve(answer("CUP", 1, outlet="north"))) == "seats"
    assert not till.release(ANSWERS, "of-TEA") and uses(sessions) == (0, 0) and till.audit().ok
    assert till.reserve(answer("CUP", outlet="north")).ok and till.reserve(answer()).ok and till.audit().ok


@pytest.mark.parametrize("asks_first", [True, False])
@pytest.mark.parametrize("came", [1, 3, 4])
def test_who_has_answered_is_let_in_on_the_seats_that_were_kept(
    till: Redeeming, sessions: Sessions, clock: SetClock, asks_first: bool, came: int
) -> None:
    assert till.reserve(answer()).ok and till.reserve(answer("CUP", 1)).ok
    clock.at = COMES
    here = call("r1", guests=came, origin="page")
    assert till.validate(here).outcomes[0].expected == 3
    if asks_first:
        (held,) = till.reserve(here).outcomes
        assert (held.expected, held.until) == (3, COMES + timedelta(minutes=15)) and uses(sessions) == (0, 1)
        assert till.reserve(here).ok and taken(sessions) == (0, max(came, 3) + 1)
    (done,) = till.redeem(here).outcomes
    assert (done.reason.code, done.expected) == ("", 3) and taken(sessions) == (came, 1) and uses(sessions) == (1, 0)
    again = till.redeem(here)
    assert again.replayed and again.outcomes[0].expected == 3 and till.audit().ok
    assert why(till.reserve(answer())) == "code"
    back = GiveBack(key="b1", till="till-1", sale="r1")
    assert till.give_back(back).whole and till.give_back(back).replayed
    assert taken(sessions) == (0, 4) and uses(sessions) == (0, 1), "let in by mistake, all three are expected"
    assert till.audit().ok and till.redeem(call("r2", guests=2)).ok and taken(sessions) == (2, 1)
    assert till.audit().ok and not till.audit().above


def test_who_was_let_in_with_fewer_by_mistake_gets_no_seat_that_another_has(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok
    clock.at = COMES
    assert till.redeem(call("r1", guests=1)).ok and till.redeem(call("r2", "MUG", guests=3)).ok
    assert till.give_back(GiveBack(key="b1", till="till-1", sale="r1")).whole and taken(sessions) == (3, 1)
    audit = till.audit()
    assert audit.ok and not audit.above and till.redeem(call("r3", guests=2)).ok


def test_what_came_back_after_the_day_or_from_elsewhere_is_expected_no_more(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok and till.reserve(answer("CUP", 1)).ok
    clock.at = COMES
    assert till.redeem(call("r1", guests=2)).ok and till.redeem(call("r2", "CUP", outlet="north")).ok
    assert till.give_back(GiveBack(key="b2", till="till-1", sale="r2")).whole and uses(sessions, "CUP") == (0, 0)
    clock.at += timedelta(hours=6)
    assert till.give_back(GiveBack(key="b1", till="till-1", sale="r1")).whole and uses(sessions) == (0, 0)
    assert taken(sessions) == (0, 0) and till.audit().ok


def test_more_come_than_there_are_seats(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    assert till.reserve(answer()).ok and till.reserve(answer("CUP", 2)).ok
    clock.at = COMES
    for ask in (till.validate, till.reserve, till.redeem):
        assert why(ask(call("r1", guests=4, origin="page"))) == "seats"
    assert taken(sessions) == (0, 5) and till.redeem(call("r1", guests=3)).ok and till.audit().ok


@pytest.mark.parametrize("lets_go", ["by hand", "ran out"])
def test_a_till_that_lets_go_gives_the_seats_back_to_the_answer(
    till: Redeeming, sessions: Sessions, clock: SetClock, lets_go: str
) -> None:
    assert till.reserve(answer(guests=2)).ok
    clock.at = COMES
    assert till.reserve(call("r1", guests=4, origin="page")).ok and taken(sessions) == (0, 4)
    if lets_go == "by hand":
        assert not till.release("till-1", "r1")
    else:
        clock.at += timedelta(minutes=16)
        assert till.expire() == 1
    assert taken(sessions) == (0, 2) and uses(sessions) == (0, 1) and till.audit().ok
    assert till.redeem(call("r2", guests=2)).ok and taken(sessions) == (2, 0) and till.audit().ok


def test_who_comes_elsewhere_frees_what_was_kept(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    assert till.reserve(answer()).ok
    clock.at = COMES
    assert till.reserve(call("r1", guests=2, outlet="north")).ok and taken(sessions) == (0, 3)
    assert till.redeem(call("r1", guests=2, outlet="north")).ok and taken(sessions) == (0, 0)
    assert taken(sessions, f"north {EVENING.isoformat()}") == (2, 0) and till.audit().ok


def test_the_sitting_that_was_answered_is_meant_whatever_is_nearer(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok
    clock.at = datetime(2026, 11, 25, 11, tzinfo=UTC)  # 14:00 in Moscow
    assert till.redeem(call("r1", guests=3)).ok and till.redeem(call("r2", "CUP")).ok
    assert taken(sessions) == (3, 0) and taken(sessions, f"center {NOON.isoformat()}") == (1, 0)


def test_nobody_is_let_in_at_the_door_on_another_day(till: Redeeming, sessions: Sessions) -> None:
    assert till.reserve(answer()).ok
    assert why(till.reserve(call("r1", guests=1, outlet="north", origin="page"))) != "", "the only one there is to come"
    assert uses(sessions) == (0, 1) and taken(sessions) == (0, 3)


def test_who_did_not_come_takes_no_seat_for_ever(till: Redeeming, sessions: Sessions, clock: SetClock) -> None:
    assert till.reserve(answer()).ok
    clock.at = COMES + timedelta(hours=6)
    assert till.expire() == 1 and taken(sessions) == (0, 0) and uses(sessions) == (0, 0) and till.audit().ok


def test_what_was_let_in_without_the_network_takes_the_seats_too(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok
    clock.at = COMES
    sale = Sale(call=call("r1", guests=3, at=COMES))
    assert [one.conflicts for one in till.take_journal([sale, sale])] == [(), ()]
    assert taken(sessions) == (3, 0) and uses(sessions) == (1, 0) and till.audit().ok


def test_an_answer_that_was_taken_back_leads_nobody_to_its_sitting(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer(guests=4)).ok and not till.release(ANSWERS, "of-TEA")
    assert till.reserve(answer("CUP", 4)).ok, "one seat is left in the evening"
    clock.at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)  # 12:30 in Moscow
    assert till.redeem(call("r1", guests=3)).ok
    assert taken(sessions, f"center {NOON.isoformat()}") == (3, 0) and taken(sessions) == (0, 4)


def test_what_came_back_after_another_answer_takes_no_seats_for_it(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    with sessions.begin() as session:
        twice = PARTY.model_copy(update={"limits": PARTY.limits.model_copy(update={"per_customer": 0})})
        offer(session, ["JUG"], twice, "twice", most=2, owners={"JUG": 5})
    clock.at, north = COMES, f"north {EVENING.isoformat()}"
    assert till.reserve(answer("JUG")).ok and till.redeem(call("r1", "JUG", guests=3)).ok
    clock.at += timedelta(minutes=1)
    assert till.reserve(answer("JUG", outlet="north")).ok
    assert till.redeem(call("r2", "JUG", guests=3, outlet="north")).ok
    assert till.give_back(GiveBack(key="b1", till="till-1", sale="r1")).whole
    assert (taken(sessions), taken(sessions, north), uses(sessions, "JUG")) == ((0, 0), (3, 0), (1, 0))
    assert till.give_back(GiveBack(key="b2", till="till-1", sale="r2")).whole and taken(sessions, north) == (0, 3)
    assert till.audit().ok and not till.audit().above


def test_a_till_without_the_network_knows_who_has_answered(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok and till.reserve(call("r1", "CUP", sitting=EVENING)).ok
    said = till.signed_list("till-1").said
    assert {row[0]: row[2] for row in said["codes"]} == {hashed(code, said["salt"]): 1 for code in ("TEA", "MUG")}
    clock.at = COMES
    assert till.reserve(call("r2")).ok and len(till.signed_list("till-1").said["codes"]) == 1, "a till has it now"


def test_who_came_without_the_network_had_come_whenever_it_is_told(
    till: Redeeming, sessions: Sessions, clock: SetClock
) -> None:
    assert till.reserve(answer()).ok and till.reserve(answer("CUP", 1)).ok
    clock.at = COMES + timedelta(hours=16)
    assert till.expire() == 2
    sale = Sale(call=call("r1", guests=2, at=datetime(2026, 11, 25, 11, tzinfo=UTC)))  # 14:00 in Moscow
    assert [one.conflicts for one in till.take_journal([sale, sale])] == [(), ()]
    assert taken(sessions) == (2, 0), "the sitting that was answered, though noon was nearer"
    with sessions() as session:
        (row,) = session.execute(select(Redemption).where(col(Redemption.state) == "redeemed")).scalars()
    assert row.answer["answered"]["guests"] == 3 and till.audit().ok


def test_sixteen_answers_and_arrivals_at_once_take_no_more_than_the_seats(
    database: Engine, sessions: Sessions, clock: SetClock
) -> None:
    names = [f"C{n}" for n in range(16)]
    with sessions.begin() as session:
        session.add_all(Customer(id=n, created_at=BEFORE, changed_at=BEFORE) for n in range(20, 36))
        session.flush()
        offer(session, names, PARTY, "party", most=1, owners={name: 20 + n for n, name in enumerate(names)})
    clock.at = COMES
    ledger = redeeming(database, clock)

    def patiently(verb: Any, asked: Call) -> str:
        while True:
            try:
                return why(verb(asked))
            except Unavailable:
                continue

    def one(name: str) -> list[str]:
        asked = [*((ledger.reserve, answer(name, guests)) for guests in (2, 1, 1)),
                 (ledger.reserve, call(name, name, guests=2, origin="page")),
                 (ledger.redeem, call(name, name, guests=1, origin="page"))]  # fmt: skip
        return [patiently(verb, told) for verb, told in asked]

    with ThreadPoolExecutor(16) as pool:
        last = Counter(answers[-1] for answers in pool.map(one, names))
    assert set(last) <= {"", "seats"} and 0 < last[""] <= 5
    assert taken(sessions)[0] == last[""] and sum(taken(sessions)) <= 5
    audit = ledger.audit()
    assert audit.ok and not audit.above
