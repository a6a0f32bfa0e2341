"""The rows of campaigns: what was spent on them, their pieces, what became of those. Sessions are given.

Every question is about the campaigns or the days that are named; none grows with the rest of the history.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf

from sqlalchemy import String, and_, case, cast, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import FOR_A_PERSON, OPEN, OUT, State, Verb
from models.piece import Piece
from models.registry import Tally
from models.stop import Scope, StopOrder
from tasks.registry.rows import D, spent, tally
from tasks.reports.period import midnight

MOST = 200
COMING = (State.PLANNED, State.CLAIMED, State.INTENT)
PUBLICATION = and_(D.kind == "placement", D.verb == Verb.PUBLISH)  # its corrections and removals are no second one
OF_PIECE = and_(D.subject_kind == "piece", D.subject_id == cast(col(Piece.id), String))


def spending(session: Session, keys: Collection[str], by: str = "campaign") -> Mapping[str, list[Tally]]:
    """What was ever spent on these campaigns, by campaign, or by the fund it was taken from."""
    found: dict[str, list[Tally]] = {}
    for one in spent(session, (by,), {"campaign": keys}):
        found.setdefault(one.of(by), []).append(one)
    return found


def spending_by_fund(session: Session, first: date, zone: str) -> Mapping[str, list[Tally]]:
    """What was spent since a day, by fund; "" is what named none."""
    found: dict[str, list[Tally]] = {}
    for one in spent(session, ("fund",), {}, midnight(first, zone)):
        found.setdefault(one.of("fund"), []).append(one)
    return found


def results(session: Session, key: str, since: datetime, until: datetime) -> list[Tally]:
    """Everything the registry has measured of a campaign."""
    return tally(session, (since, until), (), {"campaign": key})


@dataclass(frozen=True)
class Work:
    """A piece of a campaign, with its publications by state and the days of the first and the last."""

    id: int
    number: str
    title: str
    author: str
    states: Mapping[State, int]
    first_at: datetime | None
    last_at: datetime | None
    archived: bool = False


def works(session: Session, key: str) -> list[Work]:
    """The pieces of a campaign in the order they come, at most so many."""
    counted = (
        select(col(Piece.id), D.state, func.count().label("number"), func.min(D.due_at).label("first"),
               func.max(D.due_at).label("last"))
        .join(Piece, OF_PIECE).where(col(Piece.campaign) == key, PUBLICATION)
        .group_by(col(Piece.id), D.state)
    )  # fmt: skip
    states: dict[int, dict[State, int]] = {}
    spans: dict[int, list[datetime]] = {}
    for row in session.execute(counted):
        states.setdefault(row.id, {})[State(row.state)] = row.number
        spans.setdefault(row.id, []).extend((row.first, row.last))
    pieces = session.execute(select(Piece).where(col(Piece.campaign) == key).order_by(col(Piece.id).desc()).limit(MOST))
    made = [_work(piece, states.get(piece.id or 0, {}), spans.get(piece.id or 0, [])) for piece in pieces.scalars()]
    return sorted(made, key=lambda one: (one.first_at.timestamp() if one.first_at else inf, one.id))


def _work(piece: Piece, states: Mapping[State, int], span: list[datetime]) -> Work:
    return Work(
        piece.id or 0, piece.number or "", piece.title, piece.author, states, min(span, default=None),
        max(span, default=None), piece.archived,
    )  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """How many publications of a campaign there are: out, to come, and in need of a person."""

    out: int = 0
    coming: int = 0
    troubled: int = 0


def counts(session: Session, keys: Collection[str]) -> dict[str, Counted]:
    """The publications of these campaigns, counted."""
    numbers = [func.sum(case((D.state.in_(states), 1), else_=0)) for states in (OUT, COMING, FOR_A_PERSON)]
    query = (
        select(col(Piece.campaign), *numbers).join(Piece, OF_PIECE)
        .where(col(Piece.campaign).in_(keys), PUBLICATION).group_by(col(Piece.campaign))
    )  # fmt: skip
    return {key: Counted(int(out), int(coming), int(troubled)) for key, out, coming, troubled in session.execute(query)}


@dataclass(frozen=True)
class Astray:
    """A publication of a campaign that is planned outside its days."""

    id: int
    number: str
    title: str
    due_at: datetime


def outside(session: Session, key: str, first: date, last: date, zone: str) -> list[Astray]:
    """What is still to go out, but not between these days."""
    since, until = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    astray = and_(PUBLICATION, D.state.in_(OPEN), (D.due_at < since) | (D.due_at >= until))
    query = (
        select(col(Piece.id), col(Piece.number), col(Piece.title), func.min(D.due_at)).join(Piece, OF_PIECE)
        .where(col(Piece.campaign) == key, astray).group_by(col(Piece.id), col(Piece.number), col(Piece.title))
        .order_by(func.min(D.due_at)).limit(MOST)
    )  # fmt: skip
    return [Astray(id, number or "", title, due_at) for id, number, title, due_at in session.execute(query)]


def stops(session: Session, key: str) -> list[StopOrder]:
    """The Stops of a campaign, the newest first."""
    query = select(StopOrder).where(col(StopOrder.scope) == Scope.CAMPAIGN, col(StopOrder.scope_key) == key)
    return list(session.execute(query.order_by(col(StopOrder.id).desc()).limit(MOST)).scalars())
