"""What one look at the database sees, while others write; and how writers of one process wait for each other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import connect, only_looking, reading, writing
from models.stop import Scope, StopOrder
from tasks.house import House
from tests.fakes import NOW

Looking = Callable[[Engine], AbstractContextManager[Session]]


@pytest.fixture(
    params=[reading, lambda engine: House.reads.func(SimpleNamespace(engine=engine))()], ids=["a look", "the house's"]
)
def looking(request: pytest.FixtureRequest) -> Looking:
    """The doors by which the database is looked at."""
    return request.param


def pull(engine: Engine, key: str) -> None:
    with writing(engine) as session:
        session.add(StopOrder(scope=Scope.CHANNEL, scope_key=key, pulled_by="olga", pulled_at=NOW))


def test_a_look_sees_nothing_that_is_written_meanwhile(database: Engine, looking: Looking) -> None:
    keys = select(StopOrder.scope_key).order_by(StopOrder.scope_key)
    pull(database, "vk")
    with looking(database) as session:
        first = session.execute(keys).scalars().all()
        pull(database, "telegram")
        with writing(database) as other:
            other.execute(update(StopOrder).where(col(StopOrder.scope_key) == "vk").values(scope_key="site"))
        assert session.execute(keys).scalars().all() == first == ["vk"]
    with looking(database) as session:
        assert session.execute(keys).scalars().all() == ["site", "telegram"]


def test_a_look_leaves_the_next_transaction_as_it_was(database: Engine, looking: Looking) -> None:
    for key in ("vk", "telegram", "site"):
        with looking(database) as session:
            session.execute(select(StopOrder)).all()
        pull(database, key)
    with writing(database) as session:
        assert len(session.execute(select(StopOrder)).all()) == 3


def test_a_look_that_would_write_is_refused(database: Engine, looking: Looking) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), looking(database) as session:
        session.add(StopOrder(scope=Scope.CHANNEL, scope_key="vk", pulled_by="olga", pulled_at=NOW))
        session.flush()
    pull(database, "vk")


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Engine]:
    """SQLite that says at once that it is locked."""
    engine = connect(f"sqlite:///{tmp_path / 'own.sqlite'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 0"))
    yield engine
    engine.dispose()


def test_writers_of_one_process_wait_for_each_other(impatient: Engine) -> None:
    began, order = Event(), []

    def second() -> None:
        began.set()
        with impatient.begin():
            order.append("second")

    with ThreadPoolExecutor(1) as one:
        with impatient.begin():
            later = one.submit(second)
            assert began.wait(10)
            assert not wait([later], timeout=0.05).done
            order.append("first")
        later.result(10)
    assert order == ["first", "second"]


def test_who_only_looks_waits_for_nobody(impatient: Engine) -> None:
    with impatient.begin(), only_looking(impatient).connect() as looking, looking.begin():
        assert looking.scalar(text("SELECT 1")) == 1


def has_turn(engine: Engine) -> bool:
    with engine.begin() as connection:
        held: bool = connection.connection.dbapi_connection.has_turn  # type: ignore[union-attr]
    return held


def undone(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.begin():
        raise ZeroDivisionError


def lost(engine: Engine) -> None:
    with pytest.raises(PendingRollbackError), engine.begin() as connection:
        connection.invalidate()


def locked_out(engine: Engine) -> None:
    other = connect(str(engine.url))
    with other.begin(), pytest.raises(OperationalError, match="locked"), engine.begin():
        raise AssertionError
    other.dispose()


@pytest.mark.parametrize("ended", [undone, lost, locked_out], ids=lambda each: each.__name__)
def test_whatever_becomes_of_a_writer_the_next_has_its_turn(
    impatient: Engine, ended: Callable[[Engine], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.PATIENCE", 0.01)
    assert has_turn(impatient)
    ended(impatient)
    assert has_turn(impatient)
