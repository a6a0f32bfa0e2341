"""Placements laid out from the plan, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from models.delivery import Delivery, Lateness, State
from models.piece import OfferRow, Rendition
from models.post import Post, Product
from models.reason import NO_REASON, Reason, because
from tasks.delivery import rows as deliveries
from tasks.delivery.rows import Claim
from tasks.posting import rows
from tasks.posting.layout import Time
from tasks.posting.rows import Placement
from tests.fakes import NOW, delivery
from tests.tasks.approval.test_rows import a_piece

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
HOUR = timedelta(hours=1)


def placed(piece: int = 1, occurrence: str = "0", at: datetime = NOW + HOUR, hash: str = "h1") -> Placement:
    time = Time(occurrence, at.isoformat(), "UTC", at, at + HOUR, Lateness.ASK)
    return Placement(piece, "fake", 1, hash, time)


def lay(sessions: Sessions, *wanted: Placement, pieces: tuple[int, ...] = (1,)) -> dict[str, int]:
    with sessions.begin() as session:
        return rows.lay_out(session, CLOCK, wanted, pieces)


def found(sessions: Sessions) -> list[Delivery]:
    with sessions() as session:
        return list(session.execute(select(Delivery).order_by(Delivery.id)).scalars())  # type: ignore[arg-type]


def set_state(sessions: Sessions, state: State, **fields: Any) -> None:
    with sessions.begin() as session:
        row = session.execute(select(Delivery)).scalar_one()
        row.state = state
        for name, value in fields.items():
            setattr(row, name, value)


def test_laying_out_again_changes_nothing(sessions: Sessions) -> None:
    assert lay(sessions, placed(), placed(occurrence="1", at=NOW + 2 * HOUR)) == {
        "new": 2, "moved": 0, "changed": 0, "gone": 0,
    }  # fmt: skip
    assert sum(lay(sessions, placed(), placed(occurrence="1", at=NOW + 2 * HOUR)).values()) == 0
    assert [row.state for row in found(sessions)] == [State.PLANNED] * 2


def test_a_moved_row_is_the_same_row_at_another_time(sessions: Sessions) -> None:
    lay(sessions, placed())
    set_state(sessions, State.PLANNED, run_id="r", run_key="k")
    assert lay(sessions, placed(at=NOW + 3 * HOUR))["moved"] == 1
    [row] = found(sessions)
    assert (row.due_at, row.run_id, row.token) == (NOW + 3 * HOUR, "", 1)


def test_a_changed_row_asks_for_approval_again(sessions: Sessions) -> None:
    lay(sessions, placed())
    set_state(sessions, State.PLANNED, approved_hash="h1")
    assert lay(sessions, placed(hash="h2"))["changed"] == 1
    [row] = found(sessions)
    assert (row.content_hash, row.approved_hash) == ("h2", "h1")


@pytest.mark.parametrize("state", [State.INTENT, State.SENT, State.CONFIRMED, State.UNKNOWN])
def test_what_is_out_or_going_out_is_untouched(sessions: Sessions, state: State) -> None:
    lay(sessions, placed())
    set_state(sessions, state)
    assert lay(sessions, placed(at=NOW + 5 * HOUR, hash="h2")) == {"new": 0, "moved": 0, "changed": 0, "gone": 0}
    assert lay(sessions)["gone"] == 0
    [row] = found(sessions)
    assert (row.due_at, row.content_hash, row.state) == (NOW + HOUR, "h1", state)


def test_what_left_the_plan_is_cancelled(sessions: Sessions) -> None:
    lay(sessions, placed())
    assert lay(sessions)["gone"] == 1
    assert found(sessions)[0].state == State.CANCELLED


def test_rows_of_one_minute_are_announced_by_one_run(sessions: Sessions) -> None:
    lay(
        sessions,
        placed(1),
        placed(2, at=NOW + HOUR + timedelta(seconds=20)),
        placed(3, at=NOW + 2 * HOUR),
        pieces=(1, 2, 3),
    )
    with sessions.begin() as session:
        first, second = rows.unannounced(session, CLOCK, timedelta(days=1))
        assert (first.ids, second.ids) == ((1, 2), (3,))
        rows.announce(session, first, "run-1")
        [left] = rows.unannounced(session, CLOCK, timedelta(days=1))
        assert left == second


def test_a_moved_row_is_announced_under_a_new_key(sessions: Sessions) -> None:
    lay(sessions, placed())
    with sessions.begin() as session:
        [before] = rows.unannounced(session, CLOCK, timedelta(days=1))
        rows.announce(session, before, "run-1")
    lay(sessions, placed(at=NOW + 2 * HOUR))
    lay(sessions, placed())
    with sessions.begin() as session:
        [after] = rows.unannounced(session, CLOCK, timedelta(days=1))
    assert after.minute == before.minute
    assert after.key != before.key


def claimed(sessions: Sessions) -> list[Claim]:
    with sessions.begin() as session:
        return deliveries.claim(session, CLOCK, "placement", "w", "fake", 9, HOUR)


def test_what_the_feed_contradicts_is_held_at_the_last_moment(sessions: Sessions) -> None:
    piece = a_piece(sessions, approved_hash="h1")
    with sessions.begin() as session:
        rendition = session.execute(select(Rendition)).scalar_one()
        rendition.post = Post(
            text="tea", products=(Product(id="7", name="Tea", price=100, currency="RUB"),)
        ).model_dump()
        session.add(OfferRow(id="7", name="Tea", price=120, currency="RUB", read_at=NOW))
    claims = claimed(sessions)
    seen: list[dict[str, OfferRow]] = []

    def objection(account: str, post: Post, offers: dict[str, OfferRow]) -> Reason:
        seen.append(offers)
        return because("differs", code="price") if offers["7"].price != post.products[0].price else NO_REASON

    with sessions.begin() as session:
        assert rows.contents(session, claims, objection) == {}
    assert piece
    assert len(seen) == 1
    [row] = found(sessions)
    assert (row.state, row.reason["code"]) == (State.HELD, "price")


def test_contents_are_loaded_for_many_at_once(sessions: Sessions) -> None:
    for number in ("1", "2", "3"):
        a_piece(sessions, number=number, approved_hash="h1")
    claims = claimed(sessions)
    with sessions.begin() as session:
        assert len(rows.contents(session, claims, lambda account, post, offers: NO_REASON)) == 3


def test_people_are_told_of_trouble_once(sessions: Sessions) -> None:
    piece = a_piece(sessions)
    with sessions.begin() as session:
        row = session.get(Delivery, 1)
        assert row
        row.state, row.reason = State.HELD, because("why", code="late").model_dump()
    with sessions.begin() as session:
        [trouble] = rows.untold(session)
        assert (trouble.title, trouble.reason.text) == ("Tea", "why")
        rows.mark_told(session, [trouble])
        assert rows.untold(session) == []
    assert piece


def test_an_unknown_row_is_told_of_only_when_nobody_can_be_asked(sessions: Sessions) -> None:
    a_piece(sessions, state=State.UNKNOWN, reason=because("?", code="interrupted").model_dump())
    with sessions.begin() as session:
        assert rows.untold(session) == []
        row = session.get(Delivery, 1)
        assert row
        row.reason = because("blind", code="blind").model_dump()
        session.flush()
        assert len(rows.untold(session)) == 1


def test_times_and_taken_times_are_found(sessions: Sessions) -> None:
    lay(sessions, placed(), placed(occurrence="1", at=NOW + 2 * HOUR))
    with sessions.begin() as session:
        session.add(delivery("other", at=NOW + 3 * HOUR, state=State.CANCELLED, subject_id="9"))
        session.flush()
        assert rows.times_of(session, [1])[1, "fake"] == {"0": NOW + HOUR, "1": NOW + 2 * HOUR}
        assert sorted(rows.taken_times(session, CLOCK)["fake"]) == [NOW + HOUR, NOW + 2 * HOUR]
