"""The rows of dropped files. Sessions are given; nothing here opens or commits one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.dropped import DropKind, DroppedFile, DropState
from models.order_book import GivenOrder, RunState
from models.piece import PlanLoad
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK

SILENT = timedelta(seconds=60)  # whoever reads or applies and has given no sign of life for so long was killed
KEPT = timedelta(days=30)


def add(session: Session, clock: Clock, once: str, kind: DropKind, name: str, size: int, by: str) -> tuple[int, bool]:
    """A dropped file; True when it is new, False when this very form has been sent before."""
    row = DroppedFile(once=once, kind=kind, name=name, size=size, dropped_by=by, dropped_at=now_by(clock, session))
    values = row.model_dump(exclude={"id"})
    written = insert_quietly(session, DroppedFile, ["once"]).values(values).returning(col(DroppedFile.id))
    is_new = session.execute(written).first() is not None
    id = session.execute(select(col(DroppedFile.id)).where(col(DroppedFile.once) == once)).scalar_one()
    return id or 0, is_new


def one(session: Session, id: int) -> DroppedFile | None:
    return session.get(DroppedFile, id)


def latest(session: Session, most: int = 20) -> list[DroppedFile]:
    query = select(DroppedFile).order_by(col(DroppedFile.id).desc()).limit(most)
    return list(session.execute(query).scalars())


def loads(session: Session, most: int = 10) -> list[tuple[datetime, str, dict[str, int]]]:
    """The last loadings of the content plan, by whatever way: when, by whom, and what was counted."""
    counted = col(PlanLoad.difference)["counts"]
    found = select(col(PlanLoad.loaded_at), col(PlanLoad.loaded_by), counted).order_by(col(PlanLoad.id).desc())
    return [(at, by, counts or {}) for at, by, counts in session.execute(found.limit(most))]


def begin_reading(session: Session, clock: Clock, id: int) -> bool:
    """Be the one who reads it: it is new, or whoever was reading it has fallen silent."""
    silent = and_(col(DroppedFile.state) == DropState.READING, _nobody(clock))
    free = or_(col(DroppedFile.state) == DropState.RECEIVED, silent)
    return _set(session, id, free, state=DropState.READING, beat_at=clock.plus(), done=0, total=0)


def read_again(session: Session, id: int, by: str) -> bool:
    """Let it be read anew: something else is known now than when it was read."""
    ready = or_(col(DroppedFile.state) == DropState.READ, _applied_by(by))
    return _set(session, id, ready, state=DropState.RECEIVED, applied_by="", order_id=None)


def read_for(session: Session, id: int, **chosen: Any) -> bool:
    """Let it be read anew with what was chosen: the feed in whose place it comes, the document for all consents."""
    waits = col(DroppedFile.state) == DropState.READ
    return _set(session, id, waits, state=DropState.RECEIVED, found=chosen, said={})


def beat(session: Session, clock: Clock, id: int) -> None:
    """Give a sign of life."""
    at_work = col(DroppedFile.state).in_([DropState.READING, DropState.APPLYING])
    _set(session, id, at_work, beat_at=clock.plus())


def progress(session: Session, clock: Clock, id: int, done: int, total: int) -> None:
    at_work = col(DroppedFile.state).in_([DropState.READING, DropState.APPLYING])
    _set(session, id, at_work, done=done, total=total, beat_at=clock.plus())


def keep_reading(session: Session, id: int, **found: Any) -> bool:
    """Keep what reading came to."""
    return _set(session, id, col(DroppedFile.state) == DropState.READING, **found)


def take(session: Session, id: int, by: str, seen: str, order_id: int | None) -> bool:
    """Be the one for whom it is applied, as it was seen; nobody has begun yet."""
    ready = and_(col(DroppedFile.state) == DropState.READ, col(DroppedFile.seen) == seen)
    return _set(session, id, ready, state=DropState.APPLYING, applied_by=by, order_id=order_id, beat_at=None)


def begin_applying(session: Session, clock: Clock, id: int, by: str) -> bool:
    """Be the one who applies what was taken for this person: nobody has begun, or whoever had was killed."""
    return _set(session, id, and_(_applied_by(by), _nobody(clock)), beat_at=clock.plus())


def let_go(session: Session, id: int, by: str) -> bool:
    """It was not applied after all."""
    return _set(session, id, _applied_by(by), state=DropState.READ, applied_by="", order_id=None)


def applied(session: Session, clock: Clock, id: int, by: str, said: Mapping[str, Any]) -> bool:
    """It is applied; False where somebody else has it by now.

    Whoever was held up for long may have been taken for dead: what is done is done, unless another has begun.
    """
    mine = or_(_applied_by(by), col(DroppedFile.state) == DropState.READ)
    done = {"state": DropState.APPLIED, "applied_by": by, "applied_at": clock.plus(), "said": dict(said)}
    return _set(session, id, mine, **done)


def _applied_by(person: str) -> ColumnElement[bool]:
    return and_(col(DroppedFile.state) == DropState.APPLYING, col(DroppedFile.applied_by) == person)


def _nobody(clock: Clock) -> ColumnElement[bool]:
    return or_(col(DroppedFile.beat_at).is_(None), col(DroppedFile.beat_at) < clock.plus(-SILENT))


def keep_said(session: Session, id: int, by: str, said: Mapping[str, Any]) -> None:
    """Keep what was said last about it, unless it is another's by now."""
    _set(session, id, col(DroppedFile.applied_by) == by, said=dict(said))


def leave(session: Session, id: int) -> bool:
    """Put it aside: it will not be applied."""
    waiting = col(DroppedFile.state).in_([DropState.READ, DropState.REFUSED, DropState.RECEIVED])
    return _set(session, id, waiting, state=DropState.LEFT)


def _set(session: Session, id: int, where: Any, **values: Any) -> bool:
    change = update(DroppedFile).where(col(DroppedFile.id) == id, where).values(**values)
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def is_applied_now(clock: Clock, id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether somebody who gives signs of life is applying this file."""
    return exists().where(col(DroppedFile.id) == id, col(DroppedFile.state) == DropState.APPLYING, ~_nobody(clock))


def being_applied(session: Session, kind: DropKind) -> DroppedFile | None:
    """The file of this kind that somebody is applying, if there is one."""
    query = select(DroppedFile).where(col(DroppedFile.kind) == kind, col(DroppedFile.state) == DropState.APPLYING)
    return session.execute(query.limit(1)).scalar_one_or_none()


def broken_off(session: Session, clock: Clock) -> list[int]:
    """Files that nobody applies any more: whoever had begun was killed, or the run that was to begin is over."""
    begun, order = col(DroppedFile.beat_at).is_not(None), col(GivenOrder.id)
    free = or_(begun, order.is_(None), col(GivenOrder.run_state).in_([RunState.OVER, RunState.LOST]))
    query = select(col(DroppedFile.id)).outerjoin(GivenOrder, order == col(DroppedFile.order_id))
    found = session.execute(query.where(col(DroppedFile.state) == DropState.APPLYING, _nobody(clock), free)).scalars()
    return [id for id in found if id]


def let_broken_go(session: Session, clock: Clock) -> None:
    """What a kill has left half-way may be applied again."""
    for id in broken_off(session, clock):
        still = and_(col(DroppedFile.state) == DropState.APPLYING, _nobody(clock))
        _set(session, id, still, state=DropState.READ, applied_by="", order_id=None)


def run_of(session: Session, row: DroppedFile) -> GivenOrder | None:
    return session.get(GivenOrder, row.order_id) if row.order_id else None


def old(session: Session, before: datetime) -> list[int]:
    """Files dropped so long ago that nobody looks at them any more."""
    still = col(DroppedFile.state) != DropState.APPLYING
    found = session.execute(select(col(DroppedFile.id)).where(col(DroppedFile.dropped_at) < before, still)).scalars()
    return [id for id in found if id]


def forget(session: Session, ids: Sequence[int]) -> None:
    session.execute(delete(DroppedFile).where(col(DroppedFile.id).in_(ids)), execution_options=QUICK)


def is_waiting(row: DroppedFile, now: datetime) -> bool:
    """Whether nobody reads it though it is to be read."""
    silent = row.beat_at is None or row.beat_at < now - SILENT
    late = row.state == DropState.RECEIVED and row.dropped_at < now - timedelta(seconds=5)
    return late or (row.state == DropState.READING and silent)
