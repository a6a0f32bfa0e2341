"""What hangs on a version that somebody wants out at once. Sessions are given; nothing here opens or commits one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Asking, Decision, Request, RequestRow
from models.delivery import OPEN, State, Verb
from models.piece import Piece
from tasks.approval.rows import subject_of
from tasks.decisions import rows as decisions
from tasks.delivery.statements import DELIVERY, D, is_approved

OF_PIECE = and_(D.kind == "placement", D.subject_kind == "piece", D.subject_id != "")
WAITS = and_(OF_PIECE, D.verb != Verb.DELETE, D.state.in_(OPEN), ~is_approved(), D.content_hash != "")


@dataclass(frozen=True)
class Hurried:
    """A version that waits, with its piece: what is let out, where, when it is due first."""

    subject: str
    version: str
    account: str
    piece_id: int
    number: str
    title: str
    author: str
    due_at: datetime


def waiting(session: Session, *where: ColumnElement[bool]) -> list[Hurried]:
    """Versions that are not approved and not out, one entry per version and channel."""
    what, first = (D.subject_id, D.account, D.content_hash), func.min(D.due_at)
    due = select(*what, first.label("first")).where(WAITS, *where).group_by(*what).subquery()
    its_piece = col(Piece.id) == cast(due.c.subject_id, Integer)  # by the piece's own key: no other is looked at
    query = select(due.c.account, due.c.content_hash, due.c.first, Piece).join(Piece, its_piece)
    return [
        Hurried(subject_of(p.id or 0, account), version, account, p.id or 0, p.number or "", p.title, p.author, first)
        for account, version, first, p in session.execute(query.order_by(due.c.first, due.c.account)).tuples()
    ]


def late(session: Session, hurried: Hurried) -> list[int]:
    """Rows of it that were held because nobody had decided: their time is over, so they go now."""
    mine = and_(decisions.of(hurried.subject), D.content_hash == hurried.version, D.state == State.HELD)
    query = select(D.id).where(mine, D.reason["code"].as_string() == "not_approved").order_by(D.id)
    return list(session.execute(query).scalars())


def ids(session: Session, hurried: Hurried) -> list[int]:
    """All rows of it that are not out."""
    mine = and_(decisions.of(hurried.subject), D.content_hash == hurried.version, D.state.in_(OPEN))
    return list(session.execute(select(D.id).where(mine).order_by(D.id)).scalars())


def named(session: Session, id: int) -> tuple[str, str] | None:
    """The subject and the version that a publication carries."""
    found = session.execute(select(D.subject_id, D.account, D.content_hash).where(D.id == id)).tuples().one_or_none()
    return (subject_of(found[0], found[1]), found[2]) if found else None


def carrying(session: Session, rendition_id: int) -> int:
    """A publication that waits for the approval of this version, the first one due; 0 where none does."""
    query = select(D.id).where(WAITS, D.content_id == rendition_id).order_by(D.due_at, D.id).limit(1)
    return session.execute(query).scalar_one_or_none() or 0


def question_about(session: Session, ids: Sequence[int]) -> int:
    """The question that asks for the approval of what these publications carry, afterwards; 0 where none does."""
    same = and_(col(RequestRow.subject) == decisions.SUBJECT, D.content_hash == col(RequestRow.version))
    after = and_(col(Request.asking) == Asking.AFTER, D.id.in_(ids))
    query = select(func.max(col(Request.id))).select_from(RequestRow).join(Request).join(DELIVERY, same).where(after)
    return session.execute(query).scalar_one() or 0


def verdict(session: Session, hurried: Hurried) -> Decision | None:
    """What an approver has said about it; None while nobody has."""
    found = decisions.decided_by(session, hurried.subject, hurried.version)
    return Decision(found.decision) if found else None
