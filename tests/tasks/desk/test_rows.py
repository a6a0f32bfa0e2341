"""What the desk shows, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.company import ChannelCard
from models.database import SetClock
from models.delivery import Delivery, State
from models.desk import Line
from models.piece import Piece, Rendition
from models.post import Post
from models.stop import Scope
from tasks.desk import rows
from tasks.desk.rows import Names
from tasks.stop import rows as stops
from tests.fakes import NOW, delivery

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
NAMES = Names({"vk": ChannelCard(key="vk", provider="vk", title="ВКонтакте")}, {"anna": "Anna", "gleb": "Gleb"},
              {"winter": "Winter"})  # fmt: skip


def placement(sessions: Sessions, number: str, state: State, hours: float = 0, **fields: Any) -> int:
    with sessions.begin() as session:
        piece = Piece(number=number, source="plan", source_ref=number, title=f"Чай {number}", author="gleb",
                      created_at=NOW, changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        post = Post(text=f"текст {number}")
        made = Rendition(piece_id=piece.id or 0, version_id=1, account="vk", post=post.model_dump(mode="json"),
                         content_hash=post.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        common = {"account": "vk", "subject_id": str(piece.id), "content_id": made.id, "state": state,
                  "content_hash": made.content_hash, "approved_hash": made.content_hash}  # fmt: skip
        row = delivery(f"p{number}", at=NOW + timedelta(hours=hours), **(common | fields))
        session.add(row)
        session.flush()
        return row.id or 0


def planned(session: Session) -> list[Line]:
    """The placements in the order they are due."""
    ids = session.execute(select(Delivery.id).order_by(Delivery.due_at)).scalars()  # type: ignore[call-overload]
    return [found for id in ids if (found := rows.line(session, id, NAMES))]


@pytest.mark.parametrize(
    ("scope", "key", "what"),
    [
        pytest.param(Scope.ALL, "", "", id="all"),
        pytest.param(Scope.CHANNEL, "vk", "ВКонтакте", id="channel"),
        pytest.param(Scope.CAMPAIGN, "winter", "Winter", id="campaign"),
        pytest.param(Scope.PIECE, "1", "№ 1 · Чай 1", id="piece"),
        pytest.param(Scope.CHANNEL, "gone", "gone", id="a channel that left"),
    ],
)
def test_a_stop_shows_what_it_holds_and_what_is_out(sessions: Sessions, scope: Scope, key: str, what: str) -> None:
    out = placement(sessions, "1", State.SENT, -5, url="https://vk.example/1", campaign="winter")
    placement(sessions, "2", State.SENT, -24 * 30, campaign="winter")
    with sessions.begin() as session:
        id = stops.pull_stop(session, CLOCK, scope, key, "anna", "ошибка в цене")
    with sessions.begin() as session:
        [stop] = rows.stops_in_force(session, NAMES)
        assert (stop.what, stop.pulled_by, stop.reason) == (what, "Anna", "ошибка в цене")
        assert [line.id for line in stop.out] == ([] if key == "gone" else [out])
        stops.release_stop(session, CLOCK, id, "anna")
    with sessions() as session:
        assert rows.stops_in_force(session, NAMES) == []
        assert [stop.released_by for stop in rows.past_stops(session, NAMES)] == ["Anna"]
