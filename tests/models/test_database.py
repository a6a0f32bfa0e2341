"""What one look at the database sees, while others write."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import reading, writing
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
