"""Requests and decisions, on both databases."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.approval import Decision
from models.database import DatabaseClock, SetClock
from models.delivery import Delivery, State
from models.people import Person
from models.piece import Piece, Rendition
from models.reaction import Notice
from models.registry import Fact, Observation
from tasks.approval import rows
from tasks.approval.rules import Demands
from tasks.orders import rows as orders
from tasks.placing import rows as placing
from tasks.recovery import rows as recovery
from tasks.registry import rows as registry
from tests.fakes import NOW, delivery
from tests.plans import walked
from tests.verdicts import give

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)


def a_piece(sessions: Sessions, number: str = "1", hash: str = "h1", occurrences: int = 1, **fields: object) -> int:
    with sessions.begin() as session:
        piece = Piece(number=number, source="plan", source_ref=number, title="Tea", author="gleb", created_at=NOW,
                      changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        rendition = Rendition(piece_id=piece.id or 0, version_id=1, account="fake", post={"text": "tea"},
                              content_hash=hash, made_at=NOW)  # fmt: skip
        session.add(rendition)
        session.flush()
        common = {"approved_hash": "", "subject_id": str(piece.id), "content_id": rendition.id, "content_hash": hash}
        for n in range(occurrences):
            at = NOW + timedelta(days=n)
            session.add(delivery(f"{piece.id}:{n}", at=at, **(common | fields)))
        return piece.id or 0


def states(sessions: Sessions) -> list[tuple[str, bool]]:
    with sessions() as session:
        found = session.query(Delivery).order_by(Delivery.id)  # type: ignore[arg-type]
        return [(row.state, row.approved_hash == row.content_hash) for row in found]


def decide(sessions: Sessions, piece: int, decision: Decision = Decision.APPROVED, version: str = "h1") -> bool:
    with sessions.begin() as session:
        subject = rows.subject_of(piece, "fake")
        return give(session, CLOCK, subject, version, decision, "anna", reason="no")


def test_one_question_about_a_version_however_often_it_repeats(sessions: Sessions) -> None:
    a_piece(sessions, occurrences=3)
    with sessions() as session:
        [entry] = rows.waiting(session)
    assert (entry.due_at, entry.version, entry.title) == (NOW, "h1", "Tea")


def test_what_waits_is_found_without_looking_at_other_pieces(sessions: Sessions) -> None:
    with sessions() as session:
        assert walked(session, lambda: rows.waiting(session)) == []
        assert walked(session, lambda: rows.waiting(session, piece_id=7)) == []


def test_an_approval_lets_all_occurrences_of_the_version_go(sessions: Sessions) -> None:
    piece = a_piece(sessions, occurrences=3)
    assert decide(sessions, piece)
    assert states(sessions) == [(State.PLANNED, True)] * 3


def test_an_approval_of_another_version_lets_nothing_go(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    assert decide(sessions, piece, version="older")
    assert states(sessions) == [(State.PLANNED, False)]


def test_a_second_decision_is_refused_and_the_first_one_named(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    assert decide(sessions, piece)
    assert not decide(sessions, piece, Decision.RETURNED)
    with sessions() as session:
        first = rows.decided_by(session, rows.subject_of(piece, "fake"), "h1")
    assert first
    assert (first.person, first.decision) == ("anna", Decision.APPROVED)


def test_of_two_approvers_at_once_one_decides(sessions: Sessions) -> None:
    piece, start = a_piece(sessions), Barrier(4)
    won: list[bool] = []

    def answer(decision: Decision) -> None:
        start.wait()
        won.append(decide(sessions, piece, decision))

    threads = [Thread(target=answer, args=(d,)) for d in (Decision.APPROVED, Decision.RETURNED) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_what_is_sent_back_is_held_with_the_reason_and_its_author_told(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    decide(sessions, piece, Decision.RETURNED)
    with sessions.begin() as session:
        notice = session.query(Delivery).where(Delivery.kind == "notice").one()  # type: ignore[arg-type]
        assert notice.subject_id == "gleb"
        session.delete(notice)
    assert states(sessions) == [(State.HELD, False)]
    with sessions() as session:
        row = session.query(Delivery).one()
        assert (row.reason["code"], row.reason["words"]["why"]) == ("returned", "no")


def test_asking_again_under_the_same_key_is_the_same_request(sessions: Sessions) -> None:
    a_piece(sessions)
    with sessions.begin() as session:
        waiting = rows.waiting(session)
        first = rows.open_request(session, CLOCK, "week", "Week", "anna", waiting, "run-1")
        again = rows.open_request(session, CLOCK, "week", "Week", "anna", waiting, "run-2")
        assert first.id == again.id
        assert again.run_id == "run-2"
        assert len(rows.rows_of(session, first.id or 0)) == 1


def test_policy_approves_what_nobody_decided(sessions: Sessions) -> None:
    piece, other = a_piece(sessions), a_piece(sessions, number="2")
    decide(sessions, other, Decision.RETURNED)
    with sessions.begin() as session:
        subjects = [(rows.subject_of(id, "fake"), "h1") for id in (piece, other)]
        rows.approve_by_policy(session, CLOCK, subjects)
        rows.approve_by_policy(session, CLOCK, subjects)
    assert states(sessions)[:2] == [(State.PLANNED, True), (State.HELD, False)]


def test_a_request_is_closed_once(sessions: Sessions) -> None:
    a_piece(sessions)
    with sessions.begin() as session:
        request = rows.open_request(session, DatabaseClock(), "week", "Week", "anna", rows.waiting(session))
        assert rows.close_request(session, DatabaseClock(), request.id or 0)
        assert not rows.close_request(session, DatabaseClock(), request.id or 0)


@pytest.mark.parametrize(
    ("late_at", "state"),
    [
        pytest.param(NOW + timedelta(hours=1), State.PLANNED, id="still-in-time"),
        pytest.param(NOW - timedelta(hours=1), State.HELD, id="too-late"),
        pytest.param(None, State.PLANNED, id="never-late"),
    ],
)
def test_a_late_approval_lets_go_only_what_is_not_late(
    sessions: Sessions, late_at: datetime | None, state: State
) -> None:
    piece = a_piece(sessions, late_at=late_at)
    with sessions.begin() as session:
        assert recovery.apply_lateness(session, CLOCK, "placement") == 1
    assert states(sessions) == [(State.HELD, False)]
    decide(sessions, piece)
    assert states(sessions) == [(state, True)]


def test_what_a_person_holds_is_not_let_go_by_an_approval(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    with sessions.begin() as session:
        orders.hold(session, [1], "anna", "wait")
    decide(sessions, piece)
    assert states(sessions) == [(State.HELD, True)]


# What comes after a decision.


def test_a_new_occurrence_of_an_approved_version_goes_too(sessions: Sessions) -> None:
    """No channel is approved by policy here: the occurrence is let go all the same."""
    piece = a_piece(sessions)
    decide(sessions, piece)
    with sessions.begin() as session:
        session.add(delivery("later", NOW + timedelta(days=7), approved_hash="", subject_id=str(piece), content_id=1,
                             content_hash="h1"))  # fmt: skip
    with sessions.begin() as session:
        rows.approve_by_policy(session, CLOCK, [])
    assert states(sessions) == [(State.PLANNED, True)] * 2


@pytest.mark.parametrize("state", [State.MISSED, State.REJECTED, State.CANCELLED])
def test_what_was_approved_meanwhile_can_be_restored_later(sessions: Sessions, state: State) -> None:
    piece = a_piece(sessions, state=state)
    decide(sessions, piece)
    assert states(sessions) == [(state, True)]


def test_what_was_sent_back_no_longer_waits_for_an_approver(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    a_piece(sessions, number="2", hash="h2")
    decide(sessions, piece, Decision.RETURNED)
    with sessions() as session:
        assert [entry.number for entry in rows.waiting(session)] == ["2"]


def test_what_is_sent_back_after_its_time_says_so(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    with sessions.begin() as session:
        recovery.apply_lateness(session, CLOCK, "placement")
    decide(sessions, piece, Decision.RETURNED)
    with sessions() as session:
        row = session.query(Delivery).where(Delivery.kind == "placement").one()  # type: ignore[arg-type]
        assert (row.state, row.reason["code"]) == (State.HELD, "returned")


def test_a_decision_touches_nothing_but_what_it_is_about(sessions: Sessions) -> None:
    first, second = a_piece(sessions), a_piece(sessions, number="2")
    decide(sessions, first)
    decide(sessions, second, Decision.RETURNED)
    assert states(sessions)[:2] == [(State.PLANNED, True), (State.HELD, False)]


def test_the_author_is_told_by_whom_by_name(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(Person(key="anna", name="Anna Approver", changed_at=NOW))
    decide(sessions, a_piece(sessions), Decision.RETURNED)
    with sessions() as session:
        assert session.query(Notice).one().body.startswith("Anna Approver sent")


# What is left of a question.


def ask(sessions: Sessions) -> int:
    with sessions.begin() as session:
        return rows.open_request(session, CLOCK, "week", "Week", "anna", rows.waiting(session), "run-1").id or 0


def test_a_version_that_was_replaced_is_not_asked_about_any_more(sessions: Sessions) -> None:
    a_piece(sessions)
    other = a_piece(sessions, number="2", hash="h2")
    id = ask(sessions)
    with sessions.begin() as session:
        placing.replace_content(session, {1: (9, "newer")})
        assert [row.subject for row in rows.undecided(session, id)] == [f"{other}:fake"]
        assert rows.progress(session, [id]) == {id: (1, 2)}
        orders.cancel(session, [2], "anna")
        assert rows.undecided(session, id) == []


def test_a_question_stays_open_as_long_as_something_in_it_can_still_go_out(sessions: Sessions) -> None:
    a_piece(sessions, late_at=NOW + timedelta(hours=2))
    far = a_piece(sessions, number="2", hash="h2", late_at=NOW + timedelta(days=30))
    id = ask(sessions)
    with sessions() as session:
        assert rows.last_chance(session, id) == NOW + timedelta(days=30)
    decide(sessions, far, version="h2")
    with sessions() as session:
        assert rows.last_chance(session, id) == NOW + timedelta(hours=2), "what is decided keeps nothing open"


def test_an_edit_is_known_to_have_been_asked_about_before(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    ask(sessions)
    with sessions() as session:
        assert rows.asked_before(session, [f"{piece}:fake", "99:fake"]) == {f"{piece}:fake"}


# Thresholds.

LIMITS = Demands(money=5_000_000, currency="RUB")


def spend(sessions: Sessions, piece: int, cost: int, channel: str = "", currency: str = "RUB") -> None:
    with sessions.begin() as session:
        spent = Observation(
            operation="M4", subject_kind="piece", subject_id=str(piece), metric="expenses", value=cost, cost=cost,
            currency=currency, channel=channel, observed_at=NOW, source="stated", key=f"{piece}{channel}{currency}",
        )  # fmt: skip
        assert registry.record(session, [spent], CLOCK) == 1


def weight(sessions: Sessions, piece: int, demands: Demands = LIMITS) -> int | None:
    with sessions() as session:
        return rows.weights(session, [f"{piece}:fake"], demands)[f"{piece}:fake"].money


def test_a_version_weighs_what_the_registry_knows_of_its_piece(sessions: Sessions) -> None:
    piece, unknown = a_piece(sessions), a_piece(sessions, number="2")
    spend(sessions, piece, 4_000_000)
    spend(sessions, piece, 500, "fake")
    spend(sessions, piece, 7, "elsewhere")
    spend(sessions, piece, 999, currency="EUR")
    assert weight(sessions, piece) == 4_000_500
    assert weight(sessions, unknown) is None and weight(sessions, piece, Demands()) is None


def test_a_corrected_cost_weighs_what_it_was_corrected_to(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    spend(sessions, piece, 9_000_000)
    with sessions.begin() as session:
        [wrong] = session.query(Fact)
        right = wrong.observation().model_copy(update={"value": 1, "cost": 1, "corrects": wrong.id, "key": "right"})
        registry.record(session, [right], CLOCK)
    assert weight(sessions, piece) == 1


def test_policy_does_not_approve_what_is_above_the_threshold(sessions: Sessions) -> None:
    dear, cheap = a_piece(sessions), a_piece(sessions, number="2", hash="h2")
    spend(sessions, dear, 5_000_001)
    spend(sessions, cheap, 5_000_000)
    with sessions.begin() as session:
        subjects = [(f"{dear}:fake", "h1"), (f"{cheap}:fake", "h2")]
        rows.approve_by_policy(session, CLOCK, subjects, LIMITS)
    assert states(sessions) == [(State.PLANNED, False), (State.PLANNED, True)]
