"""Placements laid out from the plan, on both databases."""

from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session, sessionmaker

from models.database import SetClock
from models.delivery import Delivery, Lateness, State, Verb
from models.piece import OfferRow, Piece, PieceVersion, Rendition
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


def none_barred(session: Session, posts: Any) -> dict[int, Reason]:
    return {}


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
        assert rows.contents(session, claims, objection, none_barred) == {}
    assert piece
    assert len(seen) == 1
    [row] = found(sessions)
    assert (row.state, row.reason["code"]) == (State.HELD, "price")


def test_contents_are_loaded_for_many_at_once(sessions: Sessions) -> None:
    for number in ("1", "2", "3"):
        a_piece(sessions, number=number, approved_hash="h1")
    claims = claimed(sessions)
    with sessions.begin() as session:
        assert len(rows.contents(session, claims, lambda account, post, offers: NO_REASON, none_barred)) == 3


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


def outcomes(sessions: Sessions) -> list[tuple[str, str]]:
    return [(row.state, row.reason.get("code", "")) for row in found(sessions)]


@pytest.mark.parametrize("code", ["returned", "outdated", "no_content", "price", "price_differs", "sold_out"])
def test_what_was_held_for_its_content_goes_on_with_the_new_one(sessions: Sessions, code: str) -> None:
    lay(sessions, placed())
    set_state(sessions, State.HELD, reason=because("why", code=code).model_dump(), token=3)
    assert lay(sessions, placed(hash="h2"))["changed"] == 1
    [row] = found(sessions)
    assert (row.state, row.content_hash, row.reason, row.token) == (State.PLANNED, "h2", {}, 4)


@pytest.mark.parametrize("code", ["held", "no_channel", "late", "not_approved"])
def test_what_is_held_for_another_reason_waits_with_the_new_content(sessions: Sessions, code: str) -> None:
    lay(sessions, placed())
    set_state(sessions, State.HELD, reason=because("why", code=code).model_dump())
    lay(sessions, placed(hash="h2"))
    assert (found(sessions)[0].content_hash, outcomes(sessions)) == ("h2", [(State.HELD, code)])


def test_what_comes_back_into_the_plan_is_planned_again(sessions: Sessions) -> None:
    lay(sessions, placed())
    lay(sessions)
    assert outcomes(sessions) == [(State.CANCELLED, "not_in_plan")]
    assert lay(sessions, placed(at=NOW + 2 * HOUR, hash="h2")) == {"new": 1, "moved": 0, "changed": 1, "gone": 0}
    [row] = found(sessions)
    assert (row.state, row.due_at, row.content_hash, row.reason) == (State.PLANNED, NOW + 2 * HOUR, "h2", {})


@pytest.mark.parametrize("code", ["cancelled", "cancelled_in_prefect", "left", "taken_down"])
def test_what_a_person_cancelled_stays_cancelled_whatever_the_plan_says(sessions: Sessions, code: str) -> None:
    lay(sessions, placed())
    set_state(sessions, State.CANCELLED, reason=because("why", code=code).model_dump())
    lay(sessions, placed(at=NOW + 2 * HOUR))
    assert outcomes(sessions) == [(State.CANCELLED, code)]


def test_what_comes_back_after_its_time_does_not_go_out_late(sessions: Sessions) -> None:
    lay(sessions, placed())
    lay(sessions)
    lay(sessions, placed(at=NOW - HOUR))
    assert outcomes(sessions) == [(State.CANCELLED, "not_in_plan")]


def test_a_row_whose_version_is_awaited_stands_as_it_is(sessions: Sessions) -> None:
    lay(sessions, placed())
    with sessions.begin() as session:
        assert rows.lay_out(session, CLOCK, [], (1,), {(1, "fake")})["gone"] == 0
        assert rows.lay_out(session, CLOCK, [], (1,), {(1, "vk"), (2, "fake")})["gone"] == 1


def test_what_left_the_plan_while_it_was_kept_back_does_not_go_out_later(sessions: Sessions) -> None:
    lay(sessions, placed(at=NOW - HOUR / 2))
    assert lay(sessions)["gone"] == 1
    assert outcomes(sessions) == [(State.CANCELLED, "not_in_plan")]


def test_what_a_person_ordered_aside_from_the_plan_is_not_the_plans_to_cancel(sessions: Sessions) -> None:
    lay(sessions, placed(occurrence="-12"))
    assert lay(sessions)["gone"] == 0
    assert outcomes(sessions) == [(State.PLANNED, "")]


def test_laying_out_asks_nothing_about_what_is_out(sessions: Sessions, database: Engine) -> None:
    """The work does not grow with what has gone out since, however the plan has changed."""
    said: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *call: said.append(call[2]))
    counts = []
    for number in (1, 30):
        wanted = [placed(n, at=NOW + n * HOUR) for n in range(1, number + 1)]
        pieces = tuple(range(1, number + 1))
        lay(sessions, *wanted, pieces=pieces)
        with sessions.begin() as session:
            session.execute(update(Delivery).values(state=State.SENT))
        said.clear()
        lay(sessions, *(placed(n, at=NOW + 99 * HOUR, hash="h2") for n in pieces), pieces=pieces)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_laying_out_many_takes_as_many_statements_as_laying_out_one(sessions: Sessions, database: Engine) -> None:
    """New, moved, changed, both at once, gone, back: the work is in the rows, not in the asking."""
    said: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *call: said.append(call[2]))
    counts = []
    with sessions.begin() as session:
        session.execute(select(1))  # a connection that has only read is told first that it may write
    for first, number in ((1, 1), (2, 30)):
        pieces = tuple(range(first, first + number))
        plans = [
            [placed(n, at=NOW + n * HOUR) for n in pieces], [placed(n, at=NOW + 2 * n * HOUR) for n in pieces],
            [placed(n, at=NOW + 2 * n * HOUR, hash=f"new {n}") for n in pieces], [placed(n) for n in pieces], [],
            [placed(n, at=NOW + n * HOUR) for n in pieces],
        ]  # fmt: skip
        for plan in plans:
            said.clear()
            done = lay(sessions, *plan, pieces=pieces)
            counts.append((len(said), {name: bool(many) for name, many in done.items()}))
            assert set(done.values()) <= {0, number}
    assert counts[:6] == counts[6:]


def test_rows_with_other_tokens_are_never_announced_by_an_old_run(sessions: Sessions) -> None:
    """The sum of the tokens is the same, and the run of the first key may have been cancelled."""
    lay(sessions, placed(1), placed(2), pieces=(1, 2))
    keys = []
    for tokens in ((0, 2), (1, 1), (2, 0)):
        with sessions.begin() as session:
            for row, token in zip(session.query(Delivery).order_by(Delivery.id), tokens, strict=True):  # type: ignore[arg-type]
                row.token = token
        with sessions.begin() as session:
            keys += [one.key for one in rows.unannounced(session, CLOCK, timedelta(days=1))]
    assert len(set(keys)) == 3


def a_versioned_piece(sessions: Sessions) -> int:
    """A piece that was changed after the version that is approved for the channel was made of it."""
    piece = a_piece(sessions, approved_hash="h1")
    with sessions.begin() as session:
        for ordinal in (1, 2):
            session.add(PieceVersion(piece_id=piece, ordinal=ordinal, content_hash=f"v{ordinal}", made_by="olga",
                                     why="plan", made_at=NOW))  # fmt: skip
        session.flush()
        session.get_one(Piece, piece).version_id = 2
        session.execute(update(Delivery).values(key=f"placement:{piece}:fake:0"))
    return piece


def test_a_piece_that_was_changed_does_not_go_out_as_it_was(sessions: Sessions) -> None:
    a_versioned_piece(sessions)
    claims = claimed(sessions)
    with sessions.begin() as session:
        assert rows.contents(session, claims, lambda *_: NO_REASON, none_barred) == {}
    assert outcomes(sessions) == [(State.HELD, "outdated")]


@pytest.mark.parametrize("hash", ["h1", "h2"], ids=["the same", "another"])
def test_it_goes_on_by_itself_once_it_has_its_version(sessions: Sessions, hash: str) -> None:
    piece = a_versioned_piece(sessions)
    claims = claimed(sessions)
    with sessions.begin() as session:
        rows.contents(session, claims, lambda *_: NO_REASON, none_barred)
        session.execute(update(Rendition).values(version_id=2))
    lay(sessions, placed(piece, hash=hash), pieces=(piece,))
    assert outcomes(sessions) == [(State.PLANNED, "")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(update(Rendition).values(by_hand=True), id="a hand's version"),
        pytest.param(update(Delivery).values(key="placement:1:fake:-7"), id="published again on a person's word"),
        pytest.param(update(Delivery).values(verb=Verb.EDIT), id="a correction"),
    ],
)
def test_what_is_not_the_plans_present_version_on_purpose_goes_out(sessions: Sessions, change: Any) -> None:
    a_versioned_piece(sessions)
    with sessions.begin() as session:
        session.execute(change)
    claims = claimed(sessions)
    with sessions.begin() as session:
        assert len(rows.contents(session, claims, lambda *_: NO_REASON, none_barred)) == 1


def test_one_post_that_cannot_be_compared_does_not_stop_the_others(sessions: Sessions) -> None:
    for number in ("1", "2"):
        a_piece(sessions, number=number, approved_hash="h1")
    with sessions.begin() as session:
        session.get_one(Rendition, 1).post = Post(text="broken").model_dump()
    claims = claimed(sessions)

    def objection(account: str, post: Post, offers: dict[str, OfferRow]) -> Reason:
        if post.text == "broken":
            raise ValueError("no such day")
        return NO_REASON

    with sessions.begin() as session:
        assert len(rows.contents(session, claims, objection, none_barred)) == 1
    assert outcomes(sessions) == [(State.HELD, "internal"), (State.CLAIMED, "")]


def test_who_began_with_an_older_plan_does_not_have_the_last_word(database: Engine) -> None:
    """Two processes lay out at once; the one that read the plan before it changed waits, and reads it anew."""
    sessions = sessionmaker(database, expire_on_commit=False)
    plan, began, order = {"at": NOW + HOUR}, Event(), []

    def lay_out(name: str, wait: bool) -> None:
        with sessions.begin() as session:
            rows.one_at_a_time(session, CLOCK)
            began.set()
            at = plan["at"]
            if wait:
                second.start()
                second.join(0.3)
                plan["at"] = NOW + 5 * HOUR
            rows.lay_out(session, CLOCK, [placed(at=at)], (1,))
            order.append(name)

    second = Thread(target=lay_out, args=("second", False))
    lay_out("first", True)
    second.join()
    assert order == ["first", "second"]
    assert found(sessions)[0].due_at == NOW + 5 * HOUR
