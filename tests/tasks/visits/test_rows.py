"""Visits and short links, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from models.desk import Visited, VisitKind
from models.reaction import TrackedLink, Visit
from tasks.visits import rows
from tests.fakes import NOW

Sessions = sessionmaker[Session]


def visited(
    key: str, number: int = 1, hours: int = 0, robot: bool = False, kind: VisitKind = VisitKind.VIEW
) -> Visited:
    return Visited(kind=kind, key=key, hour=NOW + timedelta(hours=hours), robot=robot, number=number)


def test_visits_of_an_hour_are_added_up(sessions: Sessions) -> None:
    for _ in range(3):
        with sessions.begin() as session:
            rows.count(session, [visited("p", 2), visited("p", 5, robot=True), visited("p", hours=1), visited("q")])
    with sessions() as session:
        assert rows.views(session, ["p", "q", "r"]) == {"p": 9, "q": 3}
        assert session.query(Visit).count() == 4


def test_nothing_counted_writes_nothing(sessions: Sessions) -> None:
    with sessions.begin() as session:
        rows.count(session, [])
        assert rows.views(session, []) == {}


def test_clicks_are_not_views(sessions: Sessions) -> None:
    with sessions.begin() as session:
        rows.count(session, [visited("p", kind=VisitKind.CLICK)])
        assert rows.views(session, ["p"]) == {}


def test_several_web_processes_lose_none(sessions: Sessions) -> None:
    def write(number: int) -> None:
        batch = [visited(key) for key in ("a", "b", "c")]
        with sessions.begin() as session:
            rows.count(session, batch if number % 2 else batch[::-1])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(24)))
    with sessions() as session:
        assert rows.views(session, ["a", "b", "c"]) == {"a": 24, "b": 24, "c": 24}


def test_a_short_link_leads_where_it_was_made_for(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(TrackedLink(code="k1", url="https://a.example/x", piece_id=1, account="vk", made_at=NOW))
    with sessions() as session:
        assert rows.address_of(session, "k1") == "https://a.example/x"
        assert rows.address_of(session, "k2") is None
