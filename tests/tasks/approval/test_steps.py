"""Steps of approval: what an answer in Prefect's form may decide, what is asked about at once, what is ended."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from models.approval import Approval, Request
from models.database import SetClock
from models.piece import Piece, Rendition
from models.reaction import Notice
from models.registry import Observation
from tasks.approval import proof, rows, steps
from tasks.approval.steps import Asked
from tasks.house import House
from tasks.people.rows import sync_people
from tasks.registry import rows as registry
from tests.fakes import NOW, FakeChannel, delivery
from tests.house import COMPANY, furnished

DEAR = "proven_above: {money: 50000}"


@dataclass
class Town:
    house: House
    clock: SetClock
    runs: list[dict[str, Any]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def piece(self, number: str, hours: float = 4, cost: int = 0, version: str = "", author: str = "olga") -> int:
        """A placement of a piece that waits for approval; returns the piece's id."""
        at, version = NOW + timedelta(hours=hours), version or f"hash-{number}"
        with self.house.sessions.begin() as session:
            piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author=author,
                          created_at=NOW, changed_at=NOW)  # fmt: skip
            session.add(piece)
            session.flush()
            made = Rendition(piece_id=piece.id or 0, version_id=1, account="fake", post={"text": "tea"},
                             content_hash=version, made_at=NOW)  # fmt: skip
            session.add(made)
            session.flush()
            session.add(delivery(f"p{number}", at, late_at=at + timedelta(hours=2), approved_hash="",
                                 subject_id=str(piece.id), content_id=made.id, content_hash=version))  # fmt: skip
            if cost:
                spent = Observation(
                    operation="M4", subject_kind="piece", subject_id=str(piece.id), metric="expenses", value=cost,
                    cost=cost, currency="RUB", observed_at=NOW, source="stated",
                )  # fmt: skip
                registry.record(session, [spent], self.clock)
            return piece.id or 0

    def edit(self, number: str) -> None:
        with self.house.sessions.begin() as session:
            row = session.query(rows.Delivery).where(rows.Delivery.key == f"p{number}").one()
            row.content_hash = f"hash-{number}-edited"

    def ask(self, run: str = "run-1") -> Asked:
        with self.house.sessions.begin() as session:
            waiting = rows.waiting(session)
            made = rows.open_request(session, self.clock, f"run:{run}", "Week", "marina", waiting, run)
            return Asked(request_id=made.id or 0, title=made.title)

    def answer(
        self, asked: Asked, person: str = "Marina Approver", yes: bool = True, but: str = "", why: str = ""
    ) -> str:
        sign = steps.APPROVE_SIGN if yes else steps.RETURN_SIGN
        said = SimpleNamespace(decision=f"{sign} x", person=person, but=[but] if but else [], reason=why)
        return str(steps.record.fn(asked, said))

    def decided(self) -> dict[str, tuple[str, bool]]:
        with self.house.sessions() as session:
            return {a.subject: (a.decision, a.proven) for a in session.query(Approval)}

    def letters(self) -> list[tuple[str, str]]:
        with self.house.sessions() as session:
            return [(notice.person, notice.key) for notice in session.query(Notice)]


@pytest.fixture
def town(tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Town:
    clock, policy = SetClock(NOW), getattr(request, "param", "four_eyes: false")
    company = COMPANY.replace("approval: {approver: marina}", f"approval: {{approver: marina, {policy}}}")
    made = Town(furnished(tmp_path, database, {"fake": FakeChannel()}, clock, company=company), clock)

    def start(tag: str, parameters: dict[str, Any], *, key: str) -> str:
        made.runs.append({"tag": tag, "key": key, **parameters["form"]})
        return "started"

    def end(id: str, name: str, message: str) -> bool:
        made.ended.append((id, message))
        return id != "still-running"

    monkeypatch.setattr(steps, "start_run", SimpleNamespace(fn=start))
    monkeypatch.setattr(steps, "end_waiting_run", SimpleNamespace(fn=end))
    return made


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
