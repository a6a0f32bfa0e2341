"""«Срочно» as an order: what goes out, who is asked afterwards, who is told; on both databases, with real threads."""

from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from models.approval import Approval, Asking, Decision, Request, Step
from models.database import SetClock
from models.delivery import Delivery, State
from models.orders import UrgentOrder
from models.piece import Piece, Rendition
from models.reaction import Notice
from models.reason import because
from models.registry import Observation
from tasks.approval import rows as approval
from tasks.approval.steps import look_after_requests
from tasks.collecting import rows as collecting
from tasks.house import House
from tasks.orders.answers import Report
from tasks.registry import rows as registry
from tasks.urgent.engine import Hurrying
from tests.fakes import NOW, FakeChannel, delivery
from tests.house import COMPANY, furnished
from tests.verdicts import give

POLICY = "approval: {approver: marina, urgent: [olga, gleb], proven_above: {money: 50000}}"
WHY = "цена неверна"


class Town:
    def __init__(self, house: House, clock: SetClock) -> None:
        self.house, self.clock = house, clock

    def piece(self, number: str = "7", approved_before: bool = True, **row: Any) -> tuple[int, str]:
        """A version that waits; the piece's id and the version."""
        version = f"version-{number}"
        with self.house.sessions.begin() as session:
            piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author="olga",
                          created_at=NOW, changed_at=NOW)  # fmt: skip
            session.add(piece)
            session.flush()
            subject = f"{piece.id}:fake"
            for hash in (f"former-{number}", version):
                session.add(Rendition(piece_id=piece.id or 0, version_id=1, account="fake", post={"text": hash},
                                      content_hash=hash, made_at=NOW))  # fmt: skip
            session.flush()
            made = session.query(Rendition).where(Rendition.content_hash == version).one()  # type: ignore[arg-type]
            common = {"approved_hash": "", "subject_id": str(piece.id), "content_id": made.id, "content_hash": version}
            session.add(delivery(f"p{number}", at=NOW + timedelta(hours=1), **(common | row)))
            if approved_before:
                give(session, self.clock, subject, f"former-{number}", Decision.APPROVED, "marina",
                                 proven=True)  # fmt: skip
            return piece.id or 0, version

    def let_out(self, person: str = "olga", number: str = "7", why: str = WHY, **more: Any) -> Report:
        order = UrgentOrder(person=person, piece=number, reason=why, **more)
        return self.hurrying.let_out(order, proven=True)

    @property
    def hurrying(self) -> Hurrying:
        at = self.house
        return Hurrying(at.sessions, at.clock, at.workspace, at.staff_url, at.now)

    def row(self, id: int = 1) -> Delivery:
        with self.house.sessions() as session:
            return session.get_one(Delivery, id)

    def questions(self) -> list[Request]:
        with self.house.sessions() as session:
            return session.query(Request).all()

    def letters(self) -> list[tuple[str, str]]:
        with self.house.sessions() as session:
            return [(notice.person, notice.body) for notice in session.query(Notice)]

    def away(self, *people: str) -> None:
        from tasks.people.rows import sync_people

        path = self.house.root / "company.yaml"
        gone = "".join(f"  - {{person: {one}, from: 2026-11-20, to: 2026-11-28, deputy: vera}}\n" for one in people)
        path.write_text(path.read_text() + "absences:\n" + gone)
        with self.house.sessions.begin() as session:
            sync_people(session, self.clock, self.house.workspace)


@pytest.fixture
def town(tmp_path: Path, database: Engine) -> Town:
    clock = SetClock(NOW)
    company = COMPANY.replace("approval: {approver: marina}", POLICY)
    return Town(furnished(tmp_path, database, {"fake": FakeChannel()}, clock, company=company), clock)


def said(report: Report) -> str:
    return str(report.refusal) if report.refusal else report.lines[0].said


def test_a_correction_goes_out_and_the_approver_is_told_at_once(town: Town) -> None:
    town.piece()
    report = town.let_out()
    assert report.lines[0].done and "without approval" in report.lines[0].said
    row = town.row()
    assert row.approved_hash == row.content_hash and row.state == State.PLANNED
    assert row.hurried == {"person": "olga", "why": WHY, "version": "version-7"}
    [question] = town.questions()
    assert (question.asking, question.asked_of, question.asked_by) == (Asking.AFTER, "marina", "olga")
    [(person, body)] = town.letters()
    assert person == "marina" and WHY in body and "Olga" in body
    with town.house.sessions() as session:
        [made] = session.query(Approval).where(Approval.step == Step.URGENT)  # type: ignore[arg-type]
        assert (made.person, made.proven, made.reason) == ("olga", True, WHY)


def test_the_question_stays_open_until_it_is_answered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.piece()
    town.let_out()
    town.clock.at += timedelta(days=30)
    look_after_requests.fn()
    [question] = town.questions()
    assert question.state == "open"
    with town.house.sessions.begin() as session:
        left = approval.undecided(session, question.id or 0)
        assert [row.version for row in left] == ["version-7"]
        give(session, town.clock, left[0].subject, left[0].version, Decision.APPROVED, "marina", proven=True)
    look_after_requests.fn()
    assert [question.state for question in town.questions()] == ["decided"]


def test_what_was_held_because_nobody_had_decided_goes_now(town: Town) -> None:
    late = because("Nobody had decided.", code="not_approved").model_dump()
    town.piece(state=State.HELD, reason=late, late_at=NOW - timedelta(hours=1))
    report = town.let_out()
    assert "goes out now" in report.lines[0].said
    assert (town.row().state, town.row().due_at) == (State.PLANNED, NOW)


def test_what_goes_out_after_the_quiet_hours_is_not_said_to_go_now(town: Town) -> None:
    path = town.house.root / "company.yaml"
    path.write_text(path.read_text() + 'quiet_hours: "10:00-18:00"\n')  # it is noon in Moscow
    late = because("Nobody had decided.", code="not_approved").model_dump()
    town.piece(state=State.HELD, reason=late, late_at=NOW - timedelta(hours=1))
    [line] = town.let_out().lines
    assert line.said == "let out without approval; it goes out 23.11.2026 18:00"
    assert town.row().due_at == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("person", "piece", "words"),
    [
        pytest.param("vera", {}, "is not among those", id="not named"),
        pytest.param("olga", {"approved_before": False}, "no correction", id="a first version"),
        pytest.param("olga", {"state": State.SENT}, "nothing to let out", id="out already"),
        pytest.param("nobody", {}, "nobody", id="a stranger"),
    ],
)
def test_what_may_not_be_hurried_stays(town: Town, person: str, piece: dict[str, Any], words: str) -> None:
    town.piece(**piece)
    report = town.let_out(person)
    assert words in said(report), said(report)
    assert town.row().approved_hash == "" and town.questions() == [] and town.letters() == []


def test_where_nobody_who_could_decide_is_there_a_first_version_goes_too(town: Town) -> None:
    town.piece(approved_before=False)
    town.away("marina", "vera")
    assert town.let_out().lines[0].done


def test_above_the_threshold_nothing_is_hurried(town: Town) -> None:
    id, _ = town.piece()
    spent = Observation(operation="M4", subject_kind="piece", subject_id=str(id), metric="expenses", value=5_000_001,
                        cost=5_000_001, currency="RUB", observed_at=NOW, source="stated")  # fmt: skip
    with town.house.sessions.begin() as session:
        registry.record(session, [spent], town.clock)
    assert "threshold" in said(town.let_out()) and town.row().approved_hash == ""


def test_a_name_that_was_only_typed_lets_nothing_out(town: Town) -> None:
    town.piece()
    report = town.hurrying.let_out(UrgentOrder(person="olga", piece="7", reason=WHY), proven=False)
    assert "https://staff.example" in said(report) and town.row().approved_hash == ""


def test_a_reason_is_needed_and_the_version_that_was_read(town: Town) -> None:
    town.piece()
    assert "Say why" in said(town.let_out(why=" "))
    assert "has been changed" in said(town.let_out(version="another"))
    assert town.let_out(version="version-7").lines[0].done


def test_the_same_order_twice_finds_nothing_left(town: Town) -> None:
    town.piece()
    town.let_out()
    assert "nothing to let out" in said(town.let_out("gleb")) and len(town.questions()) == 1


def test_of_many_who_hurry_at_once_one_lets_it_out(town: Town) -> None:
    town.piece()
    start, done = Barrier(4), []

    def hurry(person: str) -> None:
        start.wait()
        report = town.let_out(person)
        done.append(bool(report.lines and report.lines[0].done))

    threads = [Thread(target=hurry, args=(person,)) for person in ("olga", "gleb") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True] and len(town.questions()) == 1


def test_what_went_out_in_a_hurry_is_counted(town: Town) -> None:
    town.piece()
    town.let_out()
    with town.house.sessions.begin() as session:
        row = session.get_one(Delivery, 1)
        row.state, row.sent_at, row.settled_at = State.SENT, NOW, NOW
    with town.house.sessions() as session:
        assert "urgent" in [one.metric for one in collecting.new_publications(session)]
