"""The rows of a week, on both databases: what is found, by which filters, and at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from models.company import ChannelCard
from models.database import SetClock
from models.delivery import Delivery, Verb
from models.desk.week import Standing, Wish
from models.piece import Piece
from models.stop import Scope
from tasks.desk.rows import Names
from tasks.stop import rows as stops
from tasks.week import rows
from tests.fakes import NOW, delivery
from tests.plans import plans, walked

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
WEEK = (NOW - timedelta(days=1), NOW + timedelta(days=6))
NAMES = Names({"vk": ChannelCard(key="vk", provider="vk", title="ВКонтакте", zone="Asia/Omsk")}, {"gleb": "Глеб"},
              {"winter": "Зима"}, zone="Europe/Moscow")  # fmt: skip
WISH = Wish(first=NOW.date())


def placed(sessions: Sessions, number: str, hours: float = 1, author: str = "gleb", **fields: Any) -> int:
    with sessions.begin() as session:
        piece = Piece(number=number, source="plan", source_ref=number, title=f"Чай {number}", author=author,
                      created_at=NOW, changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        row = delivery(f"p{number}", at=NOW + timedelta(hours=hours), **({"subject_id": str(piece.id)} | fields))
        session.add(row)
        session.flush()
        return row.id or 0


def found(sessions: Sessions, wish: Wish = WISH) -> dict[int, Standing]:
    with sessions() as session:
        return {spot.id: spot.standing for spot in rows.spots(session, *WEEK, wish, NOW)}


def test_what_is_due_within_the_span_is_there_in_order(sessions: Sessions) -> None:
    later, sooner = placed(sessions, "1", 5), placed(sessions, "2", 1)
    for number, hours in enumerate((-24.1, 6 * 24), 3):
        placed(sessions, str(number), hours)
    placed(sessions, "5", kind="notice")
    first, last = placed(sessions, "6", -24), placed(sessions, "7", 6 * 24 - 0.1)
    assert list(found(sessions)) == [first, sooner, later, last]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param({"channel": "vk"}, {"1", "3"}, id="channel"),
        pytest.param({"campaign": "winter"}, {"1", "2"}, id="campaign"),
        pytest.param({"person": "olga"}, {"2", "3"}, id="author"),
        pytest.param({"channel": "vk", "person": "olga"}, {"3"}, id="two at once"),
        pytest.param({"channel": "none"}, set(), id="nothing"),
    ],
)
def test_filters_leave_what_they_name(sessions: Sessions, wish: dict[str, str], expected: set[str]) -> None:
    ids = {
        placed(sessions, "1", account="vk", campaign="winter"): "1",
        placed(sessions, "2", author="olga", campaign="winter"): "2",
        placed(sessions, "3", author="olga", account="vk"): "3",
    }
    assert {ids[id] for id in found(sessions, WISH.model_copy(update=wish))} == expected


@pytest.mark.parametrize(
    ("scope", "key", "held"),
    [
        pytest.param(Scope.ALL, "", {"vk", "tg", "winter"}, id="all"),
        pytest.param(Scope.CHANNEL, "vk", {"vk"}, id="channel"),
        pytest.param(Scope.CAMPAIGN, "winter", {"winter"}, id="campaign"),
    ],
)
def test_what_a_stop_holds_is_stopped(sessions: Sessions, scope: Scope, key: str, held: set[str]) -> None:
    ids = {
        placed(sessions, "1", account="vk"): "vk", placed(sessions, "2", account="tg"): "tg",
        placed(sessions, "3", account="tg", campaign="winter"): "winter",
        placed(sessions, "4", account="vk", verb=Verb.DELETE): "a removal passes it",
    }  # fmt: skip
    with sessions.begin() as session:
        id = stops.pull_stop(session, CLOCK, scope, key, "anna", "x")
    assert {ids[id] for id, how in found(sessions).items() if how is Standing.STOPPED} == held
    with sessions() as session:
        known = rows.lines(session, list(ids), NAMES)
    assert {ids[id] for id, line in known.items() if line.is_stopped} == held
    with sessions.begin() as session:
        stops.release_stop(session, CLOCK, id, "anna")
    assert Standing.STOPPED not in found(sessions).values()


def test_a_stop_of_a_piece_holds_that_piece(sessions: Sessions) -> None:
    one, other = placed(sessions, "1"), placed(sessions, "2")
    with sessions.begin() as session:
        stops.pull_stop(session, CLOCK, Scope.PIECE, session.get_one(Delivery, one).subject_id, "anna", "x")
    assert found(sessions) == {one: Standing.STOPPED, other: Standing.PLANNED}


def test_a_line_knows_its_piece_its_campaign_and_the_clocks_of_its_channel(sessions: Sessions) -> None:
    id = placed(sessions, "1", account="vk", campaign="winter", zone="UTC", token=4)
    gone = placed(sessions, "2", account="gone", zone="Asia/Tokyo", subject_id="777")
    with sessions() as session:
        known = rows.lines(session, [id, gone, 999], NAMES)
        piece = session.get_one(Delivery, id).subject_id
    line, lost = known[id], known[gone]
    assert (str(line.piece_id), line.title, line.author) == (piece, "Чай 1", "Глеб")
    assert (line.campaign, line.zone, line.changes) == ("Зима", "Asia/Omsk", 4)
    assert (lost.piece_id, lost.title, lost.zone) == (0, "p2", "Asia/Tokyo") and len(known) == 2


def test_many_lines_are_read_in_few_questions(sessions: Sessions) -> None:
    ids = [placed(sessions, str(number), number / 100) for number in range(30)]
    asked: list[str] = []
    with sessions() as session:
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", lambda c, cursor, sql, *_: asked.append(sql))
        rows.spots(session, *WEEK, WISH, NOW)
        rows.lines(session, ids, NAMES)
    assert len([sql for sql in asked if "FROM" in sql.upper()]) == 4  # the Stops and the rows, twice


@pytest.mark.parametrize("wish", [{}, {"channel": "vk"}, {"person": "gleb"}], ids=["all", "channel", "author"])
def test_the_span_is_found_along_an_index(sessions: Sessions, wish: dict[str, str]) -> None:
    """History costs nothing: neither a week nor its lines walk the table."""
    with sessions() as session:
        assert walked(session, lambda: rows.spots(session, *WEEK, WISH.model_copy(update=wish), NOW)) == []
        found = plans(session, lambda: rows.spots(session, *WEEK, WISH.model_copy(update=wish), NOW))
        of_days = [plan for plan in found if any("delivery" in step for step in plan)]
        assert len(of_days) == 1
        bounded = [step for step in of_days[0] if "due_at>" in step or ("Index Cond" in step and "due_at >=" in step)]
        assert len(bounded) == 1, of_days
        assert walked(session, lambda: rows.lines(session, [1, 2], NAMES)) == []
