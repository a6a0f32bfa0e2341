"""The rows of drafts: a piece beside the plan, under a № of its own. Sessions are given."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import PlanRow
from models.database import Clock
from models.manuscript import Manuscript
from models.piece import Piece, PieceVersion
from tasks.content import rows
from tasks.content.rows import DRAFT as DRAFT


def keep_draft(
    session: Session, clock: Clock, reference: str, row: PlanRow, manuscript: Manuscript
) -> tuple[Piece, bool]:
    """Keep a draft: under the № it has, where the same brief was written before, else under the next free one.

    False where a person has written into it since: then it stays as it is.
    """
    rows.wait_for_the_plan(session)
    same = select(Piece).where(col(Piece.source) == DRAFT, col(Piece.source_ref) == reference)
    known = session.execute(same.with_for_update()).scalar_one_or_none()  # whoever edits it just now is waited for
    if known is not None and _is_edited(session, known):
        return known, False
    number = known.number if known is not None else _next_number(session)
    row = row.model_copy(update={"number": number})
    return rows.add_piece(session, clock, DRAFT, reference, manuscript, "A5", row), True


def _is_edited(session: Session, piece: Piece) -> bool:
    mine = (col(PieceVersion.piece_id) == piece.id, col(PieceVersion.why).in_(rows.BY_A_PERSON))
    return session.execute(select(col(PieceVersion.id)).where(*mine).limit(1)).first() is not None


def text_of(session: Session, piece_id: int) -> str:
    """What a piece says at present."""
    of_it = select(PieceVersion).join(Piece, col(Piece.version_id) == col(PieceVersion.id))
    found = session.execute(of_it.where(col(Piece.id) == piece_id)).scalar_one_or_none()
    return Manuscript.model_validate(found.content).body if found else ""


def _next_number(session: Session) -> str:
    return str(max((int(number) for number in rows.used_numbers(session) if number.isdecimal()), default=0) + 1)
