"""The rows of deliveries on their way out: claim, intent, settle. Every change of state is one compare-and-set.

Sessions are given; nothing here opens or commits one. Claims, intents and outcomes are set-based.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    column,
    exists,
    func,
    or_,
    select,
    update,
    values,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.database import Clock
from models.delivery import OUT, Delivery, PartRow, State, Verb
from models.reaction import AccountState
from models.reason import NO_REASON, Reason
from models.stop import Scope, StopOrder

D = Delivery.__table__.c  # type: ignore[attr-defined]
P = PartRow.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Claim:
    """A claimed row as the engine needs it: enough to make its call, and the token that lets it write."""

    id: int
    token: int
    key: str
    kind: str
    verb: Verb
    account: str
    content_id: int
    generation: int
    attempts: int
    due_at: datetime
    first_intent_at: datetime | None
    base_remote_id: str = ""
    base_detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of one call. `final`: no part is left; `ordinal` is None for a delivery of one call;
    `pause`: the provider asked the whole account to wait."""

    id: int
    token: int
    state: State
    ordinal: int | None = None
    final: bool = True
    remote_id: str = ""
    url: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    reason: Reason = NO_REASON
    retry_in: timedelta = timedelta(0)
    pause: bool = False


def not_stopped() -> ColumnElement[bool]:
    """No Stop in force covers the row. A take-down and a notice to our own people pass a Stop."""
    scope, key = col(StopOrder.scope), col(StopOrder.scope_key)
    covers = or_(
        scope == Scope.ALL,
        and_(scope == Scope.CHANNEL, key == D.account),
        and_(scope == Scope.CAMPAIGN, key == D.campaign),
        and_(scope == Scope.PIECE, key == D.subject_id),
    )
    pulled = exists().where(col(StopOrder.released_at).is_(None), covers)
    return or_(D.verb == Verb.DELETE, D.kind == "notice", ~pulled)


def is_approved() -> ColumnElement[bool]:
    return and_(D.approved_hash != "", D.approved_hash == D.content_hash)


def is_due(clock: Clock) -> ColumnElement[bool]:
    now = clock.plus()
    return and_(D.state == State.PLANNED, D.due_at <= now, or_(D.next_try_at.is_(None), D.next_try_at <= now))


def base_is_out() -> ColumnElement[bool]:
    base = aliased(Delivery)
    out = exists().where(col(base.id) == D.base_id, col(base.state).in_(OUT))
    return or_(D.base_id.is_(None), out)


def claim(
    session: Session,
    clock: Clock,
    kind: str,
    worker: str,
    account: str,
    limit: int,
    lease: timedelta,
    heeding_quiet: bool = False,
) -> list[Claim]:
    """Claim due, approved, unstopped rows of one account. `heeding_quiet`: it is quiet hours, take only urgent ones."""
    wanted = [is_due(clock), D.kind == kind, D.account == account, is_approved(), not_stopped(), base_is_out()]
    if heeding_quiet:
        wanted.append(~D.heeds_quiet_hours)
    ready = (
        select(D.id).where(*wanted).order_by(D.priority.desc(), D.due_at, D.id).limit(limit)
        .with_for_update(skip_locked=True).cte("ready")
    )  # fmt: skip
    taken = (
        update(Delivery).where(D.id.in_(select(ready.c.id)), D.state == State.PLANNED)
        .values(state=State.CLAIMED, token=D.token + 1, worker=worker, lease_until=clock.plus(lease))
        .returning(*CLAIMED).execution_options(synchronize_session=False)
    )  # fmt: skip
    rows = session.execute(taken).all()
    bases = bases_of(session, [row.base_id for row in rows if row.base_id])
    return sorted((as_claim(row, bases) for row in rows), key=lambda c: (c.due_at, c.id))


CLAIMED = (D.id, D.token, D.key, D.kind, D.verb, D.account, D.content_id, D.generation, D.attempts, D.due_at,
            D.first_intent_at, D.base_id)  # fmt: skip


def bases_of(session: Session, ids: Sequence[int]) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    rows = session.execute(select(D.id, D.remote_id, D.detail).where(D.id.in_(ids)))
    return {row.id: row for row in rows}


def as_claim(row: Row[Any], bases: dict[int, Row[Any]]) -> Claim:
    base = bases.get(row.base_id)
    return Claim(
        id=row.id, token=row.token, key=row.key, kind=row.kind, verb=Verb(row.verb), account=row.account,
        content_id=row.content_id, generation=row.generation, attempts=row.attempts, due_at=row.due_at,
        first_intent_at=row.first_intent_at,
        base_remote_id=base.remote_id if base else "", base_detail=base.detail if base else {},
    )  # fmt: skip


def write_parts(session: Session, parts: Iterable[dict[str, Any]]) -> None:
    """Lay out the parts of deliveries of several calls; a row that stands already is left as it is."""
    rows = list(parts)
    if rows:
        session.execute(insert_quietly(session, PartRow, ["delivery_id", "ordinal"]), rows)


def mark_repeatable(session: Session, ids: Sequence[int]) -> None:
    if ids:
        session.execute(update(Delivery).where(D.id.in_(ids)).values(repeatable=True), execution_options=QUICK)


def parts_of(session: Session, ids: Sequence[int]) -> dict[int, list[PartRow]]:
    """The parts of these deliveries, in order; a delivery of one call has none."""
    found: dict[int, list[PartRow]] = {}
    if ids:
        query = select(PartRow).where(P.delivery_id.in_(ids)).order_by(P.delivery_id, P.ordinal)
        for part in session.execute(query).scalars():
            found.setdefault(part.delivery_id, []).append(part)
    return found


@dataclass(frozen=True)
class Intention:
    """A call about to be made. `begun`: a part that cannot be taken back is out, so a Stop no longer holds the rest."""

    id: int
    token: int
    ordinal: int | None = None
    begun: bool = False


def write_intents(
    session: Session, clock: Clock, wanted: Sequence[Intention], lease: timedelta, call_timeout: timedelta
) -> set[int]:
    """Write down, before the calls, that they are about to be made. Returns the ids that are still ours.

    A row is ours while token, state, approved hash, Stop and lease say so; for any other no call may be made.
    """
    if not wanted:
        return set()
    ask = _as_table(wanted)
    mine = (
        update(Delivery)
        .where(
            D.id == ask.c.id, D.token == ask.c.token, D.state.in_([State.CLAIMED, State.INTENT]), is_approved(),
            D.lease_until > clock.plus(call_timeout), or_(ask.c.begun == 1, not_stopped()),
        )
        .values(
            state=State.INTENT, lease_until=clock.plus(lease),
            first_intent_at=func.coalesce(D.first_intent_at, clock.plus()),
        )
        .returning(D.id).execution_options(synchronize_session=False)
    )  # fmt: skip
    won = set(session.execute(mine).scalars())
    parts = [{"d": i.id, "o": i.ordinal} for i in wanted if i.id in won and i.ordinal is not None]
    if parts:
        _many(
            session, PartRow, (P.delivery_id == bindparam("d"), P.ordinal == bindparam("o")), parts, state=State.INTENT
        )
    return won


def _as_table(wanted: Sequence[Intention]) -> Any:
    shape = values(column("id", Integer), column("token", Integer), column("begun", Integer), name="asked")
    return shape.data([(i.id, i.token, int(i.begun)) for i in wanted]).cte("ask")


def settle(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> int:
    """Write down what became of calls; returns how many rows were still ours to write.

    A row that became `unknown` meanwhile is settled too: knowing beats guessing.
    """
    _settle_parts(session, clock, [o for o in outcomes if o.ordinal is not None])
    rows = [o for o in outcomes if o.final or o.state is not State.SENT]
    return sum(_SETTLERS[state](session, clock, [o for o in rows if o.state is state]) for state in _SETTLERS)


def _ours(*states: State) -> tuple[ColumnElement[bool], ...]:
    return D.id == bindparam("b_id"), D.token == bindparam("b_token"), _one_of(states)


def _one_of(states: Sequence[State]) -> ColumnElement[bool]:
    """Plain comparisons: an IN list cannot be given to many parameter sets at once."""
    return or_(*(D.state == state for state in states))


def _many(
    session: Session,
    table: type[Any],
    where: tuple[ColumnElement[bool], ...],
    rows: list[dict[str, Any]],
    **set_to: Any,
) -> int:
    """One statement, many parameter sets, on the connection itself: the unit of work would split them."""
    statement = update(table.__table__).where(*where).values(**set_to)
    return int(session.connection().execute(statement, rows).rowcount)


def _settle_sent(session: Session, clock: Clock, sent: Sequence[Outcome]) -> int:
    if not sent:
        return 0
    return _many(
        session, Delivery, _ours(State.INTENT, State.UNKNOWN), [_receipt(o) for o in sent], **_RECEIPT,
        state=State.SENT, reason={}, sent_at=clock.plus(), settled_at=clock.plus(), lease_until=None,
    )  # fmt: skip


def _receipt(o: Outcome) -> dict[str, Any]:
    return {"b_id": o.id, "b_token": o.token, "b_remote": o.remote_id, "b_url": o.url, "b_detail": o.detail}


_RECEIPT: dict[str, Any] = {
    "remote_id": bindparam("b_remote"), "url": bindparam("b_url"), "detail": bindparam("b_detail", type_=JSON),
}  # fmt: skip


def _settle_ended(state: State) -> Any:
    """Rejected and unknown: the row keeps its reason; an unknown one keeps its lease, the earliest time to look."""

    def ended(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> int:
        if not outcomes:
            return 0
        return _many(
            session, Delivery, _ours(State.INTENT, State.UNKNOWN) if state is State.REJECTED else _ours(State.INTENT),
            [{"b_id": o.id, "b_token": o.token, "b_reason": o.reason.model_dump()} for o in outcomes],
            state=state, reason=bindparam("b_reason", type_=JSON), settled_at=clock.plus(),
        )  # fmt: skip

    return ended


def _settle_not_now(session: Session, clock: Clock, later: Sequence[Outcome]) -> int:
    """Back to planned: definitely not accepted. One statement per waiting time; waiting times repeat."""
    count = 0
    for wait in sorted({o.retry_in for o in later}):
        rows = [o for o in later if o.retry_in == wait]
        count += _many(
            session, Delivery, _ours(State.INTENT, State.CLAIMED),
            [{"b_id": o.id, "b_token": o.token, "b_reason": o.reason.model_dump()} for o in rows],
            state=State.PLANNED, reason=bindparam("b_reason", type_=JSON), attempts=D.attempts + 1,
            next_try_at=clock.plus(wait), lease_until=None,
        )  # fmt: skip
    return count


_SETTLERS = {
    State.SENT: _settle_sent,
    State.REJECTED: _settle_ended(State.REJECTED),
    State.UNKNOWN: _settle_ended(State.UNKNOWN),
    State.PLANNED: _settle_not_now,
}


def _settle_parts(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> None:
    """Parts follow their call, guarded by the delivery's token; an unknown part stays in intent until it is known."""
    fenced = exists().where(
        D.id == P.delivery_id, D.token == bindparam("b_token"), _one_of([State.INTENT, State.UNKNOWN])
    )
    which = (P.delivery_id == bindparam("b_id"), P.ordinal == bindparam("b_ordinal"), fenced)
    sent = [o for o in outcomes if o.state is State.SENT]
    if sent:
        rows = [_receipt(o) | {"b_ordinal": o.ordinal} for o in sent]
        _many(session, PartRow, which, rows, **_RECEIPT, state=State.SENT, sent_at=clock.plus())
    for state in (State.PLANNED, State.REJECTED):
        rows = [{"b_id": o.id, "b_token": o.token, "b_ordinal": o.ordinal} for o in outcomes if o.state is state]
        if rows:
            _many(session, PartRow, which, rows, state=state)


def release(session: Session, claims: Sequence[tuple[int, int]]) -> int:
    """Give back claims that will not be used: as (id, token)."""
    if not claims:
        return 0
    rows = [{"b_id": id, "b_token": token} for id, token in claims]
    return _many(session, Delivery, _ours(State.CLAIMED), rows, state=State.PLANNED, lease_until=None)


def due_accounts(session: Session, clock: Clock, kind: str) -> dict[str, datetime | None]:
    """The accounts that have something due, with the moment until which each is paused, if it is."""
    pause = case((col(AccountState.paused_until) > clock.plus(), col(AccountState.paused_until)))
    query = (
        select(D.account, pause).distinct().select_from(Delivery.__table__)  # type: ignore[attr-defined]
        .outerjoin(AccountState, col(AccountState.account) == D.account)
        .where(is_due(clock), is_approved(), D.kind == kind)
    )  # fmt: skip
    return {account: until for account, until in session.execute(query).tuples()}  # noqa: C416  a Result has keys()


def pause_account(session: Session, clock: Clock, account: str, wait: timedelta, reason: Reason) -> None:
    """Let nothing of this account go for a while; every process heeds it."""
    put = insert_quietly(session, AccountState, ["account"])
    session.execute(put, [{"account": account, "cursor": "", "recommended_slots": [], "reason": {}}])
    until = update(AccountState).where(col(AccountState.account) == account)
    session.execute(until.values(paused_until=clock.plus(wait), reason=reason.model_dump()), execution_options=QUICK)


QUICK = {"synchronize_session": False}


def insert_quietly(session: Session, table: type[Any], unique: list[str]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, as both databases say it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing(index_elements=unique)
