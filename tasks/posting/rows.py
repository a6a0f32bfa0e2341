"""The rows of placements: laid out from the plan, announced in Prefect, loaded for the engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import String, and_, bindparam, cast, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import FOR_A_PERSON, Delivery, State, Verb, may_precede
from models.locale import mark
from models.piece import OfferRow, Piece, Rendition
from models.post import Post
from models.reason import Reason, because
from tasks.delivery.keys import placement_key
from tasks.delivery.rows import Claim, insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.orders import rows as orders
from tasks.orders.rows import When
from tasks.posting.layout import Time
from tasks.schedule.wall import instant

KIND = "placement"
NOT_IN_PLAN = mark("It is no longer in the content plan.")


@dataclass(frozen=True)
class Placement:
    """What should stand: a rendition, on an account, at a time."""

    piece_id: int
    account: str
    rendition_id: int
    content_hash: str
    time: Time
    campaign: str = ""

    @property
    def key(self) -> str:
        return placement_key(self.piece_id, self.account, self.time.occurrence)


def times_of(session: Session, piece_ids: Sequence[int]) -> dict[tuple[int, str], dict[str, datetime]]:
    """The times that the plan gave to the placements of these pieces, by (piece, account), then by occurrence.

    Where a person has moved one, it is the plan's own time all the same: the row would follow another slot else.
    """
    found: dict[tuple[int, str], dict[str, datetime]] = {}
    query = select(D.key, D.account, D.subject_id, D.due_at, D.plan_wall, D.zone).where(
        D.kind == KIND, D.verb == Verb.PUBLISH, D.subject_id.in_([str(id) for id in piece_ids])
    )
    for row in session.execute(query):
        at = instant(row.plan_wall, row.zone) if row.plan_wall else row.due_at
        found.setdefault((int(row.subject_id), row.account), {})[row.key.rsplit(":", 1)[-1]] = at
    return found


def taken_times(session: Session, clock: Clock) -> dict[str, list[datetime]]:
    """The coming times of each account that are given away."""
    coming = and_(D.kind == KIND, D.verb == Verb.PUBLISH, D.due_at >= clock.plus(-timedelta(days=1)))
    live = D.state.not_in([State.CANCELLED, State.MISSED, State.REJECTED])
    found: dict[str, list[datetime]] = {}
    for account, due_at in session.execute(select(D.account, D.due_at).where(coming, live)):
        found.setdefault(account, []).append(due_at)
    return found


def lay_out(session: Session, clock: Clock, wanted: Sequence[Placement], piece_ids: Sequence[int]) -> dict[str, int]:
    """Make the rows say what the plan says: new ones, moved ones, changed ones; what left the plan is cancelled.

    What is out, or going out, stays untouched: a compare-and-set decides, not a look before.
    """
    standing = _standing(session, piece_ids)
    new = [placement for placement in wanted if placement.key not in standing]
    now = now_by(clock, session)
    if new:
        session.execute(insert_quietly(session, Delivery, ["key"]), [_as_row(p, now) for p in new])
    moved = changed = 0
    for placement in wanted:
        row = standing.get(placement.key)
        if row is not None and row.due_at != placement.time.due_at:
            moved += _done(orders.follow_plan(session, [row.id], _when(placement.time)))
        if row is not None and row.content_hash != placement.content_hash:
            changed += _done(orders.replace_content(session, [row.id], placement.rendition_id, placement.content_hash))
    gone = _cancel_left(session, standing, {placement.key for placement in wanted}, now)
    return {"new": len(new), "moved": moved, "changed": changed, "gone": gone}


def _standing(session: Session, piece_ids: Sequence[int]) -> dict[str, Any]:
    query = select(D.id, D.key, D.due_at, D.content_hash, D.state).where(
        D.kind == KIND, D.verb == Verb.PUBLISH, D.subject_id.in_([str(id) for id in piece_ids])
    )
    return {row.key: row for row in session.execute(query)}


def _as_row(placement: Placement, now: datetime) -> dict[str, Any]:
    time = placement.time
    row = Delivery(
        key=placement.key, kind=KIND, account=placement.account, subject_id=str(placement.piece_id),
        campaign=placement.campaign, content_id=placement.rendition_id, content_hash=placement.content_hash,
        wall_time=time.wall, zone=time.zone, due_at=time.due_at, late_at=time.late_at, lateness=time.lateness,
        created_at=now,
    )  # fmt: skip
    return row.model_dump(exclude={"id"})


def _when(time: Time) -> When:
    return When(time.due_at, time.late_at, time.wall, time.zone)


def _done(answers: dict[int, orders.Answer]) -> int:
    return sum(answer is orders.Answer.DONE for answer in answers.values())


def _cancel_left(session: Session, standing: dict[str, Any], wanted: set[str], now: datetime) -> int:
    left = [row.id for key, row in standing.items() if key not in wanted and row.due_at >= now]
    change = update(Delivery).where(D.id.in_(left), D.state.in_([State.PLANNED, State.CLAIMED, State.HELD]))
    reason = because(NOT_IN_PLAN, code="not_in_plan").model_dump()
    done = session.execute(
        change.values(state=State.CANCELLED, reason=reason, token=D.token + 1), execution_options=QUICK
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


Objection = Callable[[str, Post, dict[str, OfferRow]], Reason]
"""Of (account, post, offers): why it must not go out now, or nothing."""


def posts(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
    """What these placements publish, by delivery id."""
    query = select(col(Rendition.id), col(Rendition.post)).where(col(Rendition.id).in_({c.content_id for c in claims}))
    kept = {row.id: post for row in session.execute(query) if (post := _readable(row.post))}
    return {claim.id: kept[claim.content_id] for claim in claims if claim.content_id in kept}


def _readable(post: dict[str, Any]) -> Post | None:
    """A post that was kept by another release and cannot be read any more must not stop the others."""
    try:
        return Post.model_validate(post)
    except ValidationError:
        return None


def contents(session: Session, claims: Sequence[Claim], objection: Objection) -> dict[int, Post]:
    """The posts of claimed placements; what no longer agrees with the product feed is held, and left out."""
    found = posts(session, claims)
    offers = offers_of(session, {product.id for post in found.values() for product in post.products})
    for claim in claims:
        reason = (
            objection(claim.account, found[claim.id], offers)
            if claim.id in found and claim.verb != Verb.DELETE
            else None
        )
        if reason:
            hold_claimed(session, claim, reason)
            del found[claim.id]
    return found


def offers_of(session: Session, ids: set[str]) -> dict[str, OfferRow]:
    rows = session.execute(select(OfferRow).where(col(OfferRow.id).in_(ids))).scalars()
    return {row.id: row for row in rows}


def hold_claimed(session: Session, claim: Claim, reason: Reason) -> None:
    change = update(Delivery).where(D.id == claim.id, D.token == claim.token, D.state.in_(may_precede(State.HELD)))
    session.execute(change.values(state=State.HELD, reason=reason.model_dump()), execution_options=QUICK)


@dataclass(frozen=True)
class Announcement:
    """The rows of one minute that no run announces yet; a moved or restored row makes a new `key`, so a new run."""

    minute: datetime
    ids: tuple[int, ...]
    key: str


def unannounced(session: Session, clock: Clock, ahead: timedelta) -> list[Announcement]:
    """Coming rows without a run, by the minute they are due in."""
    open_rows = and_(D.kind == KIND, D.state == State.PLANNED, D.run_id == "", D.due_at > clock.plus(),
                     D.due_at <= clock.plus(ahead))  # fmt: skip
    minutes: dict[datetime, list[Any]] = {}
    for row in session.execute(select(D.id, D.token, D.due_at).where(open_rows).order_by(D.id)):
        minutes.setdefault(row.due_at.replace(second=0, microsecond=0), []).append(row)
    return [Announcement(at, tuple(r.id for r in rows), _run_key(at, rows)) for at, rows in sorted(minutes.items())]


def _run_key(minute: datetime, rows: Sequence[Any]) -> str:
    return f"posting:{minute:%Y%m%dT%H%M}:{rows[0].id}.{sum(row.token for row in rows)}"


def announce(session: Session, announcement: Announcement, run_id: str) -> None:
    """Write down which run announces these rows."""
    change = update(Delivery).where(D.id.in_(announcement.ids), D.run_id == "", D.state == State.PLANNED)
    session.execute(change.values(run_id=run_id, run_key=announcement.key), execution_options=QUICK)


def next_due(session: Session, clock: Clock, within: timedelta) -> datetime | None:
    """When something is due next that a successor run should be there for: a retry, or a row without a run."""
    soon = and_(D.kind == KIND, D.state == State.PLANNED, D.approved_hash == D.content_hash)
    when = func.coalesce(D.next_try_at, D.due_at)
    query = select(func.min(when)).where(soon, when <= clock.plus(within))
    found: datetime | None = session.execute(query).scalar_one_or_none()
    return found


@dataclass(frozen=True)
class Trouble:
    """A placement that needs a person, not told about yet."""

    id: int
    state: State
    account: str
    title: str
    number: str
    author: str
    reason: Reason
    mark: str


def untold(session: Session) -> list[Trouble]:
    """Placements that came to need a person since the last telling; an unknown one once nobody can be asked."""
    told = D.state + ":" + cast(D.token, String)
    query = (
        select(Delivery, Piece).join(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.kind == KIND, D.state.in_(FOR_A_PERSON), D.told != told).order_by(D.id)
    )  # fmt: skip
    found = [(row, piece, Reason.model_validate(row.reason or {})) for row, piece in session.execute(query)]
    return [
        Trouble(row.id or 0, State(row.state), row.account, piece.title, piece.number or "", piece.author, reason,
                f"{row.state}:{row.token}")
        for row, piece, reason in found if row.state != State.UNKNOWN or reason.code == "blind"
    ]  # fmt: skip


def mark_told(session: Session, troubles: Sequence[Trouble]) -> None:
    rows = [{"b_id": trouble.id, "b_told": trouble.mark} for trouble in troubles]
    if rows:
        table = Delivery.__table__  # type: ignore[attr-defined]
        session.connection().execute(
            update(table).where(D.id == bindparam("b_id")).values(told=bindparam("b_told")), rows
        )
