"""What can be named that stands in rows: pieces, products, people. Sessions are given; nothing is changed here."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.desk.suggest import Kind, Named
from models.people import Person
from models.piece import OfferRow, Piece

MOST = 50_000


def print_of(session: Session, kind: Kind) -> tuple[Any, ...]:
    """What changes whenever the rows of this kind do: cheap to ask before every suggestion."""
    changed = {Kind.PIECE: Piece.changed_at, Kind.PRODUCT: OfferRow.read_at, Kind.PERSON: Person.changed_at}[kind]
    return tuple(session.execute(select(func.count(), func.max(changed))).one())


def named(session: Session, kind: Kind) -> list[Named]:
    """Every row of this kind by name, those that matter most first."""
    match kind:
        case Kind.PIECE:
            return _pieces(session)
        case Kind.PRODUCT:
            return _products(session)
        case _:
            return _people(session)


def _pieces(session: Session) -> list[Named]:
    """Pieces by their №, the newest first; what left the plan comes last."""
    query = select(col(Piece.number), col(Piece.title), col(Piece.archived)).where(col(Piece.number).is_not(None))
    found = session.execute(query.order_by(col(Piece.archived), col(Piece.id).desc()).limit(MOST))
    return [Named(key=number, title=title or f"№ {number}") for number, title, _ in found.tuples()]


def _products(session: Session) -> list[Named]:
    """Products by the feed's id, those that can be bought first."""
    query = select(col(OfferRow.id), col(OfferRow.name), col(OfferRow.category))
    found = session.execute(query.order_by(col(OfferRow.available).desc(), col(OfferRow.name)).limit(MOST))
    return [Named(key=id, title=name, about=category) for id, name, category in found.tuples()]


def _people(session: Session) -> list[Named]:
    query = select(col(Person.key), col(Person.name)).where(col(Person.active)).order_by(col(Person.name))
    return [Named(key=key, title=name) for key, name in session.execute(query).tuples()]
