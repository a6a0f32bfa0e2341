"""Who guesses codes is stopped and told of, on both databases; who mistypes one now and then is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from integrations.errors import Unavailable
from models.database import SetClock
from models.guesses import CodeGuess, GuessAlarm, GuessedBy
from models.reaction import Notice
from tasks.guessing.bounds import BOUNDS, SLOWED, full
from tasks.guessing.engine import Guesser, Guesses
from tests.fakes import NOW
from tests.house import COMPANY, furnished

OUTLETS = "outlets:\n  - {key: center, name: Center}\n"
TILL = Guesser("key:1", "till 1", "center", "192.0.2.1", 1)
AFTER = timedelta(minutes=10)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def guesses(tmp_path: Path, database: Engine, clock: SetClock) -> Guesses:
    return Guesses(furnished(tmp_path, database, {}, clock, company=COMPANY + OUTLETS))


def tried(guesses: Guesses, who: Guesser, most: int, wrong: int = 1) -> int:
    """How many calls with so many wrong codes each are let in, of so many."""
    for n in range(most):
        try:
            guesses.admit(who)
        except Unavailable:
            return n
        guesses.wrong(who, [("…1", "unknown_code")] * wrong)
    return most


def test_a_till_that_guesses_waits_and_the_staff_are_told_once(guesses: Guesses, clock: SetClock) -> None:
    assert tried(guesses, TILL, 100) == 20
    with pytest.raises(Unavailable) as caught:
        guesses.admit(TILL)
    assert caught.value.reason.code == "guessing" and caught.value.retry_after == timedelta(minutes=10)
    with guesses.house.reads() as session:
        [alarm] = session.execute(select(GuessAlarm)).scalars()
        told = session.execute(select(Notice)).scalars().all()
    assert (alarm.kind, alarm.key_id, alarm.wrong, alarm.until - NOW) == ("till", 1, 20, AFTER)
    assert [(one.person, one.subject) for one in told] == [("vera", "Center: somebody tries out codes of coupons")]
    assert "192.0.2.1" not in told[0].body and told[0].link == "https://staff.example/staff/outlets/center"
    clock.at += AFTER
    assert tried(guesses, TILL, 100) == 20  # the next window; the staff hear of it once a day
    with guesses.house.reads() as session:
        assert len(session.execute(select(Notice)).scalars().all()) == 1


def test_a_day_of_guessing_ends_at_its_own_bound(guesses: Guesses, clock: SetClock) -> None:
    clock.at = NOW.replace(hour=0, minute=0)
    got = 0
    for _ in range(20):
        got += tried(guesses, TILL, 100)
        clock.at += AFTER
    assert got == 200
    with pytest.raises(Unavailable) as caught:
        guesses.admit(TILL)
    assert caught.value.retry_after is not None and caught.value.retry_after > timedelta(hours=20)
    clock.at += timedelta(days=1)
    guesses.admit(TILL)


def test_with_many_keys_at_one_address_each_gets_a_tenth(guesses: Guesses) -> None:
    same = [Guesser(f"key:{n}", f"till {n}", "center", "192.0.2.1", n) for n in range(9)]
    assert [tried(guesses, one, 100) for one in same] == [20, 20, 20] + [2] * 6
    assert tried(guesses, Guesser("key:9", "till 9", "center", "192.0.2.2", 9), 100) == 20


def test_a_house_that_is_guessed_at_from_everywhere_slows_all_down_and_stops_nobody(guesses: Guesses) -> None:
    for n in range(30):
        tried(guesses, Guesser(f"key:{n}", f"till {n}", "center", f"192.0.2.{n}"), 100, wrong=20)
    honest = Guesser("key:77", "till", "center", "192.0.2.77")
    guesses.admit(honest)
    assert tried(guesses, honest, 100) == 20 // SLOWED
    with guesses.house.reads() as session:
        kinds = [one.kind for one in session.execute(select(GuessAlarm)).scalars()]
    assert kinds.count(GuessedBy.HOUSE) == 1


def test_old_counts_are_forgotten_and_no_address_is_kept(guesses: Guesses, clock: SetClock) -> None:
    guesses.wrong(TILL, [("…1", "unknown_code")])
    clock.at += timedelta(days=3)
    guesses.wrong(TILL, [("…1", "unknown_code")])
    with guesses.house.reads() as session:
        kept = session.execute(select(CodeGuess)).scalars().all()
    assert len(kept) == len(BOUNDS) and not any("192" in one.who and len(one.who) < 64 for one in kept)


@pytest.mark.parametrize("wrong", [1, 7, 20])
def test_more_wrong_codes_in_a_call_reach_the_bound_sooner(guesses: Guesses, wrong: int) -> None:
    assert tried(guesses, TILL, 100, wrong) == -(-20 // wrong)


def test_the_longest_bound_says_how_long() -> None:
    minutes, day = BOUNDS[0], BOUNDS[1]
    assert full({minutes: 20, day: 200}) is day and full({minutes: 20, day: 199}) is minutes
    assert full({minutes: 19, day: 199}) is None
    for other in BOUNDS[2:]:
        assert full({minutes: 2, other: other.most - 1}) is None and full({minutes: 2, other: other.most}) is minutes
        assert full({minutes: 0, other: 10**6}) is None
