"""The laws of the delivery table, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import Session, sessionmaker

from models.database import DatabaseClock, Moment, SetClock
from models.delivery import TRANSITIONS, Delivery, Lateness, PartRow, State, Verb, may_become
from models.reason import because
from models.stop import Scope, StopOrder
from tasks.delivery import rows
from tasks.delivery.rows import Claim, Intention, Outcome
from tasks.orders import rows as orders
from tasks.placing import rows as placing
from tasks.recovery import rows as recovery
from tasks.stop import rows as stops
from tests.fakes import NOW, delivery

LEASE = timedelta(seconds=60)
CALL = timedelta(seconds=10)
Sessions = sessionmaker[Session]


def put(sessions: Sessions, *deliveries: Delivery) -> list[int]:
    with sessions.begin() as session:
        session.add_all(deliveries)
        session.flush()
        return [d.id for d in deliveries if d.id]


def look(sessions: Sessions, id: int) -> Delivery:
    with sessions() as session:
        found = session.get(Delivery, id)
        assert found is not None
        return found


def claim(sessions: Sessions, clock: SetClock, limit: int = 10, worker: str = "w", **more: Any) -> list[Claim]:
    with sessions.begin() as session:
        return rows.claim(session, clock, "placement", worker, "fake", limit, LEASE, **more)


def intend(sessions: Sessions, clock: SetClock, claims: list[Claim], **more: Any) -> set[int]:
    with sessions.begin() as session:
        return rows.write_intents(session, clock, [Intention(c.id, c.token, **more) for c in claims], LEASE, CALL)


def settle(sessions: Sessions, clock: SetClock, *outcomes: Outcome) -> int:
    with sessions.begin() as session:
        return rows.settle(session, clock, outcomes)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def test_a_due_row_goes_claimed_intent_sent(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    assert look(sessions, id).state == State.CLAIMED
    assert intend(sessions, clock, [mine]) == {id}
    assert look(sessions, id).first_intent_at == NOW
    assert settle(sessions, clock, Outcome(id, mine.token, State.SENT, remote_id="7", url="u", detail={"x": 1})) == 1
    row = look(sessions, id)
    assert (row.state, row.remote_id, row.url, row.detail, row.sent_at) == (State.SENT, "7", "u", {"x": 1}, NOW)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"at": NOW + timedelta(seconds=1)}, id="not-due"),
        pytest.param({"approved_hash": ""}, id="not-approved"),
        pytest.param({"approved_hash": "other"}, id="approved-otherwise"),
        pytest.param({"next_try_at": NOW + timedelta(seconds=1)}, id="waits"),
        pytest.param({"account": "other"}, id="other-account"),
        pytest.param({"kind": "message"}, id="other-kind"),
        pytest.param({"state": State.HELD}, id="held"),
        pytest.param({"state": State.SENT}, id="sent"),
    ],
)
def test_only_what_may_go_is_claimed(sessions: Sessions, clock: SetClock, fields: dict[str, Any]) -> None:
    put(sessions, delivery("a", **fields))
    assert claim(sessions, clock) == []


def test_quiet_hours_let_only_urgent_rows_through(sessions: Sessions, clock: SetClock) -> None:
    put(sessions, delivery("a"), delivery("b", heeds_quiet_hours=False))
    assert [c.key for c in claim(sessions, clock, heeding_quiet=True)] == ["b"]


def test_an_edit_waits_until_its_publication_is_out(sessions: Sessions, clock: SetClock) -> None:
    [base] = put(sessions, delivery("a", at=NOW + timedelta(hours=1)))
    put(sessions, delivery("b", verb="edit", base_id=base))
    assert claim(sessions, clock) == []
    with sessions.begin() as session:
        row = session.get(Delivery, base)
        assert row
        row.state, row.remote_id, row.detail = State.SENT, "42", {"ids": [1]}
    [edit] = claim(sessions, clock)
    assert (edit.base_remote_id, edit.base_detail) == ("42", {"ids": [1]})


def test_rows_go_by_time(sessions: Sessions, clock: SetClock) -> None:
    put(sessions, delivery("late"), delivery("early", at=NOW - LEASE))
    assert claim(sessions, clock, limit=1)[0].key == "early"
    assert claim(sessions, clock, limit=1)[0].key == "late"


STOPS = [(Scope.ALL, ""), (Scope.CHANNEL, "fake"), (Scope.CAMPAIGN, "autumn"), (Scope.PIECE, "1")]


@pytest.mark.parametrize(("scope", "key"), STOPS)
def test_a_stop_holds_claims_and_intents_until_it_is_released(
    sessions: Sessions, clock: SetClock, scope: Scope, key: str
) -> None:
    put(sessions, delivery("a", campaign="autumn"), delivery("b", campaign="autumn"))
    [mine] = claim(sessions, clock, limit=1)
    with sessions.begin() as session:
        order = stops.pull_stop(session, clock, scope, key, "Anna", "wrong price")
    assert claim(sessions, clock) == []
    assert intend(sessions, clock, [mine]) == set()
    with sessions.begin() as session:
        assert stops.release_stop(session, clock, order, "Anna")
        assert not stops.release_stop(session, clock, order, "Anna")
    assert intend(sessions, clock, [mine]) == {mine.id}


@pytest.mark.parametrize(("scope", "key"), [(Scope.CHANNEL, "x"), (Scope.CAMPAIGN, "x"), (Scope.PIECE, "2")])
def test_a_stop_holds_only_what_it_covers(sessions: Sessions, clock: SetClock, scope: Scope, key: str) -> None:
    put(sessions, delivery("a", campaign="autumn"))
    with sessions.begin() as session:
        stops.pull_stop(session, clock, scope, key, "Anna", "")
    assert len(claim(sessions, clock)) == 1


def test_a_take_down_passes_a_stop(sessions: Sessions, clock: SetClock) -> None:
    [base] = put(sessions, delivery("a", state=State.SENT, remote_id="1"))
    put(sessions, delivery("b", verb="delete", base_id=base))
    with sessions.begin() as session:
        stops.pull_stop(session, clock, Scope.ALL, "", "Anna", "")
    assert [c.key for c in claim(sessions, clock)] == ["b"]


def test_an_album_that_began_is_finished_under_a_stop(sessions: Sessions, clock: SetClock) -> None:
    put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    with sessions.begin() as session:
        stops.pull_stop(session, clock, Scope.ALL, "", "Anna", "")
    assert intend(sessions, clock, [mine]) == set()
    assert intend(sessions, clock, [mine], begun=True) == {mine.id}


def test_an_intent_needs_time_for_its_call(sessions: Sessions, clock: SetClock) -> None:
    put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    clock.at = NOW + LEASE - CALL
    assert intend(sessions, clock, [mine]) == set()
    clock.at -= timedelta(milliseconds=1)
    assert intend(sessions, clock, [mine]) == {mine.id}


def test_content_changed_after_the_claim_does_not_go_out(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    with sessions.begin() as session:
        assert placing.replace_content(session, {id: (2, "new")}) == 1
    assert intend(sessions, clock, [mine]) == set()
    assert look(sessions, id).state == State.PLANNED
    assert claim(sessions, clock) == []


def test_a_ghost_of_an_older_claim_can_write_nothing(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a"))
    [ghost] = claim(sessions, clock, worker="first")
    clock.at = NOW + 2 * LEASE
    with sessions.begin() as session:
        assert recovery.expire(session, clock) == (1, 0)
    [mine] = claim(sessions, clock, worker="second")
    assert intend(sessions, clock, [ghost]) == set()
    assert intend(sessions, clock, [mine]) == {id}
    assert settle(sessions, clock, Outcome(id, ghost.token, State.SENT, remote_id="ghost")) == 0
    assert settle(sessions, clock, Outcome(id, mine.token, State.SENT, remote_id="mine")) == 1
    assert look(sessions, id).remote_id == "mine"


def test_an_expired_lease_with_an_intent_is_unknown_and_may_still_be_settled(
    sessions: Sessions, clock: SetClock
) -> None:
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    intend(sessions, clock, [mine])
    clock.at = NOW + 2 * LEASE
    with sessions.begin() as session:
        assert recovery.expire(session, clock) == (0, 1)
    assert look(sessions, id).state == State.UNKNOWN
    assert settle(sessions, clock, Outcome(id, mine.token, State.SENT, remote_id="late")) == 1
    assert look(sessions, id).state == State.SENT


class TickingClock(SetClock):
    """A clock that goes on by a minute with every statement that asks it."""

    def plus(self, offset: timedelta = timedelta(0)) -> ColumnElement[Any]:
        return bindparam(None, callable_=lambda: self.tick() + offset, type_=Moment(), unique=True)

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def test_a_lease_that_runs_out_between_two_statements_is_never_planned_again(
    sessions: Sessions, clock: SetClock
) -> None:
    """Found by a storm: the first statement saw the call in the air alive, the second one saw its lease over."""
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    intend(sessions, clock, [mine])
    with sessions.begin() as session:
        row = session.get(Delivery, id)
        assert row
        row.lease_until = NOW + timedelta(seconds=90)
    with sessions.begin() as session:
        recovery.expire(session, TickingClock(NOW))
    assert look(sessions, id).state in (State.INTENT, State.UNKNOWN)


def test_an_expired_harmless_call_is_planned_again(sessions: Sessions, clock: SetClock) -> None:
    put(sessions, delivery("a", repeatable=True))
    [mine] = claim(sessions, clock)
    intend(sessions, clock, [mine])
    clock.at = NOW + 2 * LEASE
    with sessions.begin() as session:
        assert recovery.expire(session, clock) == (1, 0)


def test_an_expired_album_resumes_after_its_last_known_part(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    with sessions.begin() as session:
        parts = [("upload", True), ("post", False)]
        rows.write_parts(session, [_part(id, n, name, repeatable) for n, (name, repeatable) in enumerate(parts)])
    intend(sessions, clock, [mine], ordinal=0)
    settle(sessions, clock, Outcome(id, mine.token, State.SENT, ordinal=0, final=False, detail={"photo": "p1"}))
    clock.at = NOW + 2 * LEASE
    with sessions.begin() as session:
        assert recovery.expire(session, clock) == (1, 0)
    [again] = claim(sessions, clock)
    assert again.token == mine.token + 1
    with sessions() as session:
        first, second = rows.parts_of(session, [id])[id]
    assert (first.state, first.detail, second.state) == (State.SENT, {"photo": "p1"}, State.PLANNED)


def _part(id: int, ordinal: int, name: str, repeatable: bool) -> dict[str, Any]:
    return {"delivery_id": id, "ordinal": ordinal, "name": name, "repeatable": repeatable, "state": State.PLANNED,
            "remote_id": "", "url": "", "detail": {}}  # fmt: skip


def test_not_now_waits_and_counts(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a"))
    [mine] = claim(sessions, clock)
    intend(sessions, clock, [mine])
    wait = timedelta(seconds=30)
    settle(sessions, clock, Outcome(id, mine.token, State.PLANNED, reason=because("busy"), retry_in=wait))
    row = look(sessions, id)
    assert (row.state, row.attempts, row.next_try_at, row.reason["text"]) == (State.PLANNED, 1, NOW + wait, "busy")


LATE = NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("policy", "state"),
    [(Lateness.PUBLISH, State.PLANNED), (Lateness.SKIP, State.MISSED), (Lateness.ASK, State.HELD)],
)
def test_a_late_row_follows_its_policy(sessions: Sessions, clock: SetClock, policy: Lateness, state: State) -> None:
    [id] = put(sessions, delivery("a", at=LATE, late_at=LATE, lateness=policy))
    with sessions.begin() as session:
        recovery.apply_lateness(session, clock, "placement")
    assert look(sessions, id).state == state


def test_a_row_nobody_approved_in_time_is_held(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a", approved_hash=""))
    with sessions.begin() as session:
        assert recovery.apply_lateness(session, clock, "placement") == 1
    assert (look(sessions, id).state, look(sessions, id).reason["code"]) == (State.HELD, "not_approved")


def test_a_row_under_a_stop_does_not_grow_late(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a", at=LATE, late_at=LATE, lateness=Lateness.SKIP))
    with sessions.begin() as session:
        session.add(StopOrder(scope=Scope.ALL, pulled_by="Anna", pulled_at=NOW))
        recovery.apply_lateness(session, clock, "placement")
    assert look(sessions, id).state == State.PLANNED


def test_a_cancelled_run_cancels_the_rows_it_announced(sessions: Sessions, clock: SetClock) -> None:
    mine, other, gone = put(
        sessions, delivery("a", run_id="r1"), delivery("b", run_id="r2"), delivery("c", run_id="r1", state=State.SENT)
    )
    with sessions.begin() as session:
        assert recovery.announced_runs(session, clock, "placement", CALL) == {"r1", "r2"}
        assert recovery.obey_cancelled_runs(session, ["r1"]) == 1
    assert [look(sessions, id).state for id in (mine, other, gone)] == [State.CANCELLED, State.PLANNED, State.SENT]


def test_the_same_key_is_one_row(sessions: Sessions) -> None:
    put(sessions, delivery("a"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(sessions, delivery("a"))


def test_two_publishers_never_claim_one_row(sessions: Sessions) -> None:
    """Eight threads claim 200 rows in small bites at once: every row is claimed exactly once."""
    put(sessions, *(delivery(f"k{n}", at=NOW - timedelta(days=30)) for n in range(200)))
    taken: list[int] = []

    def work(worker: str) -> None:
        while True:
            with sessions.begin() as session:
                mine = rows.claim(session, DatabaseClock(), "placement", worker, "fake", 7, LEASE)
            if not mine:
                return
            taken.extend(c.id for c in mine)

    threads = [Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 201))


Operation = Callable[[Session, SetClock, Delivery], Any]


def outcome(state: State) -> Operation:
    return lambda s, c, d: rows.settle(s, c, [Outcome(d.id or 0, d.token, state)])


def bare_claim(d: Delivery) -> Claim:
    return Claim(d.id or 0, d.token, "", "", Verb.PUBLISH, "", 0, 0, 0, NOW, None)


WHEN = orders.When(NOW + LEASE, None, "", "UTC")
OPERATIONS: dict[str, Operation] = {
    "claim": lambda s, c, d: rows.claim(s, c, "placement", "w", "fake", 5, LEASE),
    "intend": lambda s, c, d: rows.write_intents(s, c, [Intention(d.id or 0, d.token)], LEASE, CALL),
    "sent": outcome(State.SENT),
    "rejected": outcome(State.REJECTED),
    "unknown": outcome(State.UNKNOWN),
    "not-now": outcome(State.PLANNED),
    "release": lambda s, c, d: rows.release(s, [(d.id or 0, d.token)]),
    "expire": lambda s, c, d: recovery.expire(s, SetClock(c.at + 9 * LEASE)),
    "lateness": lambda s, c, d: recovery.apply_lateness(s, SetClock(c.at + 9 * LEASE), "placement"),
    "obey": lambda s, c, d: recovery.obey_cancelled_runs(s, ["run"]),
    "hold-account": lambda s, c, d: recovery.hold_account(s, c, "placement", "fake", because("x")),
    "hold-content": lambda s, c, d: recovery.hold_without_content(s, [(d.id or 0, d.token)]),
    "resume-known": lambda s, c, d: recovery.resume_known(s),
    "absent": lambda s, c, d: recovery.replan_absent(s, bare_claim(d)),
    "cancel": lambda s, c, d: orders.cancel(s, [d.id or 0], "A"),
    "hold": lambda s, c, d: orders.hold(s, [d.id or 0], "A"),
    "restore": lambda s, c, d: orders.restore(s, [d.id or 0]),
    "move": lambda s, c, d: orders.reschedule(s, [d.id or 0], WHEN),
    "follow-plan": lambda s, c, d: placing.follow_plan(s, {d.id or 0: WHEN}),
    "return-to-plan": lambda s, c, d: placing.return_to_plan(s, {d.id or 0: WHEN}),
    "leave-plan": lambda s, c, d: placing.leave_plan(s, [d.id or 0]),
    "replace": lambda s, c, d: placing.replace_content(s, {d.id or 0: (2, "h")}),
    "decide-out": lambda s, c, d: orders.decide_unknown(s, c, d.id or 0, orders.Verdict.OUT, "A"),
    "decide-again": lambda s, c, d: orders.decide_unknown(s, c, d.id or 0, orders.Verdict.AGAIN, "A"),
    "decide-leave": lambda s, c, d: orders.decide_unknown(s, c, d.id or 0, orders.Verdict.LEAVE, "A"),
}  # fmt: skip


def test_no_operation_makes_a_forbidden_transition(sessions: Sessions, clock: SetClock) -> None:
    """Every operation on a row of every state: it stays, or becomes what the table allows; every arrow is used."""
    used: set[tuple[State, State]] = set()
    for before, name, policy in product(State, OPERATIONS, (Lateness.SKIP, Lateness.ASK)):
        row = delivery(f"{before}-{name}", state=before, run_id="run", token=1, lateness=policy)
        row.lease_until = row.late_at = NOW + LEASE
        with sessions.begin() as session:
            session.add(row)
            session.flush()
            OPERATIONS[name](session, clock, row)
            session.refresh(row)
            after = State(row.state)
            assert after is before or may_become(before, after), f"{name}: {before} → {after}"
            used.add((before, after))
            session.delete(row)
    arrows = {(now, then) for now, thens in TRANSITIONS.items() for then in thens}
    assert arrows - used == {(State.SENT, State.CONFIRMED)}


def test_an_unknown_row_with_nothing_in_doubt_goes_on(sessions: Sessions, clock: SetClock) -> None:
    [id] = put(sessions, delivery("a", state=State.UNKNOWN, token=1))
    with sessions.begin() as session:
        session.add(PartRow(delivery_id=id, ordinal=0, name="photos", state=State.SENT))
        session.add(PartRow(delivery_id=id, ordinal=1, name="text"))
        assert recovery.resume_known(session) == 1
    assert look(sessions, id).state == State.PLANNED
