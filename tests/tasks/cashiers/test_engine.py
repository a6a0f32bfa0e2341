"""Devices are paired once, PINs are guessed a few times only, shifts end; on both databases."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from models.cashiers import CashierShift, TillDevice
from models.people import Person
from models.reaction import Notice
from models.reason import Reason
from tasks.cashiers.engine import LOCKED_FOR, LOCKS, PAIRING_LASTS, TRIES
from tasks.cashiers.rows import revoke_devices, try_pin
from tests.tasks.cashier_page.counter import PLAIN, Till, shop


@pytest.fixture
def till(tmp_path: Path, database: Engine) -> Till:
    return shop(tmp_path, database)


def wrong(till: Till, times: int, cashier: int = 1) -> list[str]:
    return [till.cashiers.sign_in(till.at, cashier, "00000", PLAIN).reason.code for _ in range(times)]


def told(till: Till) -> list[tuple[str, str]]:
    with till.house.reads() as session:
        return [(row.person, row.subject) for row in session.execute(select(Notice)).scalars()]


def test_a_pairing_code_is_good_once_and_for_a_while(till: Till) -> None:
    cashiers = till.cashiers
    again = cashiers.pair("token of the pairing", "another secret")
    assert isinstance(again, Reason) and again.code == "dead_pairing"
    cashiers.offer_pairing("boulevard", "phone", "anton", "late token")
    till.clock.at += PAIRING_LASTS
    assert isinstance(cashiers.pair("late token", "another secret"), Reason)
    cashiers.offer_pairing("nowhere", "phone", "anton", "token of nowhere")
    assert isinstance(cashiers.pair("token of nowhere", "another secret"), Reason)


def test_a_device_that_is_taken_off_comes_in_no_more(till: Till) -> None:
    device = till.at.device
    assert not till.cashiers.revoke_device("east", device, "anton"), "it is of another outlet"
    assert till.cashiers.revoke_device("boulevard", device, "anton")
    assert not till.cashiers.revoke_device("boulevard", device, "anton")
    assert till.cashiers.at(till.secret) is None and till.cashiers.at("made up") is None
    with till.house.reads() as session:
        assert [shift.ended_at is None for shift in session.execute(select(CashierShift)).scalars()] == [False]
        assert session.get_one(TillDevice, device).revoked_by == "anton"


def test_a_busy_database_keeps_no_device_from_its_outlet(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*asked: object) -> None:
        raise OperationalError("update", {}, Exception("database is locked"))

    monkeypatch.setattr("tasks.cashiers.rows.saw", busy)
    till.clock.at += timedelta(hours=1)
    assert till.at.shift == 1, "when it was seen is a note"


def test_few_wrong_pins_lock_it_and_the_head_is_told(till: Till) -> None:
    assert wrong(till, TRIES + 1) == ["wrong_pin"] * (TRIES - 1) + ["locked", "locked"]
    assert till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason.code == "locked", "the right one neither"
    assert told(till) == [("vera", "The PIN of Nina is locked")]
    till.clock.at += LOCKED_FOR
    assert not till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason
    assert wrong(till, 1) == ["wrong_pin"], "a right one begins the count anew"


def test_a_try_that_was_killed_before_it_was_judged_locks_for_no_longer(till: Till) -> None:
    with till.house.sessions.begin() as session:
        for _ in range(TRIES):
            try_pin(session, "boulevard", 1, till.clock.at)
    assert till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason.code == "locked"
    assert told(till) == [("vera", "The PIN of Nina is locked")]
    till.clock.at += LOCKED_FOR
    assert not till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason


def test_who_goes_on_guessing_is_locked_until_there_is_a_new_pin(till: Till) -> None:
    for _ in range(LOCKS):
        wrong(till, TRIES)
        till.clock.at += LOCKED_FOR
    assert till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason.code == "locked" and len(told(till)) == LOCKS
    assert till.cashiers.renew_pin("boulevard", 1, PLAIN.hash("97531"))
    assert till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason.code == "wrong_pin"
    assert not till.cashiers.sign_in(till.at, 1, "97531", PLAIN).reason
    assert [one.made_at for one in till.cashiers.names("boulevard")] == [till.clock.at], "that is when it was given"


def test_a_cashier_of_another_outlet_signs_in_nowhere_else(till: Till) -> None:
    other = till.cashiers.put_cashier("east", "Ira", "", PLAIN.hash("48213"), "anton")
    assert till.cashiers.sign_in(till.at, other.id or 0, "48213", PLAIN).reason.code == "locked"
    assert not till.cashiers.renew_pin("boulevard", other.id or 0, "x")
    assert not till.cashiers.revoke_cashier("boulevard", other.id or 0, "anton")


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda till: till.cashiers.end_shift(till.at), id="by hand"),
        pytest.param(lambda till: till.cashiers.revoke_cashier("boulevard", 1, "anton"), id="its cashier goes"),
        pytest.param(lambda till: till.later(till.clock.at + timedelta(hours=17)), id="by itself"),
    ],
)
def test_a_shift_ends(till: Till, ends: Callable[[Till], None]) -> None:
    assert till.at.shift == 1 and till.at.called == "nina"
    ends(till)
    assert till.at.shift == 0 and till.at.cashier == ""


def test_who_has_left_the_company_signs_in_nowhere(till: Till) -> None:
    with till.house.sessions.begin() as session:
        session.get_one(Person, "nina").active = False
    assert till.at.shift == 0 and till.cashiers.names("boulevard") == []
    assert till.cashiers.sign_in(till.at, 1, "48213", PLAIN).reason.code == "locked"


def test_an_outlet_that_closes_takes_its_devices_along(till: Till) -> None:
    with till.house.sessions.begin() as session:
        assert revoke_devices(session, "boulevard", "anton", till.clock.at) == 1
    assert till.cashiers.at(till.secret) is None


def test_the_next_who_signs_in_ends_the_former_shift(till: Till) -> None:
    ira = till.cashiers.put_cashier("boulevard", "Ira", "", PLAIN.hash("55501"), "anton")
    done = till.cashiers.sign_in(till.at, ira.id or 0, "55501", PLAIN)
    assert done.shift == till.at.shift == 2 and till.at.called == f"cashier-{ira.id}"
    with till.house.reads() as session:
        assert [shift.ended_at is None for shift in session.execute(select(CashierShift).order_by("id")).scalars()] == [
            False, True,
        ]  # fmt: skip
