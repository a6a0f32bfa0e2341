"""Asking for approval from the desk: the same question as the flow's, opened once, its approver told."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from models import locale
from models.approval import Request
from models.locale import spoken
from models.people import Absence
from models.reaction import Notice
from tasks.approval import steps
from tasks.approval.engine import Asker
from tasks.approval.steps import Asked
from tests.tasks.approval.town import Town


def asker(town: Town) -> Asker:
    at = town.house
    return Asker(at.sessions, at.clock, at.workspace, at.staff_url, at.now)


def test_one_question_about_all_that_is_due(town: Town) -> None:
    town.piece("1")
    town.piece("2", hours=24 * 20)
    report = asker(town).ask(7, "", "desk:1", "olga")
    assert report.lines[0].done and report.lines[0].url == "https://staff.example/approval/1"
    assert asker(town).ask(7, "", "desk:1", "olga") == report, "the same form again is the same question"
    with town.house.sessions() as session:
        request = session.get_one(Request, 1)
        assert (request.asked_by, request.asked_of, session.query(Request).count()) == ("olga", "marina", 1)
    assert [person for person, _ in town.letters()] == ["marina"]


def test_who_asks_at_the_same_moment_asks_once(town: Town) -> None:
    for number in range(20):
        town.piece(str(number))
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: asker(town).ask(7, "", f"desk:{n}", "olga"), range(8)))
    assert [report.refusal.code for report in told if report.refusal] == ["asked"] * 7
    with town.house.sessions() as session:
        assert session.query(Request).count() == 1
    assert len(town.letters()) == 1


def test_what_others_read_is_in_the_words_of_the_house(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's browser chooses the words of the answer, not those of the question and its letter."""
    town.piece("1")
    monkeypatch.setattr(locale, "_of_process", ["ru"])
    with spoken("en"):
        report = asker(town).ask(7, "", "desk:1", "olga")
    assert report.title == "Ask for approval" and report.lines[0].said == "Marina Approver is asked"
    with town.house.sessions() as session:
        assert session.get_one(Request, 1).title.startswith("Согласование")
        assert session.query(Notice).one().body.startswith("Вашего решения ждут")


@pytest.mark.parametrize(
    ("piece", "code"),
    [pytest.param("", "asked", id="asked already"), pytest.param("2", "nothing", id="nothing waits"),
     pytest.param("99", "no_piece", id="no such piece")],
)  # fmt: skip
def test_what_cannot_be_asked_about_is_said(town: Town, piece: str, code: str) -> None:
    town.piece("1")
    town.piece("2", hours=24 * 20)
    asker(town).ask(7, "", "desk:1", "olga")
    refused = asker(town).ask(7, piece, "desk:2", "olga").refusal
    assert refused.code == code
    assert code != "asked" or "Marina Approver decides (question 1)" in str(refused)


def test_the_deputy_is_asked_and_it_is_said_for_whom(town: Town) -> None:
    town.piece("1")
    with town.house.sessions.begin() as session:
        session.add(Absence(person="marina", from_date="2026-11-20", to_date="2026-11-28"))
    [line] = asker(town).ask(7, "", "desk:1", "olga").lines
    assert line.said == "Vera Head is asked, because Marina Approver is away until 28.11.2026"


def test_the_run_of_a_question_of_the_desk_waits_for_its_answer(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town.piece("1")
    report = asker(town).ask(7, "", "desk:1", "olga")
    monkeypatch.setattr(steps, "by_the_book", lambda carry_out: report)
    monkeypatch.setattr(steps, "runtime", SimpleNamespace(flow_run=SimpleNamespace(id="run-of-the-order")))
    asked = steps.ask.fn(7, "")
    assert isinstance(asked, Asked) and asked.request_id == 1
    steps.tell_approver.fn(asked)
    with town.house.sessions() as session:
        assert session.get_one(Request, 1).run_id == "run-of-the-order"
    assert len(town.letters()) == 1, "the desk has told already"


def test_a_question_that_finds_nothing_ends_its_run_quietly(town: Town) -> None:
    ending = steps.ask.fn(7, "")
    assert not isinstance(ending, Asked) and (ending.total, ending.failed) == (0, False)
    wrong = steps.ask.fn(7, "99")
    assert not isinstance(wrong, Asked) and wrong.failed
