"""The rows of the big switch: Stops pulled and released, what they hold, what was out before them.

Sessions are given; nothing here opens or commits one.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OUT, Delivery, State, Verb
from models.stop import IN_FORCE, Scope, StopOrder
from tasks.delivery.statements import QUICK, D
from tasks.orders.rows import HOLDABLE, Publication, parts_out, publications


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
