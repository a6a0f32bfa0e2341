"""Upkeep beside those who settle, on both databases."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from models.delivery import Delivery, PartRow, State
from tasks.delivery import rows as deliveries
from tasks.delivery.rows import Outcome
from tasks.recovery import rows
from tests.fakes import NOW, delivery

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)


@pytest.mark.parametrize("after", [State.SENT, State.PLANNED])
def test_upkeep_and_who_settles_never_wait_for_each_other(sessions: Sessions, after: State) -> None:
    """One settles part and delivery, another finds the lease expired in between: a deadlock would cost a turn."""
    with sessions.begin() as session:
        row = delivery("a", state=State.INTENT, token=1, lease_until=NOW - timedelta(seconds=1), repeatable=True)
        session.add(row)
        session.flush()
        id = row.id or 0
        session.add(PartRow(delivery_id=id, ordinal=0, name="upload", state=State.INTENT, repeatable=True))
    begun, expired = Event(), Event()

    def upkeep() -> None:
        begun.wait()
        with sessions.begin() as session:
            rows.expire(session, CLOCK)
        expired.set()

    thread = Thread(target=upkeep)
    thread.start()
    with sessions.begin() as session:
        outcome = Outcome(id, 1, after, 0)
        deliveries._settle_parts(session, CLOCK, [outcome])
        begun.set()
        expired.wait(0.5)  # on SQLite it waits for us
        deliveries.settle(session, CLOCK, [outcome])
    thread.join()
    with sessions() as session:
        found = session.get_one(Delivery, id)
        part = session.query(PartRow).one()
    assert (found.state, part.state) in {(after, after), (State.PLANNED, after)}
