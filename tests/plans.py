"""How the database finds what is asked for: the steps of its plans, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

# An index over few of the rows may be walked: it holds what is open, and history leaves it.
OF_FEW = (
    "ix_comment_waiting", "ix_delivery_unapproved", "ix_given_order_run", "ix_live_check_waiting", "uq_stop_in_force",
)  # fmt: skip


def walked(session: Session, ask: Callable[[], Any]) -> list[str]:
    """The steps that walk a whole table, or a whole index of it, of every question that `ask` asks."""
    return [step for plan in plans(session, ask) for step in plan if _walks(step)]


def plans(session: Session, ask: Callable[[], Any]) -> list[list[str]]:
    """The plan of every question; PostgreSQL walks a table then only for want of an index, however few its rows."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
    with _heard(session) as asked:
        ask()
    explain = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    found = [session.connection().exec_driver_sql(f"{explain} {sql}", values).all() for sql, values in asked]
    assert found, "nothing was asked"
    return [[str(row[-1]).strip() for row in plan] for plan in found]


@contextmanager
def _heard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def hear(connection: Any, cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((sql, values))

    event.listen(session.get_bind(), "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", hear)


def _walks(step: str) -> bool:
    name = step.removeprefix("SCAN ").split(" ")[0]
    is_table = step.startswith("SCAN ") and not name.startswith(("(", "anon_")) and "CONSTANT" not in step
    return "Seq Scan" in step or (is_table and not any(index in step for index in OF_FEW))
