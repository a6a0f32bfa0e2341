"""The statements of the hot path, built once per clock and terms: building them costs more than running them. Pure."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)  # fmt: skip
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.database import Clock
from models.delivery import OUT, Delivery, PartRow, State, Verb
from models.reaction import AccountState
from models.stop import Scope, StopOrder

DELIVERY, PART = Delivery.__table__, PartRow.__table__  # type: ignore[attr-defined]
D, P = DELIVERY.c, PART.c
QUICK = {"synchronize_session": False}
CLAIMED = (D.id, D.token, D.key, D.kind, D.verb, D.account, D.content_id, D.generation, D.attempts, D.due_at,
           D.first_intent_at, D.base_id)  # fmt: skip
RECEIPT: dict[str, Any] = {
    "remote_id": bindparam("b_remote"), "url": bindparam("b_url"), "detail": bindparam("b_detail", type_=JSON),
}  # fmt: skip
REASON = bindparam("b_reason", type_=JSON)


def not_stopped() -> ColumnElement[bool]:
    """No Stop in force covers the row. A take-down and a notice to our own people pass a Stop."""
    return or_(D.verb == Verb.DELETE, D.kind == "notice", ~stopped())


def stopped(*but: ColumnElement[bool]) -> ColumnElement[bool]:
    """A Stop in force, of those that `but` leaves, covers the row."""
    scope, key = col(StopOrder.scope), col(StopOrder.scope_key)
    covers = or_(
        scope == Scope.ALL,
        and_(scope == Scope.CHANNEL, key == D.account),
        and_(scope == Scope.CAMPAIGN, key == D.campaign),
        and_(scope == Scope.PIECE, key == D.subject_id),
    )
    return exists().where(col(StopOrder.released_at).is_(None), covers, *but)


def is_approved() -> ColumnElement[bool]:
    return and_(D.approved_hash != "", D.approved_hash == D.content_hash)


def is_due(clock: Clock) -> ColumnElement[bool]:
    now = clock.plus()
    return and_(D.state == State.PLANNED, D.due_at <= now, or_(D.next_try_at.is_(None), D.next_try_at <= now))


def base_is_out() -> ColumnElement[bool]:
    base = aliased(Delivery)
    out = exists().where(col(base.id) == D.base_id, col(base.state).in_(OUT))
    return or_(D.base_id.is_(None), out)


def base_is_free() -> ColumnElement[bool]:
    """No other edit or removal of the same publication is on its way: they follow one another."""
    other = aliased(Delivery)
    moving = exists().where(
        col(other.base_id) == D.base_id, col(other.id) != D.id, col(other.state).in_([State.CLAIMED, State.INTENT])
    )
    return or_(D.base_id.is_(None), ~moving)


@lru_cache(maxsize=256)
def claim(clock: Clock, lease: timedelta, heeding_quiet: bool) -> Any:
    """Binds: b_kind, b_account, b_worker, b_number.

    The rows of `ready` are ours until the commit, so the UPDATE asks for nothing but their ids: with the state named
    once more SQLite would walk all planned rows for each claim.
    """
    wanted = [is_due(clock), is_approved(), not_stopped(), base_is_out(), base_is_free()]
    wanted += [D.kind == bindparam("b_kind"), D.account == bindparam("b_account")]
    if heeding_quiet:
        wanted.append(~D.heeds_quiet_hours)
    ready = (
        select(D.id).where(*wanted).order_by(D.due_at, D.id).limit(bindparam("b_number"))
        .with_for_update(skip_locked=True).cte("ready")
    )  # fmt: skip
    return (
        update(DELIVERY).where(D.id.in_(select(ready.c.id)))
        .values(state=State.CLAIMED, token=D.token + 1, worker=bindparam("b_worker"), lease_until=clock.plus(lease))
        .returning(*CLAIMED)
    )  # fmt: skip


@lru_cache(maxsize=256)
def intend(clock: Clock, lease: timedelta, call_timeout: timedelta, begun: bool) -> Any:
    """Binds: mine, a list of (id, token). A delivery that has begun is finished under a Stop too."""
    mine = tuple_(D.id, D.token).in_(bindparam("mine", expanding=True))
    ours = [mine, D.state.in_([State.CLAIMED, State.INTENT]), is_approved(), D.lease_until > clock.plus(call_timeout)]
    first = func.coalesce(D.first_intent_at, clock.plus())
    change = update(DELIVERY).where(*ours, *(() if begun else (not_stopped(),)))
    return change.values(state=State.INTENT, lease_until=clock.plus(lease), first_intent_at=first).returning(D.id)


_THAT_PART = (P.delivery_id == bindparam("b_id"), P.ordinal == bindparam("b_ordinal"))
INTEND_PART = update(PART).where(*_THAT_PART).values(state=State.INTENT)


def one_of(*states: State) -> ColumnElement[bool]:
    """Plain comparisons: an IN list cannot be given to many parameter sets at once."""
    return or_(*(D.state == state for state in states))


def _change(*states: State) -> Any:
    """Binds: b_id, b_token."""
    return update(DELIVERY).where(D.id == bindparam("b_id"), D.token == bindparam("b_token"), one_of(*states))


@lru_cache(maxsize=64)
def settle_sent(clock: Clock) -> Any:
    now = clock.plus()
    return _change(State.INTENT, State.UNKNOWN).values(
        **RECEIPT, state=State.SENT, reason={}, sent_at=now, settled_at=now, lease_until=None
    )


@lru_cache(maxsize=64)
def settle_ended(clock: Clock, state: State) -> Any:
    """Rejected or unknown: the row keeps its reason; an unknown one keeps its lease, the earliest time to look."""
    before = (State.INTENT, State.UNKNOWN) if state is State.REJECTED else (State.INTENT,)
    return _change(*before).values(state=state, reason=REASON, settled_at=clock.plus())


@lru_cache(maxsize=256)
def settle_not_now(clock: Clock, wait: timedelta) -> Any:
    """Back to planned: definitely not accepted."""
    return _change(State.INTENT, State.CLAIMED).values(
        state=State.PLANNED, reason=REASON, attempts=D.attempts + 1, next_try_at=clock.plus(wait), lease_until=None
    )


RELEASE = _change(State.CLAIMED).values(state=State.PLANNED, lease_until=None)


@lru_cache(maxsize=64)
def settle_part(clock: Clock, state: State) -> Any:
    """A part follows its call, guarded by the delivery's token."""
    fenced = exists().where(D.id == P.delivery_id, D.token == bindparam("b_token"), one_of(State.INTENT, State.UNKNOWN))
    change = update(PART).where(*_THAT_PART, fenced)
    if state is State.SENT:
        return change.values(**RECEIPT, state=State.SENT, sent_at=clock.plus())
    return change.values(state=state)


def each(column: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:
    """The distinct values of a column, from one to the next along an index: the cost is their number, not the rows'.

    `where` says nothing about the column itself: of two bounds SQLite would take the wrong one.
    """
    first = select(func.min(column).label("value")).where(*where).cte(f"each_{column.key}", recursive=True)
    following = select(func.min(column)).where(*where, column > first.c.value).scalar_subquery()
    return first.union_all(select(following).where(first.c.value.is_not(None)))


@lru_cache(maxsize=64)
def due_accounts(clock: Clock) -> Any:
    """Binds: b_kind."""
    kind = D.kind == bindparam("b_kind")
    account = each(D.account, D.state == State.PLANNED, kind).c.value
    something = exists().where(is_due(clock), is_approved(), kind, D.account == account)
    pause = case((col(AccountState.paused_until) > clock.plus(), col(AccountState.paused_until)))
    return select(account, pause).outerjoin(AccountState, col(AccountState.account) == account).where(something)


@lru_cache(maxsize=64)
def announced_runs(clock: Clock, ahead: timedelta) -> Any:
    """Binds: b_kind."""
    state, kind = one_of(State.PLANNED, State.CLAIMED), D.kind == bindparam("b_kind")
    planned = select(each(D.run_id, D.state == State.PLANNED).c.value)
    run = planned.union(select(D.run_id).where(D.state == State.CLAIMED)).subquery().c[0]
    return select(run).where(run != "", exists().where(state, kind, D.run_id == run, D.due_at <= clock.plus(ahead)))
