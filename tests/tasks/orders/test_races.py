"""Orders against a runner that is publishing, with real threads on both databases: an answer never lies."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.database import DatabaseClock, in_one, now_by
from models.delivery import Delivery, State
from models.orders import Answer, When
from tasks.delivery import rows as deliveries
from tasks.delivery.rows import Intention, Outcome
from tasks.orders import rows
from tests.fakes import delivery

Sessions = sessionmaker[Session]
Order = Callable[[Session, list[int]], dict[int, Answer]]
CLOCK = DatabaseClock()
ROWS, RUNNERS = 60, 3
LEASE, CALL = timedelta(seconds=30), timedelta(seconds=1)
TOMORROW = timedelta(days=1)


def due(sessions: Sessions) -> list[int]:
    with sessions.begin() as session:
        now = now_by(CLOCK, session)
        found = [delivery(f"race-{n}", at=now - timedelta(minutes=1)) for n in range(ROWS)]
        session.add_all(found)
        session.flush()
        return [row.id or 0 for row in found]


def publish(sessions: Sessions, start: Barrier, called: list[int]) -> None:
    """Claim, intend, call, settle, a few rows at a time, until nothing is due."""
    start.wait()
    while True:
        with sessions.begin() as session:
            claims = deliveries.claim(session, CLOCK, "placement", "w", "fake", 4, LEASE)
        if not claims:
            return
        with sessions.begin() as session:
            asked = [Intention(c.id, c.token) for c in claims]
            won = deliveries.write_intents(session, CLOCK, asked, LEASE, CALL)
        called += won
        with sessions.begin() as session:
            deliveries.settle(session, CLOCK, [Outcome(c.id, c.token, State.SENT) for c in claims if c.id in won])


def order_all(sessions: Sessions, start: Barrier, order: Order, ids: list[int], answers: dict[int, Answer]) -> None:
    start.wait()
    for id in reversed(ids):
        with sessions.begin() as session:
            answers |= order(session, [id])


def tomorrow(session: Session) -> When:
    at = now_by(CLOCK, session) + TOMORROW
    return When(at, at + TOMORROW, "2026-11-24T12:00", "UTC")


def race(sessions: Sessions, order: Order) -> tuple[list[int], dict[int, Answer], dict[int, Delivery]]:
    """Publishers and an order at the same rows at once: (called, answers, rows)."""
    ids, start, called, answers = due(sessions), Barrier(RUNNERS + 1), [], {}
    threads = [Thread(target=publish, args=(sessions, start, called)) for _ in range(RUNNERS)]
    threads.append(Thread(target=order_all, args=(sessions, start, order, ids, answers)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        return called, answers, {id: session.get_one(Delivery, id) for id in ids}


@pytest.mark.parametrize(
    ("order", "state"),
    [
        pytest.param(lambda s, ids: rows.cancel(s, ids, "Anna"), State.CANCELLED, id="cancel"),
        pytest.param(lambda s, ids: rows.hold(s, ids, "Anna"), State.HELD, id="hold"),
        pytest.param(lambda s, ids: rows.reschedule(s, ids, tomorrow(s)), State.PLANNED, id="move"),
    ],
)
def test_what_was_ordered_is_not_called_and_what_was_too_late_is_out(
    sessions: Sessions, order: Order, state: State
) -> None:
    called, answers, found = race(sessions, order)
    done = {id for id, answer in answers.items() if answer is Answer.DONE}
    late = {id for id, answer in answers.items() if answer is Answer.TOO_LATE}
    assert done | late == set(found)
    assert sorted(called) == sorted(late), "every row went out once or was ordered away, and the answer says which"
    assert {found[id].state for id in done} <= {state}
    assert {found[id].state for id in late} <= {State.SENT}


def test_two_orders_at_once_do_not_both_win(sessions: Sessions) -> None:
    ids, start = due(sessions), Barrier(2)
    first: dict[int, Answer] = {}
    second: dict[int, Answer] = {}
    orders: list[tuple[Order, dict[int, Answer]]] = [
        (lambda s, i: rows.cancel(s, i, "Anna"), first), (lambda s, i: rows.hold(s, i, "Olga"), second),
    ]  # fmt: skip
    threads = [Thread(target=order_all, args=(sessions, start, order, ids, kept)) for order, kept in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        found = {id: session.get_one(Delivery, id) for id in ids}
    assert all(found[id].state == State.CANCELLED for id in ids), "what is held may be cancelled, never the other way"
    assert all(answer is Answer.DONE for answer in first.values())
    assert set(second.values()) <= {Answer.DONE, Answer.TOO_LATE}


def test_a_row_ordered_twice_to_go_out_now_goes_out_once(sessions: Sessions) -> None:
    ids, called = due(sessions), []
    start = Barrier(3)

    def now(session: Session, ids: list[int]) -> dict[int, Answer]:
        at = now_by(CLOCK, session)
        return {id: rows.publish_now(session, id, When(at, None, "2026-11-23T12:00", "UTC"), True) for id in ids}

    threads = [Thread(target=order_all, args=(sessions, start, now, ids, {})) for _ in range(2)]
    threads.append(Thread(target=publish, args=(sessions, start, called)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    publish(sessions, Barrier(1), called)
    assert sorted(called) == ids


def test_an_order_that_lost_a_deadlock_is_carried_out_all_the_same(sessions: Sessions) -> None:
    """A runner settles two rows in one order, a person cancels them in the other: on PostgreSQL one must give way."""
    first, second, *_ = due(sessions)
    met = Barrier(2)
    attempts: list[int] = []

    def touch(session: Session, ids: tuple[int, int]) -> None:
        rows.hold(session, ids[:1], "Anna")
        if len(attempts) < 2:
            attempts.append(1)
            with suppress(BrokenBarrierError):  # on SQLite the second waits for the first from the beginning
                met.wait(1)
        rows.hold(session, ids[1:], "Anna")

    def work(ids: tuple[int, int]) -> None:
        in_one(sessions, lambda session: touch(session, ids))

    threads = [Thread(target=work, args=(ids,)) for ids in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert {session.get_one(Delivery, id).state for id in (first, second)} == {State.HELD}
