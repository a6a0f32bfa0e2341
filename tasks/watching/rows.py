"""The rows of watching: when a publication is looked at next, and what a look needs to know of it.

A look is taken by moving its moment on by a lease, and that moment is the mark of the taker: what was found is written
only while it stands there. So two processes never look at the same thing together, and a killed one loses nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, bindparam, cast, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, Delivery, State, Verb
from models.piece import Piece, Rendition
from models.post import Post
from models.reaction import AccountState, Notice, Watch
from tasks.approval import rows as approval
from tasks.control.compare import next_check
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.notices.rows import Message, tell
from tasks.posting.rows import KIND, readable
from tasks.reactions.cadence import next_look
from tasks.watching.duty import Duty
from tasks.watching.letter import Letter
from tasks.watching.placed import LIVE, Due, Placed, Purpose, Taken

WATCH = Watch.__table__  # type: ignore[attr-defined]
W = WATCH.c
ON_THE_WAY = (State.PLANNED, State.CLAIMED, State.INTENT, State.UNKNOWN, State.HELD)


def on_duty(session: Session, day: date, approver: str) -> Duty:
    """Who is told what on this day."""
    return Duty(day, approval.people(session), approval.absences(session), approver)


def send(session: Session, clock: Clock, letters: Sequence[Letter]) -> int:
    """Tell what is not told yet; returns of how many things."""
    known = select(col(Notice.key)).where(col(Notice.key).in_([letter.key for letter in letters]))
    told = set(session.execute(known).scalars())
    new = [letter for letter in letters if letter.key not in told]
    tell(session, clock, [Message(one.key, one.person, one.subject, one.body, one.link) for one in new])
    return len({letter.about for letter in new})


def watch_new(session: Session) -> int:
    """Begin to look after whatever has gone out since; what has no number on its channel cannot be looked up there."""
    watched = exists().where(W.delivery_id == D.id)
    out = (D.kind == KIND, D.verb == Verb.PUBLISH, D.state.in_(OUT), D.sent_at.is_not(None))
    new = session.execute(select(D.id, D.sent_at, D.remote_id).where(*out, ~watched)).all()
    rows = [
        {"delivery_id": row.id, "check_at": next_check(row.sent_at, None) if row.remote_id else None,
         "reactions_at": next_look(row.sent_at, None)} for row in new
    ]  # fmt: skip
    if rows:
        session.execute(insert_quietly(session, Watch, ["delivery_id"]), rows)
    return len(rows)


def take(session: Session, clock: Clock, purpose: Purpose, limit: int, lease: timedelta) -> Taken:
    """Take looks that are due, the longest due first; accounts that were asked to wait are let alone."""
    until = now_by(clock, session) + lease
    next_at = W[purpose.next_at]
    waits = exists().where(
        D.id == W.delivery_id, col(AccountState.account) == D.account, col(AccountState.paused_until) > clock.plus()
    )
    due = (
        select(W.delivery_id).where(next_at <= clock.plus(), ~waits).order_by(next_at).limit(limit)
        .with_for_update(skip_locked=True, of=WATCH).cte("due")
    )  # fmt: skip
    mine = W.delivery_id.in_(select(due.c.delivery_id))
    change = update(WATCH).where(mine, next_at <= clock.plus()).values({purpose.next_at: until})
    ids = session.execute(change.returning(W.delivery_id), execution_options=QUICK).scalars().all()
    return Taken(until, tuple(placed(session, ids, purpose)))


def still_ours(session: Session, purpose: Purpose, taken: Taken) -> set[int]:
    """Which of the looks nobody has taken since; they stay locked until the transaction ends."""
    ids = [one.id for one in taken.placed]
    mine = select(W.delivery_id).where(W.delivery_id.in_(ids), W[purpose.next_at] == taken.until)
    return set(session.execute(mine.with_for_update()).scalars())


def come_back(session: Session, purpose: Purpose, dues: Iterable[Due]) -> None:
    """Write down when each is looked at next."""
    rows = [{"b_id": due.delivery_id, "b_next": due.next_at, "b_last": due.looked_at} for due in dues]
    seen = [row for row in rows if row["b_last"]]
    then = update(WATCH).where(W.delivery_id == bindparam("b_id"))
    next_at = {purpose.next_at: bindparam("b_next", type_=W.check_at.type)}
    if seen:
        last_at = {purpose.last_at: bindparam("b_last", type_=W.check_at.type)}
        session.connection().execute(then.values({**next_at, **last_at}), seen)
    if len(seen) < len(rows):
        unseen = [{"b_id": row["b_id"], "b_next": row["b_next"]} for row in rows if not row["b_last"]]
        session.connection().execute(then.values(next_at), unseen)


def look_soon(session: Session, clock: Clock, delivery_id: int, after: timedelta) -> None:
    """Look whether it stands sooner than it would be by the cadence: something was ordered about it."""
    change = update(WATCH).where(W.delivery_id == delivery_id).values(check_at=clock.plus(after))
    session.execute(change, execution_options=QUICK)


def stop_watching(session: Session, ids: Collection[int]) -> None:
    """Look at these no more: they are gone, and a person knows it."""
    change = update(WATCH).where(W.delivery_id.in_(ids)).values(check_at=None, reactions_at=None)
    session.execute(change, execution_options=QUICK)


def placed(session: Session, ids: Sequence[int], purpose: Purpose = LIVE) -> list[Placed]:
    """Publications with all that a look needs, by account, the oldest first."""
    query = (
        select(Delivery, Piece, W[purpose.last_at].label("looked_at"))
        .outerjoin(WATCH, W.delivery_id == D.id)
        .outerjoin(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.id.in_(ids)).order_by(D.account, D.sent_at, D.id)
    )  # fmt: skip
    found = session.execute(query).all()
    after = _afterwards(session, ids)
    contents = {row.Delivery.id: _shown(row.Delivery, after.get(row.Delivery.id, [])) for row in found}
    posts = _posts(session, {id for id, _ in contents.values()})
    return [
        _placed(row, contents[row.Delivery.id], after.get(row.Delivery.id, []), posts)
        for row in found if row.Delivery.sent_at
    ]  # fmt: skip


def _afterwards(session: Session, ids: Sequence[int]) -> dict[int, list[Any]]:
    """What was ordered about these since they went out, in order."""
    query = select(D.base_id, D.verb, D.state, D.content_id, D.content_hash).where(D.base_id.in_(ids)).order_by(D.id)
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.base_id, []).append(row)
    return found


def _shown(row: Delivery, after: Sequence[Any]) -> tuple[int, str]:
    """The content that should stand on the channel now, with its hash."""
    edits = [one for one in after if one.verb == Verb.EDIT and one.state in OUT]
    return (edits[-1].content_id, edits[-1].content_hash) if edits else (row.content_id, row.content_hash)


def _posts(session: Session, ids: Collection[int]) -> dict[int, Post]:
    query = select(col(Rendition.id), col(Rendition.post)).where(col(Rendition.id).in_(ids))
    return {row.id: post for row in session.execute(query) if (post := readable(row.post))}


def _placed(row: Any, shown: tuple[int, str], after: Sequence[Any], posts: Mapping[int, Post]) -> Placed:
    d, piece = row.Delivery, row.Piece
    said = {"title": piece.title, "number": piece.number or "", "author": piece.author, "goal": piece.goal,
            "customer_group": piece.customer_group} if piece else {}  # fmt: skip
    return Placed(
        id=d.id, key=d.key, account=d.account, remote_id=d.remote_id, url=d.url, detail=d.detail, sent_at=d.sent_at,
        looked_at=row.looked_at, subject_id=d.subject_id, campaign=d.campaign, content_id=shown[0],
        content_hash=shown[1], post=posts.get(shown[0]), **said,
        is_changing=any(one.state in ON_THE_WAY for one in after),
        is_removed=any(one.verb == Verb.DELETE and one.state in OUT for one in after),
    )  # fmt: skip
