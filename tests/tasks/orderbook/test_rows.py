"""The order book on both databases: each form once, each answer kept, the newest first."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from tasks.orderbook import rows as book
from tasks.orderbook.broken import broken_off
from tests.fakes import NOW
from tests.plans import walked

CLOCK = SetClock(NOW)


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    with sessionmaker(database, expire_on_commit=False).begin() as session:
        yield session


def give(session: Session, once: str, person: str = "olga", piece: str = "1", code: str = "move") -> tuple[int, bool]:
    order, is_new = book.give(session, CLOCK, once, code, {"publication": 1}, person, ("piece", piece))
    return order.id or 0, is_new


def test_the_same_form_is_the_same_order(session: Session) -> None:
    first, again, other = give(session, "a"), give(session, "a"), give(session, "b")
    assert first[1] and other[1] and again == (first[0], False) and other[0] != first[0]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"person": "vera"}, id="another person"),
        pytest.param({"piece": "2"}, id="another piece"),
        pytest.param({"code": "cancel"}, id="another verb"),
    ],
)
def test_the_same_token_with_anything_else_in_the_form_is_another_order(session: Session, more: dict[str, str]) -> None:
    assert give(session, "a")[1] and give(session, "a", **more)[1]


def test_what_nobody_knew_is_said_by_whoever_knows_at_last(session: Session) -> None:
    id, _ = give(session, "a")
    assert book.settle(session, CLOCK, id, broken_off().model_dump(mode="json"))
    assert book.settle(session, CLOCK, id, {"title": "done"}) and not book.settle(session, CLOCK, id, {"title": "late"})
    session.expire_all()
    found = book.order(session, id)
    assert found is not None and found.said == {"title": "done"}


def test_the_first_answer_stays(session: Session) -> None:
    id, _ = give(session, "a")
    assert book.settle(session, CLOCK, id, {"title": "first"})
    assert not book.settle(session, CLOCK, id, {"title": "second"})
    session.expire_all()
    found = book.order(session, id)
    assert found is not None and found.said == {"title": "first"} and found.carried_out_at == NOW


def test_what_was_ordered_is_found_by_its_subject_and_its_person(session: Session) -> None:
    ids = [give(session, f"{n}", "olga" if n % 2 else "vera", str(n % 3))[0] for n in range(12)]
    mine = [order.id for order in book.of_person(session, "olga")]
    assert mine == sorted(mine, reverse=True) and len(mine) == 6
    assert [o.id for o in book.of_person(session, "olga", before=mine[2])] == mine[3:]
    assert [o.id for o in book.of_subject(session, "piece", ["0"])] == [ids[9], ids[6], ids[3], ids[0]]
    assert [o.id for o in book.latest(session, "move", 2)] == ids[:-3:-1]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s: book.runs_wanted(s, CLOCK), id="wanted"),
        pytest.param(book.runs_under_way, id="under way"),
        pytest.param(lambda s: book.latest(s, "move"), id="latest"),
        pytest.param(lambda s: book.of_subject(s, "piece", ["1"]), id="of a subject"),
        pytest.param(lambda s: book.of_person(s, "olga"), id="of a person"),
    ],
)
def test_a_long_book_is_read_along_an_index(session: Session, ask: Callable[[Session], Any]) -> None:
    """Two of these are asked every second, however many orders are over."""
    assert walked(session, lambda: ask(session)) == []


def test_a_run_is_wanted_once_its_order_is_carried_out_or_left_open(session: Session) -> None:
    done, open_ = give(session, "a")[0], give(session, "b")[0]
    book.settle(session, CLOCK, done, {})
    assert [o.id for o in book.runs_wanted(session, CLOCK)] == [done]
    assert [o.id for o in book.runs_wanted(session, SetClock(NOW + timedelta(seconds=31)))] == [done, open_]
    book.started(session, done, "run")
    assert [o.id for o in book.runs_under_way(session)] == [done]
