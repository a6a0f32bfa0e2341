"""The rows of the big switch: Stops pulled and released, what they hold, what was out before them.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, case, cast, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, Delivery, Lateness, State, Verb
from models.desk.stop import Band, Fate
from models.locale import mark
from models.people import Person
from models.piece import Piece
from models.reason import because
from models.stop import IN_FORCE, Scope, StopOrder
from tasks.delivery.statements import QUICK, D, is_approved, stopped
from tasks.orders.rows import HOLDABLE, Publication, its_piece, parts_out, publications

IN_FORCE_NOW = col(StopOrder.released_at).is_(None)
STILL_LATE = mark(
    "Its time passed under Stop № {stop}, and whoever released the Stop kept it back. Publish it now, move it, or "
    "cancel it."
)


def pull_stop(session: Session, clock: Clock, scope: Scope, key: str, person: str, why: str) -> int:
    """Pull the switch, or find it pulled: of one scope one Stop is in force. Returns its number.

    What is claimed but not yet in the air is held by its intent; nothing else needs to be done.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    order = {"scope": scope, "scope_key": key, "reason": why, "pulled_by": person,
             "pulled_at": now_by(clock, session), "released_by": ""}  # fmt: skip
    unique = {"index_elements": ["scope", "scope_key"], "index_where": IN_FORCE}
    session.execute(dialect.insert(StopOrder).on_conflict_do_nothing(**unique), [order])
    [pulled] = in_force(session, scope, key)
    assert pulled.id is not None
    return pulled.id


def release_stop(session: Session, clock: Clock, id: int, person: str) -> bool:
    """Let go again; only a person does. False when it was released already, or never pulled."""
    change = update(StopOrder).where(col(StopOrder.id) == id, col(StopOrder.released_at).is_(None))
    done = session.execute(change.values(released_by=person, released_at=clock.plus()), execution_options=QUICK)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def stops_in_force(session: Session) -> list[StopOrder]:
    order = (col(StopOrder.pulled_at), col(StopOrder.id))
    query = select(StopOrder).where(col(StopOrder.released_at).is_(None)).order_by(*order)
    return list(session.execute(query).scalars())


def covered(order: StopOrder) -> ColumnElement[bool]:
    """The rows a Stop covers."""
    by_scope: dict[str, ColumnElement[bool]] = {
        Scope.CHANNEL: D.account == order.scope_key,
        Scope.CAMPAIGN: D.campaign == order.scope_key,
        Scope.PIECE: D.subject_id == order.scope_key,
    }
    return and_(D.kind == "placement", by_scope.get(order.scope, D.id.is_not(None)))


def out_before(session: Session, order: StopOrder, since: datetime) -> list[Delivery]:
    """What had gone out already, or was in the air, when the switch was pulled: with links, newest first."""
    query = select(Delivery).where(*_out_under(order, since)).order_by(D.due_at.desc())
    return list(session.execute(query).scalars())


def _out_under(order: StopOrder, since: datetime) -> tuple[ColumnElement[bool], ...]:
    out = or_(D.state.in_(OUT), D.state.in_([State.INTENT, State.UNKNOWN]), parts_out() > 0)
    return covered(order), out, D.due_at >= since


def held_back(session: Session, order: StopOrder) -> int:
    """How many publications the Stop keeps from going out."""
    query = select(func.count()).where(covered(order), D.state.in_(HOLDABLE), D.verb != Verb.DELETE)
    return session.execute(query).scalar_one()


def in_force(session: Session, scope: Scope, key: str) -> list[StopOrder]:
    """The Stops of exactly this scope that nobody has released."""
    return [order for order in stops_in_force(session) if (order.scope, order.scope_key) == (scope, key)]


def published_before(session: Session, order: StopOrder, since: datetime) -> list[Publication]:
    """The same as publications, with their pieces."""
    return list(reversed(publications(session, *_out_under(order, since))))


def let_pass(session: Session, order: StopOrder) -> None:
    """Wait for the calls that began while the switch was being pulled: from here on each of them is seen."""
    claimed = select(D.id).where(covered(order), D.state == State.CLAIMED).with_for_update()
    session.execute(claimed).all()


def band(session: Session) -> list[Band]:
    """The Stops in force for the head of every page: one look, at the few rows of a partial index.

    The title of a piece comes with it; those of channels and campaigns stand in the company's files.
    """
    piece = case((col(StopOrder.scope) == Scope.PIECE, cast(col(StopOrder.scope_key), Integer)))
    query = (
        select(StopOrder, col(Person.name), col(Piece.number), col(Piece.title))
        .outerjoin(Person, col(Person.key) == col(StopOrder.pulled_by)).outerjoin(Piece, col(Piece.id) == piece)
        .where(IN_FORCE_NOW).order_by(col(StopOrder.pulled_at), col(StopOrder.id))
    )  # fmt: skip
    return [
        Band(
            id=order.id or 0, scope=Scope(order.scope), scope_key=order.scope_key, pulled_by=name or order.pulled_by,
            title=" · ".join(part for part in (f"№ {number}" if number else "", title) if part) or order.scope_key,
            pulled_at=order.pulled_at,
        ) for order, name, number, title in session.execute(query).tuples()
    ]  # fmt: skip


def held_by(order: StopOrder) -> tuple[ColumnElement[bool], ...]:
    """What a Stop keeps from going out; a take-down passes it."""
    return covered(order), D.state.in_(HOLDABLE), D.verb != Verb.DELETE


def coming(session: Session, *where: ColumnElement[bool]) -> list[Row[tuple[str, int, datetime]]]:
    """How many of these there are in each channel, and when the next is due; the soonest channel first."""
    soonest = func.min(D.due_at, type_=D.due_at.type)
    query = select(D.account, func.count(), soonest).where(*where).group_by(D.account).order_by(soonest)
    return list(session.execute(query))


def going(session: Session, order: StopOrder) -> int:
    """How many are in the air: a call has begun, and nothing holds it any more."""
    query = select(func.count()).where(covered(order), D.state == State.INTENT)
    return session.execute(query).scalar_one()


def let_go_by(order: StopOrder) -> tuple[ColumnElement[bool], ...]:
    """What releasing this Stop sets free: what no other Stop holds as well."""
    return *held_by(order), ~stopped(col(StopOrder.id) != (order.id or 0))


def is_to_come(clock: Clock) -> ColumnElement[bool]:
    later: ColumnElement[bool] = D.due_at > clock.plus()
    return later


def still_stopped(session: Session, order: StopOrder) -> int:
    query = select(func.count()).where(*held_by(order), stopped(col(StopOrder.id) != (order.id or 0)))
    return session.execute(query).scalar_one()


def fate(clock: Clock) -> ColumnElement[str]:
    """What becomes of a row that is due when nothing stops it: the same rules by which lateness is judged then."""
    late = and_(D.late_at.is_not(None), D.late_at < clock.plus())
    return case(
        (~is_approved(), literal(Fate.NOT_APPROVED)),
        (and_(late, D.lateness == Lateness.SKIP), literal(Fate.IS_SKIPPED)),
        (and_(late, D.lateness == Lateness.ASK), literal(Fate.IS_ASKED)),
        else_=literal(Fate.GOES_OUT),
    )


def fates(session: Session, clock: Clock, order: StopOrder) -> Mapping[Fate, int]:
    """What releasing means for what is late by now, counted."""
    late = (*let_go_by(order), D.due_at <= clock.plus())
    judged = select(fate(clock).label("fate")).where(*late).subquery()
    found = session.execute(select(judged.c.fate, func.count()).group_by(judged.c.fate)).tuples()
    return {Fate(name): number for name, number in found}


def late(session: Session, clock: Clock, order: StopOrder, most: int) -> list[Row[Any]]:
    """What is late by now with what becomes of it, the oldest first: id, number, title, account, due_at, fate."""
    query = (
        select(D.id, col(Piece.number), func.coalesce(Piece.title, D.key).label("title"), D.account, D.due_at,
               fate(clock).label("fate"))
        .outerjoin(Piece, its_piece())
        .where(*let_go_by(order), D.due_at <= clock.plus()).order_by(D.due_at, D.id).limit(most)
    )  # fmt: skip
    return list(session.execute(query))


def hold_late(session: Session, clock: Clock, order: StopOrder) -> int:
    """Hold what releasing this Stop would send late; what comes stays planned. Returns how many.

    In the transaction of the release: as long as that is open, the Stop still holds them. What is not approved does not
    go out anyway; held as late, it would stay held once it is approved.
    """
    reason = because(STILL_LATE, code="late", stop=order.id)
    change = update(Delivery).where(*let_go_by(order), D.due_at <= clock.plus(), is_approved())
    values = {"state": State.HELD, "reason": reason.model_dump(), "token": D.token + 1, "lease_until": None}
    done = session.execute(change.values(**values), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]
