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


def keep_draft(session: Session, clock: Clock, reference: str, row: PlanRow, manuscript: Manuscript) -> str:
    """Keep a draft and return its №: the one it has, where the same brief was written before, else the next free."""
    rows.wait_for_the_plan(session)
    known = select(col(Piece.number)).where(col(Piece.source) == DRAFT, col(Piece.source_ref) == reference)
    number = session.execute(known).scalar_one_or_none() or _next_number(session)
    rows.add_piece(session, clock, DRAFT, reference, manuscript, "A5", row.model_copy(update={"number": number}))
    return number


def text_of(session: Session, piece_id: int) -> str:
    """What a piece says at present."""
    of_it = select(PieceVersion).join(Piece, col(Piece.version_id) == col(PieceVersion.id))
    found = session.execute(of_it.where(col(Piece.id) == piece_id)).scalar_one_or_none()
    return Manuscript.model_validate(found.content).body if found else ""


def _next_number(session: Session) -> str:
    return str(max((int(number) for number in rows.used_numbers(session) if number.isdecimal()), default=0) + 1)
