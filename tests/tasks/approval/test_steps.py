"""Steps of approval: what an answer in Prefect's form may decide, what is asked about at once, what is ended."""

from datetime import timedelta

import pytest

from models.approval import Request
from tasks.approval import proof, rows, steps
from tasks.people.rows import sync_people
from tests.tasks.approval.town import Town

DEAR = "proven_above: {money: 50000}"


def test_an_answer_in_the_form_is_stated(town: Town) -> None:
    piece, other = town.piece("1"), town.piece("2")
    asked = town.ask()
    with town.house.sessions() as session:
        second = rows.rows_of(session, asked.request_id)[1]
    assert town.answer(asked, but=f"{second.id}. № 2 · Tea", why="typo") == ""
    assert town.decided() == {f"{piece}:fake": ("approved", False), f"{other}:fake": ("returned", False)}


@pytest.mark.parametrize("town", [f"four_eyes: false, {DEAR}"], indirect=True)
def test_what_is_above_the_threshold_is_refused_with_the_link_and_the_rest_is_decided(town: Town) -> None:
    town.piece("1", cost=5_000_001)
    cheap = town.piece("2", cost=5_000_000)
    asked = town.ask()
    refused = town.answer(asked)
    assert f"https://staff.example/approval/{asked.request_id}" in refused and "threshold" in refused
    assert town.decided() == {f"{cheap}:fake": ("approved", False)}
    assert town.answer(asked) == refused, "asked again, it is about what is left, and refused again"


@pytest.mark.parametrize("town", ["four_eyes: true"], indirect=True)
def test_four_eyes_are_not_stated(town: Town) -> None:
    town.piece("1")
    asked = town.ask()
    assert f"/approval/{asked.request_id}" in town.answer(asked) and town.decided() == {}


@pytest.mark.parametrize("person", ["Olga Author", "Nobody"])
def test_who_may_not_decide_decides_nothing(town: Town, person: str) -> None:
    town.piece("1")
    assert town.answer(town.ask(), person=person) and town.decided() == {}


def test_nothing_is_sent_back_without_a_reason(town: Town) -> None:
    town.piece("1")
    asked = town.ask()
    assert "Say why" in town.answer(asked, yes=False, why=" ") and town.decided() == {}
    assert town.answer(asked, yes=False, why="no price") == ""


def test_the_form_asks_only_about_what_is_left(town: Town) -> None:
    town.piece("1")
    town.piece("2")
    asked = town.ask()
    town.edit("1")
    form = steps.question.fn(asked)
    assert form is not None
    labels = form.model_json_schema()["properties"]["but"]["items"]["enum"]
    assert [proof.row_of(label) for label in labels] == [2] and "Tea 2" in labels[0]
    town.edit("2")
    assert steps.question.fn(asked) is None


def test_what_was_changed_is_asked_about_at_once_and_once(town: Town) -> None:
    town.piece("1", hours=72)
    town.piece("2", hours=72)
    town.ask()
    assert steps.ask_about_what_is_pressing.fn() == "", "what is asked about already is not asked about twice"
    town.edit("1")
    steps.ask_about_what_is_pressing.fn()
    steps.ask_about_what_is_pressing.fn()
    assert [(run["tag"], run["piece"], run["days"]) for run in town.runs] == [("approval", "1", 4)] * 2
    assert len({run["key"] for run in town.runs}) == 1, "Prefect answers the second with the first one's run"


def test_what_is_due_within_a_day_does_not_wait_for_monday(town: Town) -> None:
    town.piece("1", hours=5)
    town.piece("2", hours=20)
    town.piece("3", hours=72)
    assert steps.ask_about_what_is_pressing.fn() == "", "whoever has just loaded the plan asks about all of it"
    town.clock.at += steps.SETTLED
    steps.ask_about_what_is_pressing.fn()
    assert [(run["piece"], run["days"]) for run in town.runs] == [("", 1)]


def test_nothing_is_asked_while_the_companys_files_cannot_be_read(town: Town) -> None:
    town.piece("1")
    (town.house.root / "company.yaml").write_text("name: [")
    assert steps.ask_about_what_is_pressing.fn() == "" and town.runs == []


def test_a_question_of_which_nothing_is_left_is_closed_and_its_run_ended(town: Town) -> None:
    town.piece("1", hours=72)
    asked = town.ask()
    town.edit("1")
    steps.look_after_requests.fn()
    assert [(run, "Nothing is left" in message) for run, message in town.ended] == [("run-1", True)]
    with town.house.sessions() as session:
        request = session.get(Request, asked.request_id)
        assert request and (request.state, request.run_id) == ("decided", "")


def test_a_run_that_does_not_wait_yet_is_ended_a_minute_later(town: Town) -> None:
    town.piece("1", hours=72)
    town.ask("still-running")
    town.edit("1")
    steps.look_after_requests.fn()
    steps.look_after_requests.fn()
    assert [run for run, _ in town.ended] == ["still-running"] * 2


def test_a_reminder_comes_once_at_half_time_to_whoever_answers_then(town: Town) -> None:
    town.piece("1", hours=4)
    asked = town.ask()
    path = town.house.root / "company.yaml"
    absence = "absences:\n  - {person: marina, from: 2026-11-23, to: 2026-11-24, deputy: vera}\n"
    path.write_text(path.read_text() + absence)
    town.clock.at += timedelta(hours=2)
    with town.house.sessions.begin() as session:
        sync_people(session, town.clock, town.house.workspace)
    steps.look_after_requests.fn()
    steps.look_after_requests.fn()
    assert town.letters() == [("vera", f"remind:{asked.request_id}")]
    town.clock.at += timedelta(hours=5)
    steps.look_after_requests.fn()
    assert "Not decided in time: 1" in town.ended[0][1]
