"""The rows of questions: answered by what a person says, passed on.

Sessions are given; nothing here opens or commits one.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.reaction import Comment, PassedOn
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.reactions.rows import OPERATION
from tasks.registry.rows import record
from tasks.watching import rows as watching
from tasks.watching.placed import Placed

K = Comment.__table__.c  # type: ignore[attr-defined]
WAITS = (K.question, K.answered_at.is_(None))
STATED = "stated"


def question(session: Session, id: int) -> Comment | None:
    """A comment that wants, or wanted, an answer."""
    return session.get(Comment, id)


def under(session: Session, comment: Comment) -> Placed | None:
    """The publication it stands under."""
    found = watching.placed(session, [comment.delivery_id])
    return found[0] if found else None


def answer(session: Session, clock: Clock, id: int, person: str) -> bool:
    """Write down that it was answered, by what a person says; False where it was already, or is none any more.

    The facts are those that an answer seen on the channel has, so that none is counted twice.
    """
    now = now_by(clock, session)
    change = update(Comment).where(K.id == id, *WAITS).values(answered_at=now, answered_by=person)
    row = session.execute(change.returning(K.remote_id, K.delivery_id, K.written_at), execution_options=QUICK).first()
    if row is None:
        return False
    _record(session, clock, row.delivery_id, row.remote_id, row.written_at, now)
    return True


def _record(
    session: Session, clock: Clock, delivery_id: int, remote_id: str, written_at: datetime, now: datetime
) -> None:
    took = max(int((now - written_at).total_seconds()), 0)
    facts = [
        placed.fact(OPERATION, metric, value, now, STATED, remote_id)
        for placed in watching.placed(session, [delivery_id])
        for metric, value in {"answered": 1, "answer_time": took}.items()
    ]
    record(session, facts, clock)


def dismiss(session: Session, id: int) -> bool:
    """It needs no answer: whoever judged it a question was wrong. Nothing is counted."""
    change = update(Comment).where(K.id == id, *WAITS).values(question=False, answer_by=None)
    done = session.execute(change, execution_options=QUICK)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def pass_on(
    session: Session, clock: Clock, id: int, to: tuple[str, str], by: str, note: str, written: bool
) -> PassedOn | None:
    """Write down to whom it goes; the one who passed it there before, where somebody has."""
    kind, key = to
    row = {"comment_id": id, "to_kind": kind, "to_key": key, "note": note, "by": by, "at": now_by(clock, session),
           "written": written}  # fmt: skip
    one = insert_quietly(session, PassedOn, ["comment_id", "to_kind", "to_key"]).values(row).returning(PassedOn.id)
    if session.execute(one).scalar_one_or_none() is not None:
        return None
    there = (col(PassedOn.comment_id) == id, col(PassedOn.to_kind) == kind, col(PassedOn.to_key) == key)
    return session.execute(select(PassedOn).where(*there)).scalar_one()
