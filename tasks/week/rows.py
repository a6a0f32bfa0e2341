"""The publications of a span of days. Sessions are given; nothing here opens, changes or commits anything.

What a page looks at grows with the span and never with the history: the span is found along an index, and the Stops
in force, which are few, are read first and asked of each row as plain comparisons.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import PLACEMENTS, Delivery, State, Verb
from models.desk import Line
from models.desk.week import Wish, standing
from models.piece import Piece
from tasks.delivery.statements import D, is_approved
from tasks.desk.rows import Names, as_line
from tasks.orders.rows import its_piece
from tasks.stop.rows import covered, stops_in_force
from tasks.week.layout import Spot

MOST = 12_000
AT_A_TIME = 500  # ids in one question


def spots(session: Session, since: datetime, until: datetime, wish: Wish, now: datetime) -> list[Spot]:
    """What is due in [since, until) and passes the filters but that by state, in the order it is due; `MOST` of it."""
    query = (
        select(D.id, D.due_at, D.state, is_approved(), stopped(session))
        .where(PLACEMENTS, D.due_at >= since, D.due_at < until, *_filters(wish))
        .order_by(D.due_at, D.id).limit(MOST)
    )  # fmt: skip
    if wish.person:
        query = query.join(Piece, its_piece()).where(col(Piece.author) == wish.person)
    found = session.execute(query).tuples()
    return [
        Spot(id, due_at, standing(State(state), bool(approved), bool(held), due_at, now))
        for id, due_at, state, approved, held in found
    ]


def _filters(wish: Wish) -> list[ColumnElement[bool]]:
    wanted: Mapping[Any, str] = {D.account: wish.channel, D.campaign: wish.campaign}
    return [column == value for column, value in wanted.items() if value]


def stopped(session: Session) -> ColumnElement[bool]:
    """Whether a Stop in force covers the row; a take-down passes a Stop."""
    return and_(D.verb != Verb.DELETE, or_(false(), *map(covered, stops_in_force(session))))


def lines(session: Session, ids: Sequence[int], names: Names) -> dict[int, Line]:
    """Whatever the page says of these publications."""
    held, found = stopped(session), {}
    for begin in range(0, len(ids), AT_A_TIME):
        some = D.id.in_(ids[begin : begin + AT_A_TIME])
        query = select(Delivery, Piece, held.label("stopped")).outerjoin(Piece, its_piece())
        for row in session.execute(query.where(some, D.kind == "placement")):
            found[row.Delivery.id] = as_line(row.Delivery, row.Piece, bool(row.stopped), names)
    return found
