"""The registry gathers what the operations left, each fact once, however often and whenever it is asked."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.database import SetClock
from models.piece import Candidate
from models.post import Post
from models.registry import Fact
from tasks.collecting.steps import collect_results
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished, publish

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(database: Engine, tmp_path: Path, clock: SetClock) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, clock)


def search(house: House, clock: SetClock, *refs: str) -> None:
    """A search that found these."""
    with house.sessions.begin() as session:
        for ref in refs:
            session.add(Candidate(source="news", source_ref=ref, title=ref, found_at=clock.at))


def facts(house: House) -> list[tuple[str, str, int | None]]:
    with house.sessions() as session:
        return [(one.operation, one.metric, one.value) for one in session.execute(select(Fact)).scalars()]


def test_searches_of_one_hour_are_counted_once_each(house: House, clock: SetClock) -> None:
    search(house, clock, "a", "b")
    collect_results.fn()
    clock.at += 10 * MINUTE
    search(house, clock, "c")
    clock.at += 10 * MINUTE
    collect_results.fn()
    collect_results.fn()
    assert facts(house) == [("A3", "found", 2), ("A3", "found", 1)]


def test_what_nobody_knows_to_be_accepted_is_no_nought(house: House, clock: SetClock) -> None:
    search(house, clock, "a")
    collect_results.fn()
    assert "accepted" not in {metric for _, metric, _ in facts(house)}


def test_a_publication_is_gathered_once_with_its_punctuality(house: House, clock: SetClock) -> None:
    publish(house.sessions, "7", Post(text="tea"))
    assert collect_results.fn().done == 3
    assert collect_results.fn().title == "Nothing to do"
    assert sorted(facts(house)) == [("A7", "renditions", 1), ("A8", "on_time", 1), ("A8", "published", 1)]
