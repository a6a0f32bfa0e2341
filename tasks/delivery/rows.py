"""The rows of deliveries on their way out: claim, intent, settle. Every change of state is one compare-and-set.

Sessions are given; nothing here opens or commits one. Claims, intents and outcomes are set-based.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock
from models.delivery import Delivery, PartRow, State, Verb
from models.reaction import AccountState
from models.reason import NO_REASON, Reason
from tasks.delivery import statements
from tasks.delivery.statements import QUICK, D, P


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
    binds = {"b_kind": kind, "b_account": account, "b_worker": worker, "b_number": limit}
    rows = sorted(session.execute(statements.claim(clock, lease, heeding_quiet), binds), key=lambda r: (r.due_at, r.id))
    rows = _one_per_base(session, rows)
    bases = bases_of(session, [row.base_id for row in rows if row.base_id])
    return [as_claim(row, bases) for row in rows]


def _one_per_base(session: Session, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of the edits and removals of one publication only the first; the others are given back until it is over."""
    first = {row.base_id: row.id for row in reversed(rows) if row.base_id}
    kept = [row for row in rows if first.get(row.base_id, row.id) == row.id]
    release(session, [(row.id, row.token) for row in rows if row not in kept])
    return kept


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
    won: set[int] = set()
    for begun in (False, True):
        mine = [(i.id, i.token) for i in wanted if i.begun is begun]
        if mine:
            won |= set(session.execute(statements.intend(clock, lease, call_timeout, begun), {"mine": mine}).scalars())
    parts = [{"b_id": i.id, "b_ordinal": i.ordinal} for i in wanted if i.id in won and i.ordinal is not None]
    many(session, statements.INTEND_PART, parts)
    return won


def settle(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> int:
    """Write down what became of calls; returns how many rows were still ours to write.

    A row that became `unknown` meanwhile is settled too: knowing beats guessing.
    """
    _settle_parts(session, clock, [o for o in outcomes if o.ordinal is not None])
    rows = [o for o in outcomes if o.final or o.state is not State.SENT]
    states = {o.state for o in rows}
    return sum(_settle(session, clock, state, [o for o in rows if o.state is state]) for state in states)


def many(session: Session, statement: Any, rows: list[dict[str, Any]]) -> int:
    """One statement, many parameter sets, on the connection itself: the unit of work would split them."""
    return int(session.connection().execute(statement, rows).rowcount) if rows else 0


def _settle(session: Session, clock: Clock, state: State, outcomes: list[Outcome]) -> int:
    if state is State.SENT:
        return many(session, statements.settle_sent(clock), [_receipt(o) for o in outcomes])
    if state is State.PLANNED:
        waits = sorted({o.retry_in for o in outcomes})
        return sum(
            many(session, statements.settle_not_now(clock, wait), [_reason(o) for o in outcomes if o.retry_in == wait])
            for wait in waits
        )
    return many(session, statements.settle_ended(clock, state), [_reason(o) for o in outcomes])


def _receipt(o: Outcome) -> dict[str, Any]:
    return {"b_id": o.id, "b_token": o.token, "b_remote": o.remote_id, "b_url": o.url, "b_detail": o.detail}


def _reason(o: Outcome) -> dict[str, Any]:
    return {"b_id": o.id, "b_token": o.token, "b_reason": o.reason.model_dump()}


def _settle_parts(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> None:
    """Parts follow their call; an unknown part stays in intent until it is known."""
    sent = [_receipt(o) | {"b_ordinal": o.ordinal} for o in outcomes if o.state is State.SENT]
    many(session, statements.settle_part(clock, State.SENT), sent)
    for state in (State.PLANNED, State.REJECTED):
        rows = [{"b_id": o.id, "b_token": o.token, "b_ordinal": o.ordinal} for o in outcomes if o.state is state]
        many(session, statements.settle_part(clock, state), rows)


def release(session: Session, claims: Sequence[tuple[int, int]]) -> int:
    """Give back claims that will not be used: as (id, token)."""
    return many(session, statements.RELEASE, [{"b_id": id, "b_token": token} for id, token in claims])


def due_accounts(session: Session, clock: Clock, kind: str) -> dict[str, datetime | None]:
    """The accounts that have something due, with the moment until which each is paused, if it is."""
    found = session.execute(statements.due_accounts(clock), {"b_kind": kind})
    return {account: until for account, until in found}  # noqa: C416  a Result has keys() that are not ours


def pause_account(session: Session, clock: Clock, account: str, wait: timedelta, reason: Reason) -> None:
    """Let nothing of this account go for a while; every process heeds it."""
    put = insert_quietly(session, AccountState, ["account"])
    session.execute(put, [{"account": account, "cursor": "", "recommended_slots": [], "reason": {}}])
    until = update(AccountState).where(col(AccountState.account) == account)
    session.execute(until.values(paused_until=clock.plus(wait), reason=reason.model_dump()), execution_options=QUICK)


def insert_quietly(session: Session, table: Any, unique: list[str]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, as both databases say it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing(index_elements=unique)
