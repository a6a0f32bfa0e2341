"""The database's door: connections with their laws, moments in UTC, and the database's own clock."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import sleep
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, Float, bindparam, create_engine, event, literal, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

PORTION = 1000
A_TURN = 0.12  # seconds
PATIENCE = 30  # seconds until a writer is told that SQLite is locked
# A look sees the database as it is at its first question, whatever is written meanwhile; writing it may not.
ONE_LOOK: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused, because nobody knows whose time it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class DatabaseNow(FunctionElement[datetime]):
    """The database's clock plus an offset in seconds: one expression, so that a lease is judged by one clock only."""

    type = Moment()
    inherit_cache = True


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(element: DatabaseNow, compiler: Any, **more: Any) -> str:
    seconds = compiler.process(element.clauses, **more)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', printf('%+.3f seconds', {seconds}))"


@compiles(DatabaseNow, "postgresql")
def _postgresql_now(element: DatabaseNow, compiler: Any, **more: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **more)}))"


class Clock(Protocol):
    """The door time comes in by: an SQL expression of now plus an offset."""

    def plus(self, offset: timedelta = timedelta(0)) -> ColumnElement[Any]: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class DatabaseClock:
    """The clock of production: the database's."""

    def plus(self, offset: timedelta = timedelta(0)) -> ColumnElement[Any]:
        return DatabaseNow(literal(offset.total_seconds(), Float))


class SetClock:
    """A clock that a test or a rehearsal sets by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def plus(self, offset: timedelta = timedelta(0)) -> ColumnElement[Any]:
        return bindparam(None, callable_=lambda: self.at + offset, type_=Moment(), unique=True)


def portions(rows: Sequence[T], size: int = PORTION) -> Iterator[Sequence[T]]:
    """The rows in portions that one statement may name: SQLite takes no more than 32,766 values at once."""
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def now_by(clock: Clock, session: Session) -> datetime:
    """Read the clock as a value, where a rule needs one."""
    value = session.execute(select(clock.plus())).scalar_one()
    assert isinstance(value, datetime)
    return value


def connect(url: str) -> Engine:
    """Open the database: SQLite by its laws (WAL, FULL, every writing transaction IMMEDIATE), PostgreSQL as it is."""
    if url.startswith("sqlite"):
        more = {"timeout": PATIENCE, "check_same_thread": False, "factory": _in_turn(Lock())}
        engine = create_engine(url, hide_parameters=True, connect_args=more)
        event.listen(engine, "connect", _sqlite_laws)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10)


def _in_turn(turn: Lock) -> type[sqlite3.Connection]:
    """Connections of one process that write one after the other.

    SQLite keeps no queue: who finds it locked asks again after up to a tenth of a second, and others go before. Threads
    of one process wait for each other here, and only other processes are asked for in that way.
    """

    class InTurn(sqlite3.Connection):
        has_turn = False

        def wait_for_turn(self) -> None:
            """Whoever has waited too long goes to SQLite itself, which says that it is locked."""
            self.has_turn = self.has_turn or turn.acquire(timeout=PATIENCE)

        def _give_turn(self) -> None:
            if self.has_turn:
                self.has_turn = False
                turn.release()

        def commit(self) -> None:
            super().commit()
            self._give_turn()

        def rollback(self) -> None:
            super().rollback()
            self._give_turn()

        def close(self) -> None:
            super().close()
            self._give_turn()

    return InTurn


def _sqlite_laws(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver's own would come too late
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    if connection.info.get("query_only") is not reading:
        connection.exec_driver_sql("PRAGMA query_only = ON" if reading else "PRAGMA query_only = OFF")
        connection.info["query_only"] = reading
    if not reading:
        connection.connection.dbapi_connection.wait_for_turn()  # type: ignore[union-attr]
    connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that may write: committed at the end, rolled back on an error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def only_looking(engine: Engine) -> Engine:
    """The same database, where every transaction is one consistent look that never waits for a writer."""
    return engine.execution_options(**ONE_LOOK[engine.dialect.name])


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One look: whatever is asked in it, the answers fit together."""
    with Session(only_looking(engine), expire_on_commit=False) as session:
        yield session


def let_others_in(engine: Engine, already: float = 0) -> None:
    """Between two long writes give others their turn: SQLite keeps no queue, who waits asks ten times a second.

    `already` are the seconds in which nothing has been written since the last.
    """
    if engine.dialect.name == "sqlite" and already < A_TURN:
        sleep(A_TURN - already)


def in_one(sessions: sessionmaker[Session], work: Callable[[Session], T], times: int = 3) -> T:
    """Do the work in one transaction; where two had waited for each other, the one that lost begins anew."""
    for _ in range(times - 1):
        try:
            with sessions.begin() as session:
                return work(session)
        except OperationalError:
            continue
    with sessions.begin() as session:
        return work(session)
