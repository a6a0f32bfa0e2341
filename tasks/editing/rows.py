"""The rows of editing: a piece with its versions, texts by hand, comments. Sessions are given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import OUT, Verb
from models.piece import HandVersion, Piece, PieceVersion, Rendition
from tasks.content.rows import BY_A_PERSON, HAND, STYLING
from tasks.delivery.statements import D

VERSIONS_SHOWN = 50


def piece(session: Session, id: int) -> Piece | None:
    return session.get(Piece, id)


def numbered(session: Session, number: str, lock: bool) -> Piece:
    """The piece with this №; locked, whoever edits it now is waited for."""
    query = select(Piece).where(col(Piece.number) == number).execution_options(populate_existing=True)
    return session.execute(query.with_for_update() if lock else query).scalar_one()


def present(session: Session, piece: Piece) -> PieceVersion:
    return session.get_one(PieceVersion, piece.version_id)


def version(session: Session, piece_id: int, ordinal: int) -> PieceVersion | None:
    one = (col(PieceVersion.piece_id) == piece_id, col(PieceVersion.ordinal) == ordinal)
    return session.execute(select(PieceVersion).where(*one)).scalar_one_or_none()


def saved_since(session: Session, piece_id: int, ordinal: int, but: Collection[str] = (HAND,)) -> PieceVersion | None:
    """The last version that a person or the plan has made after this one, but those made only for a channel."""
    later = and_(col(PieceVersion.piece_id) == piece_id, col(PieceVersion.ordinal) > ordinal)
    query = select(PieceVersion).where(later, col(PieceVersion.made_by) != STYLING, col(PieceVersion.why).not_in(but))
    return session.execute(query.order_by(col(PieceVersion.ordinal).desc()).limit(1)).scalar_one_or_none()


def as_loaded(session: Session, piece: Piece) -> PieceVersion | None:
    """The version that the company's files made last."""
    mine = and_(col(PieceVersion.piece_id) == piece.id, col(PieceVersion.made_by) != STYLING)
    query = select(PieceVersion).where(mine, col(PieceVersion.why).not_in(BY_A_PERSON))
    return session.execute(query.order_by(col(PieceVersion.ordinal).desc()).limit(1)).scalar_one_or_none()


@dataclass(frozen=True)
class Listed:
    """A version without its content."""

    ordinal: int
    made_by: str
    why: str
    note: str
    made_at: datetime
    corrections: int


def versions(session: Session, piece_id: int, most: int = VERSIONS_SHOWN) -> list[Listed]:
    """The versions of a piece, the newest first."""
    columns = (col(PieceVersion.ordinal), col(PieceVersion.made_by), col(PieceVersion.why), col(PieceVersion.note),
               col(PieceVersion.made_at), func.json_array_length(col(PieceVersion.corrections)))  # fmt: skip
    query = select(*columns).where(col(PieceVersion.piece_id) == piece_id)
    found = session.execute(query.order_by(col(PieceVersion.ordinal).desc()).limit(most)).tuples()
    return [Listed(*row) for row in found]


def renditions(session: Session, piece_id: int, version_id: int) -> list[Rendition]:
    """The channels' versions of one version: of each channel the one that fits, if there is one."""
    of_it = (col(Rendition.piece_id) == piece_id, col(Rendition.version_id) == version_id)
    found = session.execute(select(Rendition).where(*of_it).order_by(col(Rendition.content_hash) != "")).scalars()
    return list({rendition.account: rendition for rendition in found}.values())


def out_in(session: Session, piece_id: int) -> list[str]:
    """The channels a piece is out in already."""
    mine = and_(D.subject_kind == "piece", D.subject_id == str(piece_id), D.kind == "placement")
    query = select(D.account).where(mine, D.verb == Verb.PUBLISH, D.state.in_(OUT)).distinct()
    return sorted(session.execute(query).scalars())


def hands(session: Session, piece_id: int) -> list[HandVersion]:
    query = select(HandVersion).where(col(HandVersion.piece_id) == piece_id).order_by(col(HandVersion.account))
    return list(session.execute(query).scalars())


def hand(session: Session, piece_id: int, account: str) -> HandVersion | None:
    one = (col(HandVersion.piece_id) == piece_id, col(HandVersion.account) == account)
    return session.execute(select(HandVersion).where(*one)).scalar_one_or_none()


def behind(
    session: Session, piece_ids: Collection[int] | None = None, most: int = 100
) -> list[tuple[HandVersion, Piece]]:
    """Texts by hand whose common text has changed since: whoever wrote them is to look at them."""
    changed = and_(col(PieceVersion.styled), col(PieceVersion.body_hash) != col(HandVersion.body_hash))
    query = (
        select(HandVersion, Piece).join(Piece, col(Piece.id) == col(HandVersion.piece_id))
        .join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id))
        .where(changed, ~col(Piece.archived)).order_by(col(HandVersion.id)).limit(most)
    )  # fmt: skip
    if piece_ids is not None:
        query = query.where(col(Piece.id).in_(piece_ids))
    return list(session.execute(query).tuples())


def source_of(session: Session, piece_id: int) -> PieceVersion | None:
    """The version that brought the common text as it is: the last made neither by styling nor for a channel."""
    mine = and_(col(PieceVersion.piece_id) == piece_id, col(PieceVersion.made_by) != STYLING)
    query = select(PieceVersion).where(mine, col(PieceVersion.why) != HAND)
    return session.execute(query.order_by(col(PieceVersion.ordinal).desc()).limit(1)).scalar_one_or_none()
