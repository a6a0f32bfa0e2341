"""The rows that something went wrong with: expired, late, cancelled from outside, unknown.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from models.database import Clock
from models.delivery import UNAPPROVED, Delivery, Lateness, PartRow, State, may_precede
from models.locale import mark
from models.reason import Reason, because
from tasks.delivery import statements
from tasks.delivery.rows import Claim, as_claim, bases_of
from tasks.delivery.statements import CLAIMED, QUICK, D, P, is_due, not_stopped

NOT_APPROVED = mark("Not approved by the time it was due. Approve it and choose a new time.")
TOO_LATE_ASK = mark("It is later than this publication may be. Publish it now, move it, or cancel it.")
TOO_LATE_SKIP = mark("Skipped: it was already later than this publication may be.")
INTERRUPTED = mark("The work was interrupted during the call; nobody knows whether it went out. Look at the channel.")
CONTENT_GONE = mark("The version for this channel is missing. Adapt the piece again (A7), then approve it.")
NO_CONTENT = because(CONTENT_GONE, code="no_content")
CANCELLED_IN_PREFECT = mark("Cancelled together with its run in Prefect.")
ONLY_A_PERSON = "blind"  # the code of an unknown outcome that only a person can find out about


def expire(session: Session, clock: Clock) -> tuple[int, int]:
    """Rows whose lease has run out: without a call in the air planned again, with one unknown. (planned, unknown)

    Each statement says for itself what is in the air: a lease may run out between the two.
    """
    dead = and_(D.state.in_([State.CLAIMED, State.INTENT]), D.lease_until < clock.plus())
    risky_part = exists().where(P.delivery_id == D.id, P.state == State.INTENT, ~P.repeatable)
    has_parts = exists().where(P.delivery_id == D.id)
    in_the_air = and_(D.state == State.INTENT, ~D.repeatable, or_(~has_parts, risky_part))
    reason = because(INTERRUPTED, code="interrupted").model_dump()
    unknown = session.execute(
        update(Delivery).where(_free(dead, in_the_air)).values(state=State.UNKNOWN, reason=reason),
        execution_options=QUICK,
    ).rowcount  # type: ignore[attr-defined]
    planned = list(
        session.execute(
            update(Delivery)
            .where(_free(dead, ~in_the_air))
            .values(state=State.PLANNED, lease_until=None)
            .returning(D.id),
            execution_options=QUICK,
        ).scalars()
    )
    _reset_parts(session, planned)
    return len(planned) + resume_known(session), unknown


def _free(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows of these that nobody is writing just now: upkeep waits for nobody, it looks again in a second.

    On PostgreSQL it would deadlock with who settles else: that one writes the parts first, and then their delivery.
    """
    return _unlocked(D.id, *where)


def _unlocked(id: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return id.in_(select(id).where(*where).with_for_update(skip_locked=True).correlate(None))


def _reset_parts(session: Session, ids: Sequence[int]) -> None:
    if ids:
        theirs = _unlocked(P.id, P.delivery_id.in_(ids), P.state.in_([State.INTENT, State.REJECTED]))
        stale = update(PartRow).where(theirs)
        session.execute(stale.values(state=State.PLANNED), execution_options=QUICK)


def apply_lateness(session: Session, clock: Clock, kind: str) -> int:
    """Hold or skip what is later than it may be, and hold what nobody approved in time. Returns how many changed."""
    late = and_(is_due(clock), D.kind == kind, not_stopped(), D.late_at < clock.plus())
    policies = (
        (and_(late, D.lateness == Lateness.SKIP), State.MISSED, because(TOO_LATE_SKIP, code="late")),
        (and_(late, D.lateness == Lateness.ASK), State.HELD, because(TOO_LATE_ASK, code="late")),
        (and_(is_due(clock), D.kind == kind, UNAPPROVED), State.HELD, because(NOT_APPROVED, code="not_approved")),
    )
    return sum(_move(session, where, state, reason) for where, state, reason in policies)


def resume_known(session: Session) -> int:
    """Unknown rows of several calls none of which is in doubt any more go on where they stopped."""
    has_parts = exists().where(P.delivery_id == D.id)
    in_doubt = exists().where(P.delivery_id == D.id, P.state == State.INTENT)
    change = update(Delivery).where(_free(D.state == State.UNKNOWN, has_parts, ~in_doubt))
    done = session.execute(change.values(state=State.PLANNED, lease_until=None, reason={}), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]


def hold_account(session: Session, clock: Clock, kind: str, account: str, reason: Reason) -> int:
    """Hold what is due on an account that cannot be used, saying why."""
    return _move(session, and_(is_due(clock), D.kind == kind, D.account == account), State.HELD, reason)


def hold_without_content(session: Session, claims: Sequence[tuple[int, int]], reason: Reason = NO_CONTENT) -> int:
    """Hold claimed rows whose content is gone, or unusable for another reason; as (id, token)."""
    return sum(_move(session, and_(D.id == id, D.token == token), State.HELD, reason) for id, token in claims)


def obey_cancelled_runs(session: Session, run_ids: Iterable[str]) -> int:
    """Turn the rows announced by cancelled runs to cancelled: a cancellation in the Prefect UI is an order."""
    ids = list(run_ids)
    announced = and_(D.run_id.in_(ids), D.run_id != "", D.state.in_([State.PLANNED, State.CLAIMED]))
    return (
        _move(session, announced, State.CANCELLED, because(CANCELLED_IN_PREFECT, code="cancelled_in_prefect"))
        if ids
        else 0
    )


def _move(session: Session, where: ColumnElement[bool], state: State, reason: Reason) -> int:
    """Turn rows to a state, from the states that may precede it only."""
    change = update(Delivery).where(where, D.state.in_(may_precede(state)))
    done = session.execute(
        change.values(state=state, reason=reason.model_dump(), settled_at=None), execution_options=QUICK
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def announced_runs(session: Session, clock: Clock, kind: str, ahead: timedelta) -> set[str]:
    """The runs that announce rows due soon: those whose cancellation must be looked for before a claim."""
    return set(session.execute(statements.announced_runs(clock, ahead), {"b_kind": kind}).scalars())


def doubtful(session: Session, clock: Clock, kind: str, allowance: timedelta, limit: int) -> list[Claim]:
    """Unknown rows that may be looked for: their lease is over by more than a call and the clocks' allowance."""
    query = (
        select(*CLAIMED)
        .where(
            D.kind == kind, D.state == State.UNKNOWN, or_(D.next_try_at.is_(None), D.next_try_at <= clock.plus()),
            or_(D.lease_until.is_(None), D.lease_until < clock.plus(-allowance)),
        )
        .order_by(D.lease_until).limit(limit)
    )  # fmt: skip
    rows = session.execute(query).all()
    bases = bases_of(session, [row.base_id for row in rows if row.base_id])
    return [as_claim(row, bases) for row in rows]


def replan_absent(session: Session, claim: Claim) -> bool:
    """A look-up proved that it is not out: plan it again.

    The token rises, so a ghost of the first attempt can write nothing; the key stays, so a provider that remembers
    keys refuses the ghost's call too.
    """
    change = update(Delivery).where(D.id == claim.id, D.token == claim.token, D.state == State.UNKNOWN)
    done = session.execute(
        change.values(state=State.PLANNED, token=D.token + 1, lease_until=None, reason={}), execution_options=QUICK
    )
    if done.rowcount:  # type: ignore[attr-defined]
        _reset_parts(session, [claim.id])
    return bool(done.rowcount)  # type: ignore[attr-defined]


def look_again(session: Session, clock: Clock, claim: Claim, wait: timedelta, reason: Reason) -> None:
    """Keep an unknown row unknown, say why, and look again later."""
    change = update(Delivery).where(D.id == claim.id, D.token == claim.token, D.state == State.UNKNOWN)
    session.execute(change.values(next_try_at=clock.plus(wait), reason=reason.model_dump()), execution_options=QUICK)
