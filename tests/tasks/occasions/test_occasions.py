"""The calendar as people correct it: what they said stands however often the sources are read. On both databases."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.brief import Brief, Wish
from models.content import Occasion
from models.database import SetClock
from models.locale import spoken
from models.piece import OccasionRow, Piece
from models.planning import OccasionOrder
from models.registry import Fact
from tasks.analysis import rows as analysis
from tasks.analysis.events import gather
from tasks.house import House
from tasks.occasions import rows
from tasks.occasions.engine import Occasions
from tasks.orders.answers import Report
from tasks.writing.engine import Drafts
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

TODAY = date(2026, 11, 23)
TEA_DAY = Occasion(key="tea-day", title="International tea day, a holiday", on=date(2026, 12, 15), source="feed")


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))


def read(house: House, *entries: Occasion) -> int:
    """What a run of A2 does with these entries."""
    with house.sessions.begin() as session:
        return analysis.keep_events(session, house.clock, gather(entries, analysis.known_occasions(session, TODAY)))


def order(house: House, what: str, **fields: Any) -> Report:
    with spoken("en"):
        return Occasions(house).carry_out(OccasionOrder(**{"what": what, "person": "olga"} | fields))


def kept(house: House) -> list[OccasionRow]:
    with house.reads() as session:
        return list(session.execute(select(OccasionRow).order_by(OccasionRow.on_date)).scalars())


def test_what_a_person_added_is_not_written_over_by_a_source(house: House) -> None:
    order(house, "add", title="Tea day in our outlets", on="2026-12-15", importance=3, topic="tastings")
    again = Occasion(key="", title="Tea day in our outlets", on=date(2026, 12, 16), source="feed", topic="news")
    assert read(house, again) == 0
    [row] = kept(house)
    assert (row.title, row.on_date, row.importance, row.topic, row.added_by) == (
        "Tea day in our outlets", "2026-12-15", 3, "tastings", "olga",
    )  # fmt: skip
    with house.reads() as session:
        assert [(f.metric, f.subject_id) for f in session.execute(select(Fact)).scalars()] == [("found", row.key)]


def test_what_was_put_aside_stays_aside_with_its_reason(house: House) -> None:
    read(house, TEA_DAY)
    order(house, "set aside", occasion="tea-day", reason="not our day")
    read(house, TEA_DAY, TEA_DAY.model_copy(update={"key": "other", "source": "other"}))
    [row] = kept(house)
    assert (row.hidden_by, row.hidden_why) == ("olga", "not our day")
    with house.reads() as session:
        assert analysis.coming(session, TODAY, 60) == []


def test_what_was_put_aside_can_be_brought_back(house: House) -> None:
    read(house, TEA_DAY)
    order(house, "set aside", occasion="tea-day", reason="not our day")
    assert "put aside before: not our day" in str(order(house, "set aside", occasion="tea-day", reason="x").lines[0])
    assert order(house, "bring back", occasion="International tea day, a holiday").lines[0].done
    assert not order(house, "bring back", occasion="tea-day").lines[0].done
    assert kept(house)[0].hidden_by == ""


@pytest.mark.parametrize(
    ("what", "fields", "why"),
    [
        pytest.param("add", {"on": "2026-12-01"}, "give the occasion a title", id="no title"),
        pytest.param("add", {"title": "Tea"}, "on which day", id="no day"),
        pytest.param("add", {"title": "Tea", "on": "soon"}, "“soon” is not a date", id="day"),
        pytest.param("add", {"title": "Tea", "on": "0001-01-05"}, "not between 2000 and 2200", id="year"),
        pytest.param("add", {"title": "Tea", "on": "2026-12-01", "link": "javascript:1"}, "https://", id="link"),
        pytest.param("add", {"title": "International tea day, holiday", "on": "2026-12-15"}, "is known", id="known"),
        pytest.param("set aside", {"occasion": "tea-day"}, "Say why", id="no reason"),
        pytest.param("set aside", {"occasion": "tee", "reason": "x"}, "Nearest: International tea day", id="unknown"),
        pytest.param("set aside", {"occasion": "tea-day", "reason": "x", "person": "gleb"}, "may not edit", id="right"),
    ],
)
def test_what_cannot_be_done_is_said(house: House, what: str, fields: dict[str, Any], why: str) -> None:
    read(house, TEA_DAY)
    assert why in str(order(house, what, **fields).refusal)
    assert len(kept(house)) == 1 and kept(house)[0].hidden_by == ""


def test_a_piece_of_an_occasion_is_remembered_and_counted_as_used(house: House) -> None:
    read(house, TEA_DAY)
    brief = Brief(purpose="news", title="Tea day", facts=("Tea day is on 15 December",), call_to_action="Come")
    with spoken("en"):
        told = Drafts(house).write(brief, (), Wish(occasion="International tea day, a holiday"))
    with house.sessions.begin() as session:
        piece = session.get(Piece, told.lines[0].id)
        assert piece is not None and kept(house)[0].piece_id == piece.id
        assert analysis.record_used(session, house.clock) == 1
        [(row, of_it)] = rows.between(session, date(2026, 12, 1), date(2026, 12, 31))
        assert of_it is not None and (row.key, of_it.title) == ("tea-day", "Tea day")


def test_an_unknown_occasion_is_said_before_anything_is_written(house: House) -> None:
    brief = Brief(purpose="news", title="Tea day", facts=("x",))
    with spoken("en"):
        told = Drafts(house).write(brief, (), Wish(occasion="Coffee day"))
    assert "There is no occasion “Coffee day”" in str(told.refusal)
    with house.reads() as session:
        assert session.query(Piece).count() == 0
