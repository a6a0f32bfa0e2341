"""Whose word lets something out, and whose does not; on both databases."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from models.approval import Approval, Decision, Step
from models.database import SetClock
from models.delivery import Delivery, State
from models.desk import Verdict
from models.people import Person
from models.reaction import Notice
from tasks.approval import rows as approval
from tasks.decisions import rows
from tasks.posting.rows import KIND
from tests.fakes import NOW, delivery
from tests.tasks.approval.test_rows import a_piece, states
from tests.verdicts import give

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)


def say(sessions: Sessions, piece: int, step: str, decision: Decision = Decision.APPROVED, version: str = "h1") -> None:
    with sessions.begin() as session:
        session.add(Approval(subject=f"{piece}:fake", version=version, step=step, decision=decision, person="x",
                             decided_at=NOW))  # fmt: skip
        session.flush()
        rows.apply_approvals(session, CLOCK)
        rows.hold_returned(session)


def decide(sessions: Sessions, piece: int, decision: Decision, step: Step = Step.APPROVER, version: str = "h1") -> bool:
    with sessions.begin() as session:
        done = give(session, CLOCK, f"{piece}:fake", version, decision, "anna", proven=True, reason="why",
                           step=step)  # fmt: skip
        return done


@pytest.mark.parametrize("decision", list(Decision))
def test_the_word_of_an_outsider_moves_nothing(sessions: Sessions, decision: Decision) -> None:
    piece = a_piece(sessions)
    say(sessions, piece, "reviewer:1", decision)
    assert states(sessions) == [(State.PLANNED, False)]
    with sessions() as session:
        assert len(approval.waiting(session)) == 1, "it is still asked about"
        assert rows.decided_by(session, f"{piece}:fake", "h1") is None
        assert rows.former_versions(session, [(f"{piece}:fake", "h2")]) == {}


def test_what_was_let_out_at_once_goes_and_nobody_is_asked_before(sessions: Sessions) -> None:
    piece = a_piece(sessions, occurrences=2)
    assert decide(sessions, piece, Decision.APPROVED, Step.URGENT)
    assert not decide(sessions, piece, Decision.APPROVED, Step.URGENT)
    assert states(sessions) == [(State.PLANNED, True)] * 2
    with sessions() as session:
        assert approval.waiting(session) == []
        assert [row.hurried["person"] for row in session.query(Delivery)] == ["anna", "anna"]


def test_a_no_afterwards_takes_back_what_is_not_out_yet(sessions: Sessions) -> None:
    piece = a_piece(sessions, occurrences=2)
    decide(sessions, piece, Decision.APPROVED, Step.URGENT)
    with sessions.begin() as session:
        session.add(Person(key="gleb", name="Gleb", roles=["author"], changed_at=NOW))
        session.add(Person(key="tom", name="Tom", roles=["technician"], changed_at=NOW))
        session.get_one(Delivery, 1).state = State.SENT
        session.get_one(Delivery, 1).url = "https://t.me/x/1"
    assert decide(sessions, piece, Decision.RETURNED)
    with sessions.begin() as session:
        rows.apply_approvals(session, CLOCK)
        found = session.query(Delivery).where(Delivery.kind == KIND).order_by(Delivery.id)  # type: ignore[arg-type]
        assert [(row.state, row.approved_hash == row.content_hash) for row in found] == [
            (State.SENT, True), (State.HELD, False),
        ]  # fmt: skip
        told = session.query(Notice).order_by(Notice.person)
        assert [notice.person for notice in told] == ["anna", "gleb", "tom"]
        assert all("https://t.me/x/1" in notice.body for notice in told)


def test_a_yes_afterwards_leaves_everything_as_it_is(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    decide(sessions, piece, Decision.APPROVED, Step.URGENT)
    assert decide(sessions, piece, Decision.APPROVED)
    assert states(sessions) == [(State.PLANNED, True)]


def test_a_new_repeat_of_what_was_let_out_goes_until_it_is_sent_back(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    decide(sessions, piece, Decision.APPROVED, Step.URGENT)
    with sessions.begin() as session:
        session.add(delivery("later", NOW, approved_hash="", subject_id=str(piece), content_id=1, content_hash="h1"))
    with sessions.begin() as session:
        rows.approve_by_policy(session, CLOCK, [])
    assert states(sessions) == [(State.PLANNED, True)] * 2


def test_the_version_approved_before_is_the_last_one_that_stands(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    subject = f"{piece}:fake"
    decide(sessions, piece, Decision.APPROVED, version="first")
    decide(sessions, piece, Decision.APPROVED, Step.URGENT, version="hurried")
    decide(sessions, piece, Decision.RETURNED, version="hurried")
    decide(sessions, piece, Decision.RETURNED, version="refused")
    with sessions() as session:
        assert rows.former_versions(session, [(subject, "h1"), ("9:fake", "h1")]) == {(subject, "h1"): "first"}
        assert rows.former_versions(session, [(subject, "first")]) == {}, "what came later was not before it"


def test_a_persons_last_reasons_are_offered_again_each_once(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for number, why in enumerate(["нет цены", "опечатка", "нет цены", "", "длинно", "тон", "фото", "рано"]):
            session.add(Approval(subject=f"{number}:x", version="v", decision=Decision.RETURNED, person="anna",
                                 reason=why, decided_at=NOW))  # fmt: skip
        session.add(Approval(subject="99:x", version="v", decision=Decision.RETURNED, person="vera", reason="чужая",
                             decided_at=NOW))  # fmt: skip
    with sessions() as session:
        assert rows.reasons_of(session, "anna") == ["рано", "фото", "тон", "длинно", "нет цены"]


def test_hurry_and_a_no_at_the_same_moment_never_leave_it_approved(sessions: Sessions) -> None:
    """Whoever commits last has seen the other: what was sent back is held and not approved, in whatever order."""
    for number in range(6):
        piece = a_piece(sessions, number=str(number), hash=f"v{number}")
        start = Barrier(2)

        def hurry(piece: int = piece, version: str = f"v{number}", start: Barrier = start) -> None:
            start.wait()
            with sessions.begin() as session:
                rows.lock(session, f"{piece}:fake")
                if rows.decided_by(session, f"{piece}:fake", version) is None:
                    give(session, CLOCK, f"{piece}:fake", version, Decision.APPROVED, "olga", proven=True,
                                reason="горит", step=Step.URGENT)  # fmt: skip

        def refuse(piece: int = piece, version: str = f"v{number}", start: Barrier = start) -> None:
            start.wait()
            assert decide(sessions, piece, Decision.RETURNED, version=version)

        threads = [Thread(target=hurry), Thread(target=refuse)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with sessions() as session:
        placed = session.query(Delivery).where(Delivery.kind == KIND)  # type: ignore[arg-type]
        assert {(row.state, row.approved_hash) for row in placed} == {(State.HELD, "")}


@pytest.mark.parametrize("decision", list(Decision))
def test_a_hundred_verdicts_take_as_many_statements_as_one(sessions: Sessions, decision: Decision) -> None:
    def statements(first: int, number: int) -> int:
        found = [a_piece(sessions, number=str(n), hash=f"v{n}") for n in range(first, first + number)]
        said = [
            Verdict(subject=f"{piece}:fake", version=f"v{first + n}", decision=decision, reason=f"why {n}")
            for n, piece in enumerate(found)
        ]
        asked: list[str] = []
        with sessions.begin() as session:
            engine = session.get_bind()
            session.connection()
            event.listen(engine, "before_cursor_execute", lambda c, k, sql, *rest: asked.append(sql))
            assert len(rows.decide(session, CLOCK, said, "anna", proven=True)) == number
            assert rows.decide(session, CLOCK, said, "vera", proven=True) == set()
        return len(asked)

    with sessions.begin() as session:
        session.add(Person(key="gleb", name="Gleb", roles=["author"], changed_at=NOW))
    assert statements(1, 1) == statements(10, 100)
    with sessions() as session:
        held = session.query(Delivery).where(Delivery.kind == KIND).order_by(Delivery.id)  # type: ignore[arg-type]
        if decision is Decision.RETURNED:
            assert [row.reason["words"]["why"] for row in held] == ["why 0", *(f"why {n}" for n in range(100))]
            assert session.query(Notice).count() == 101
        else:
            assert all(row.approved_hash == row.content_hash for row in held)
