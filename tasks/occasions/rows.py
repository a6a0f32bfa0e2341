"""The rows of the calendar of occasions, as people read and correct it. Sessions are given; none is committed here."""

from datetime import date

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.piece import OccasionRow, Piece
from tasks.analysis.events import Event
from tasks.analysis.rows import BLANK, found, row_of
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.registry.rows import record

MOST = 1000


def between(session: Session, first: date, last: date) -> list[tuple[OccasionRow, Piece | None]]:
    """The occasions of these days, both included, with the piece that was made of each; those put aside too."""
    days = col(OccasionRow.on_date).between(first.isoformat(), last.isoformat())
    query = select(OccasionRow, Piece).outerjoin(Piece, col(Piece.id) == col(OccasionRow.piece_id)).where(days)
    order = (col(OccasionRow.on_date), col(OccasionRow.importance).desc(), col(OccasionRow.title))
    return [(row.OccasionRow, row.Piece) for row in session.execute(query.order_by(*order).limit(MOST))]


def occasion(session: Session, key: str) -> OccasionRow | None:
    return session.get(OccasionRow, key)


def titles(session: Session, since: date) -> dict[str, str]:
    """The titles of the occasions since a day, by key: what a person may mean by a name."""
    query = select(col(OccasionRow.key), col(OccasionRow.title)).where(col(OccasionRow.on_date) >= since.isoformat())
    return dict(session.execute(query.order_by(col(OccasionRow.on_date).desc())).tuples().all())


def add(session: Session, clock: Clock, event: Event, importance: int, person: str) -> bool:
    """Put an occasion that a person knows of into the calendar; False where it stands there already."""
    now = now_by(clock, session)
    row = row_of(event) | BLANK | {"importance": importance, "added_by": person, "found_at": now}
    put = insert_quietly(session, OccasionRow, ["key"]).execution_options(preserve_rowcount=True)
    if session.connection().execute(put, row).rowcount < 1:
        return False
    record(session, [found(event, now)], clock)
    return True


def put_aside(session: Session, clock: Clock, key: str, person: str, why: str) -> bool:
    """Say that it is not for us, and why; False where somebody has said so before."""
    open_one = and_(col(OccasionRow.key) == key, col(OccasionRow.hidden_by) == "")
    change = update(OccasionRow).where(open_one)
    change = change.values(hidden_by=person, hidden_why=why, hidden_at=now_by(clock, session))
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def bring_back(session: Session, key: str) -> bool:
    """Take back that it is not for us; False where it was not put aside."""
    hidden = and_(col(OccasionRow.key) == key, col(OccasionRow.hidden_by) != "")
    change = update(OccasionRow).where(hidden).values(hidden_by="", hidden_why="", hidden_at=None)
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def use(session: Session, key: str, piece_id: int) -> None:
    """Remember which piece was made of an occasion: the first one."""
    unused = and_(col(OccasionRow.key) == key, col(OccasionRow.piece_id).is_(None))
    session.execute(update(OccasionRow).where(unused).values(piece_id=piece_id), execution_options=QUICK)
