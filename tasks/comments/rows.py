"""The rows of comments about pieces. Sessions are given."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import fingerprint
from models.database import Clock, now_by
from models.piece import PieceComment
from tasks.delivery.rows import insert_quietly

SHOWN = 200


def comments(session: Session, piece_id: int, most: int = SHOWN) -> list[PieceComment]:
    """The last comments, the oldest of them first."""
    query = select(PieceComment).where(col(PieceComment.piece_id) == piece_id)
    found = session.execute(query.order_by(col(PieceComment.id).desc()).limit(most)).scalars()
    return list(reversed(list(found)))


def add_comment(
    session: Session, clock: Clock, once: str, piece_id: int, account: str, person: str, text: str
) -> tuple[PieceComment, bool]:
    """Keep a comment; False where this very form, filled in so, has been sent before."""
    once = fingerprint([once, piece_id, account, person, text])
    same = select(PieceComment).where(col(PieceComment.once) == once)
    is_new = session.execute(same).first() is None
    row: dict[str, Any] = {"once": once, "piece_id": piece_id, "account": account, "person": person, "text": text,
                           "at": now_by(clock, session)}  # fmt: skip
    session.execute(insert_quietly(session, PieceComment, ["once"]), [row])
    return session.execute(same).scalar_one(), is_new


def who_commented(session: Session, piece_id: int) -> set[str]:
    query = select(col(PieceComment.person)).where(col(PieceComment.piece_id) == piece_id).distinct()
    return set(session.execute(query).scalars())
