"""What the head concludes about a month: every version kept, nobody's written over unseen, in the report at once."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.planning import ConclusionOrder
from tasks.conclusions import rows
from tasks.conclusions.engine import Conclusions
from tasks.house import House
from tasks.orders.answers import Report
from tasks.reports.engine import laid_out, period_of, report_of
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

OCTOBER = "month-2026-10-01"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))


def conclude(
    house: House, text: str, follows: int = -1, person: str = "vera", once: str = "", month: str = "2026-10"
) -> Report:
    with spoken("en"):
        order = ConclusionOrder(month=month, text=text, follows=follows, person=person)
        return Conclusions(house).conclude(order, once or text)


def said(house: House) -> list[tuple[str, str]]:
    with house.reads() as session:
        return [(one.text, one.person) for one in rows.versions(session, OCTOBER)]


def test_the_last_version_stands_and_the_former_are_kept(house: House) -> None:
    conclude(house, "A good month.")
    conclude(house, "A very good month.")
    assert said(house) == [("A very good month.", "vera"), ("A good month.", "vera")]
    with house.reads() as session:
        assert rows.words(session, OCTOBER) == "A very good month."


def test_the_same_form_again_is_the_same_version(house: House) -> None:
    for _ in range(2):
        assert not conclude(house, "A good month.", follows=0, once="form-1").refusal
    assert len(said(house)) == 1


def test_a_form_filled_in_anew_is_never_told_that_it_was_kept_before(house: House) -> None:
    conclude(house, "Mine.", follows=0, once="form-1")
    told = conclude(house, "Mine, mended.", follows=0, once="form-1")
    assert told.refusal.code == "otherwise" and said(house) == [("Mine.", "vera")]
    with house.reads() as session:
        [stands] = rows.versions(session, OCTOBER)
    assert not conclude(house, "Mine, mended.", follows=stands.id or 0, once="form-1").refusal
    assert said(house) == [("Mine, mended.", "vera"), ("Mine.", "vera")]


def test_nobody_writes_over_a_version_they_have_not_seen(house: House) -> None:
    conclude(house, "Mine.", follows=0)
    told = conclude(house, "Yours.", follows=0)
    assert "Vera Head has written another conclusion meanwhile" in str(told.refusal)
    assert said(house) == [("Mine.", "vera")]


def test_of_two_who_write_at_once_one_is_told(house: House) -> None:
    barrier, told = Barrier(2), []

    def write(text: str) -> None:
        barrier.wait()
        told.append(conclude(house, text, follows=0))

    threads = [Thread(target=write, args=(text,)) for text in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said(house)) == 1 and sorted(bool(one.refusal) for one in told) == [False, True]


def test_an_emptied_conclusion_is_taken_away(house: House) -> None:
    conclude(house, "Wrong month.")
    assert "taken away" in str(conclude(house, "").lines[0])
    with house.reads() as session:
        assert rows.words(session, OCTOBER) == ""


@pytest.mark.parametrize(
    ("person", "month", "why"),
    [
        pytest.param("olga", "2026-10", "may not change campaigns, goals and funds", id="an author"),
        pytest.param("nobody", "2026-10", "There is no person", id="a stranger"),
        pytest.param("vera", "2027-10", "has not begun", id="a month to come"),
        pytest.param("vera", "2026-13", "is not a date", id="no month"),
        pytest.param("vera", "9999-12", "not between 2000 and 2200", id="no year"),
        pytest.param("vera", "0001-01", "not between 2000 and 2200", id="no year either"),
    ],
)
def test_what_cannot_be_concluded_is_said(house: House, person: str, month: str, why: str) -> None:
    assert why in str(conclude(house, "Text.", person=person, month=month).refusal)
    assert said(house) == []


@pytest.mark.parametrize("suffix", ["html", "xlsx", "pdf"])
def test_the_conclusion_is_in_the_months_report(house: House, suffix: str) -> None:
    period = period_of(house, "month", "")
    before = laid_out(report_of(house, period), suffix)
    conclude(house, "Samovars sell themselves.", month="")
    made = report_of(house, period)
    assert made.conclusion == "Samovars sell themselves."
    assert laid_out(made, suffix) != before


def test_words_from_a_run_are_a_version_without_a_name(house: House) -> None:
    period = period_of(house, "month", "")
    for _ in range(2):
        report_of(house, period, "From the form of A12.")
    assert said(house) == [("From the form of A12.", "")]
