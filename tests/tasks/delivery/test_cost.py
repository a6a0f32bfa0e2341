"""What the loop asks again and again costs the same however much is due: counted in SQLite's own steps, never timed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.database import DatabaseClock, connect
from tasks.delivery import rows
from tasks.recovery import rows as recovery
from tests.fakes import NOW, delivery
from tests.house import empty_database

CLOCK, LEASE = DatabaseClock(), timedelta(seconds=60)
FEW, MANY = 50, 2000
ACCOUNTS = 5


@contextmanager
def opened(path: Path, content: bytes) -> Iterator[Session]:
    path.write_bytes(content)
    engine = connect(f"sqlite:///{path}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@contextmanager
def due(folder: Path, number: int) -> Iterator[Session]:
    """A database with so many rows due, and as many again that have no time yet."""
    with opened(folder / f"{number}.sqlite", filled(number)) as session:
        yield session


@cache
def filled(number: int) -> bytes:
    """The same, made once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        with opened(path, empty_database()) as session:
            fill(session, number)
        return path.read_bytes()


def fill(session: Session, number: int) -> None:
    for name, at in (("now", NOW - timedelta(days=30)), ("later", NOW + timedelta(days=3650))):
        session.add_all(
            delivery(f"{name} {n}", at=at, account=f"a{n % ACCOUNTS}", run_id=f"run {n % ACCOUNTS}")
            for n in range(number)
        )
    session.commit()


def steps(folder: Path, number: int, ask: Callable[[Session], Any]) -> int:
    """How many dozens of SQLite's instructions a question takes where so many rows are due."""
    with due(folder, number) as session:
        return counted_in(session, ask)


def counted_in(session: Session, ask: Callable[[Session], Any]) -> int:
    ask(session)  # the first time reads the schema
    session.rollback()
    counted = [0]

    def count() -> None:
        counted[0] += 1

    raw: Any = session.connection().connection.driver_connection
    raw.set_progress_handler(count, 12)
    ask(session)
    raw.set_progress_handler(None, 0)
    return counted[0]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s: rows.claim(s, CLOCK, "placement", "w", "a1", 5, LEASE), id="claim"),
        pytest.param(lambda s: rows.due_accounts(s, CLOCK, "placement"), id="due accounts"),
        pytest.param(lambda s: recovery.announced_runs(s, CLOCK, "placement", LEASE), id="announced runs"),
        pytest.param(lambda s: recovery.apply_lateness(s, CLOCK, "placement"), id="lateness"),
        pytest.param(lambda s: recovery.expire(s, CLOCK), id="expired leases"),
        pytest.param(lambda s: recovery.obey_cancelled_runs(s, ["none"]), id="cancelled runs"),
    ],
)
def test_a_question_of_the_loop_costs_the_same_however_much_is_due(
    tmp_path: Path, ask: Callable[[Session], Any]
) -> None:
    few, many = (steps(tmp_path, number, ask) for number in (FEW, MANY))
    assert many <= few * 1.5 + 20, (few, many)
