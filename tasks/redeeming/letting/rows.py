"""Reservations are let go, all in a few statements: rows first, then coupons, then counters. A session is given."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tasks.redeeming import statements
from tasks.redeeming.answered.rows import answers_behind, hold_again


def is_due(session: Session, clock_now: datetime) -> bool:
    """Whether any reservation has run out."""
    due = statements.with_ids(statements.DUE, "now")
    return session.connection().execute(due, {"now": clock_now, "most": 1}).first() is not None


def expire(session: Session, clock_now: datetime, most: int, by: str, said: str) -> int:
    """Let go of reservations that have run out, those that nobody is settling at this moment; returns how many."""
    connection, dialect = session.connection(), session.get_bind().dialect.name
    due = statements.with_ids(statements.DUE + statements.UNTOUCHED[dialect], "now")
    ids = list(connection.execute(due, {"now": clock_now, "most": most}).scalars())
    release(session, ids, clock_now, by, said)
    return len(ids)


def release(session: Session, ids: Sequence[int], now: datetime, by: str, said: str) -> None:
    """Let go of these reservations, which the session holds already; seats go back to the answers behind them."""
    connection = session.connection()
    if not ids:
        return
    behind = answers_behind(session, ids)
    if connection.dialect.name == "postgresql":
        for lock in (statements.LOCK_COUPONS, statements.LOCK_COUNTERS):
            connection.execute(statements.with_ids(lock), {"ids": ids})
    for statement in statements.RELEASE:
        moments = ("now",) if ":now" in statement else ()
        binds = {"ids": list(ids), "now": now, "by": by, "said": said}
        used = {name: value for name, value in binds.items() if f":{name}" in statement}
        connection.execute(statements.with_ids(statement, *moments), used)
    hold_again(session, behind, now)
