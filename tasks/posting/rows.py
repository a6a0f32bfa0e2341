"""The rows of placements: laid out from the plan, announced in Prefect, loaded for the engine."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.content import fingerprint
from models.database import Clock, now_by
from models.delivery import FOR_A_PERSON, OPEN, Delivery, State, Verb, may_precede
from models.locale import mark
from models.orders import MOVABLE, When
from models.piece import OfferRow, Piece, PieceVersion, Rendition
from models.post import Post
from models.reaction import Mark
from models.reason import NO_REASON, Reason, because
from tasks.adaptation.rows import still_said_by_hand
from tasks.content.rows import among
from tasks.delivery.keys import placement_key
from tasks.delivery.rows import Claim, insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.placing import rows as placing
from tasks.posting.layout import Time
from tasks.recovery.rows import ONLY_A_PERSON
from tasks.schedule.wall import instant

log = logging.getLogger("otdel.posting")

KIND = "placement"
LAYING_OUT = "laying_out"
OUTDATED = mark(
    "The piece was changed, and there is no version of it for this channel yet. Adapt it (A7), then approve it; then "
    "it goes on by itself."
)
NOT_COMPARED = mark(
    "It could not be compared with the product feed because of an error of ours ({detail}). Check the piece, then "
    "restore the publication."
)
REPLACEABLE = OPEN | {State.MISSED, State.REJECTED, State.CANCELLED}


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
    columns = (D.key, D.account, D.subject_id, D.due_at, D.plan_wall, D.zone)
    for row in session.execute(select(*columns).where(*_published(piece_ids))):
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


def one_at_a_time(session: Session, clock: Clock) -> None:
    """Lay out in one process at a time, until the commit: who began with an older plan must not have the last word."""
    mark_ = {"name": LAYING_OUT, "value": "", "at": now_by(clock, session)}
    session.execute(insert_quietly(session, Mark, ["name"]), [mark_])
    session.execute(select(col(Mark.name)).where(col(Mark.name) == LAYING_OUT).with_for_update())


def planned(session: Session, pieces: Collection[int] | None = None) -> list[int]:
    """The pieces that are to be laid out, those of these where some are named; one that left the plan until its
    publications have left it too.
    """
    open_rows = exists().where(D.subject_kind == "piece", D.subject_id == cast(col(Piece.id), String),
                               D.kind == KIND, D.state.in_(OPEN))  # fmt: skip
    query = select(col(Piece.id)).where(col(Piece.version_id).is_not(None), or_(~col(Piece.archived), open_rows))
    found = session.execute(query.where(*among(pieces)).order_by(col(Piece.id))).scalars()
    return [id for id in found if id]


def aims(session: Session, pieces: Collection[int]) -> dict[int, frozenset[str]]:
    """The channels that each planned piece is for, by its present version; none for a piece that left the plan."""
    channels = col(PieceVersion.content)["channels"].label("channels")
    query = (
        select(col(Piece.id), col(Piece.plan), col(Piece.archived), channels)
        .join(PieceVersion, col(PieceVersion.id) == col(Piece.version_id)).where(*among(pieces))
    )  # fmt: skip
    return {
        row.id: frozenset() if row.archived else frozenset(row.channels or ())
        for row in session.execute(query) if row.plan
    }  # fmt: skip


def lay_out(
    session: Session,
    clock: Clock,
    wanted: Sequence[Placement],
    piece_ids: Sequence[int],
    awaited: Collection[tuple[int, str]] = (),
) -> dict[str, int]:
    """Make the rows say what the plan says: new ones, moved ones, changed ones; what left the plan is cancelled.

    What is out, or going out, stays untouched: a compare-and-set decides, and a look before only spares the asking.
    `awaited` are the (piece, account) that are in the plan and have no version yet: their rows stand as they are.
    """
    standing, now = _standing(session, piece_ids), now_by(clock, session)
    new = [placement for placement in wanted if placement.key not in standing]
    if new:
        session.execute(insert_quietly(session, Delivery, ["key"]), [_as_row(p, now) for p in new])
    old = [(standing[placement.key], placement) for placement in wanted if placement.key in standing]
    back = {row.id: _when(p.time) for row, p in old if _is_back(row, p, now)}
    moved = {row.id: _when(p.time) for row, p in old if _is_moved(row, p)}
    changed = {row.id: (p.rendition_id, p.content_hash) for row, p in old if _is_changed(row, p)}
    kept = {placement.key for placement in wanted}
    left = {row.id for key, row in standing.items() if key not in kept and not _is_aside(row, awaited)}
    placing.hold_still(session, {*back, *moved, *changed, *left})
    return {
        "new": len(new) + placing.return_to_plan(session, back), "moved": placing.follow_plan(session, moved),
        "changed": placing.replace_content(session, changed), "gone": placing.leave_plan(session, left),
    }  # fmt: skip


def _standing(session: Session, piece_ids: Sequence[int]) -> dict[str, Any]:
    columns = (D.id, D.key, D.account, D.subject_id, D.due_at, D.plan_wall, D.content_hash, D.state, D.reason)
    return {row.key: row for row in session.execute(select(*columns).where(*_published(piece_ids)))}


def _published(piece_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """The publications of these pieces, their corrections and removals aside."""
    mine = (D.subject_kind == "piece", D.subject_id.in_([str(id) for id in piece_ids]))
    return *mine, D.kind == KIND, D.verb == Verb.PUBLISH


def _is_moved(row: Any, placement: Placement) -> bool:
    """Whether the plan names another time than the row has; a row that a person has moved stays where it is."""
    time = placement.time
    return row.state in MOVABLE and row.due_at != time.due_at and row.plan_wall != time.wall


def _is_changed(row: Any, placement: Placement) -> bool:
    """Whether the row needs the placement's content; one that waits for its version has it, be it the same one."""
    waits = row.state == State.HELD and row.reason.get("code") == "outdated"
    return row.state in REPLACEABLE and (row.content_hash != placement.content_hash or waits)


def _is_back(row: Any, placement: Placement, now: datetime) -> bool:
    """Whether only the plan had cancelled it, and the plan names it again for a time to come."""
    left = row.state == State.CANCELLED and row.reason.get("code") == "not_in_plan"
    return left and placement.time.due_at > now


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


def _is_aside(row: Any, awaited: Collection[tuple[int, str]]) -> bool:
    return (int(row.subject_id), row.account) in awaited or _is_ordered(row.key)


Objection = Callable[[str, Post, dict[str, OfferRow]], Reason]
"""Of (account, post, offers): why it must not go out now, or nothing."""
Barred = Callable[[Session, Mapping[int, Post]], Mapping[int, Reason]]
"""Of (session, posts): which of them must not go out now, and why."""


def posts(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
    """What these placements publish, by delivery id."""
    query = select(col(Rendition.id), col(Rendition.post)).where(col(Rendition.id).in_({c.content_id for c in claims}))
    kept = {row.id: post for row in session.execute(query) if (post := readable(row.post))}
    return {claim.id: kept[claim.content_id] for claim in claims if claim.content_id in kept}


def readable(post: dict[str, Any]) -> Post | None:
    """A post that was kept by another release and cannot be read any more must not stop the others."""
    try:
        return Post.model_validate(post) if post else None
    except ValidationError:
        return None


def contents(session: Session, claims: Sequence[Claim], objection: Objection, barred: Barred) -> dict[int, Post]:
    """The posts of claimed placements; what is outdated, barred or no longer agrees with the feed is held, left out."""
    found, outdated = posts(session, claims), _outdated(session, claims)
    offers = offers_of(session, {product.id for post in found.values() for product in post.products})
    shown = {claim.id: found[claim.id] for claim in claims if claim.id in found and claim.verb != Verb.DELETE}
    against = barred(session, shown)
    for claim in claims:
        reason = NO_REASON
        if claim.id in outdated:
            reason = because(OUTDATED, code="outdated")
        elif claim.id in shown:
            reason = against.get(claim.id) or _objection(claim, shown[claim.id], offers, objection)
        if reason:
            hold_claimed(session, claim, reason)
            found.pop(claim.id, None)
    return found


def _outdated(session: Session, claims: Sequence[Claim]) -> set[int]:
    """Which of them would publish a version of the plan's piece that is no longer its present one.

    What was written by hand for the channel is present as long as the piece still says it there.
    """
    ids = {claim.content_id for claim in claims}
    columns = (col(Rendition.id), col(Rendition.version_id), col(Piece.version_id), col(Rendition.account))
    query = select(*columns, col(Rendition.by_hand)).join(Piece, col(Piece.id) == col(Rendition.piece_id))
    old = col(Rendition.version_id) != col(Piece.version_id)
    found = session.execute(query.where(col(Rendition.id).in_(ids), old)).tuples().all()
    by_hand = {id or 0: (old, now or 0, account) for id, old, now, account, is_hand in found if is_hand}
    former = {id for id, *_ in found} - still_said_by_hand(session, by_hand)
    return {c.id for c in claims if c.content_id in former and c.verb == Verb.PUBLISH and not _is_ordered(c.key)}


def _is_ordered(key: str) -> bool:
    """Whether a person ordered this publication aside from the plan: its occurrence is on no grid."""
    return key.rsplit(":", 1)[-1].startswith("-")


def _objection(claim: Claim, post: Post, offers: dict[str, OfferRow], objection: Objection) -> Reason:
    try:
        return objection(claim.account, post, offers)
    except Exception as error:  # only this one waits for a person; the others go on
        log.exception("delivery %s: it could not be compared", claim.id)
        return because(NOT_COMPARED, code="internal", detail=type(error).__name__)


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
    """The rows with their tokens: no order about any of them leaves the key as it was, else the old run came back."""
    return f"posting:{minute:%Y%m%dT%H%M}:{fingerprint([(row.id, row.token) for row in rows])[:16]}"


def announce(session: Session, announcement: Announcement, run_id: str) -> None:
    """Write down which run announces these rows."""
    change = update(Delivery).where(D.id.in_(announcement.ids), D.run_id == "", D.state == State.PLANNED)
    session.execute(change.values(run_id=run_id, run_key=announcement.key), execution_options=QUICK)


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
        for row, piece, reason in found if row.state != State.UNKNOWN or reason.code == ONLY_A_PERSON
    ]  # fmt: skip


def mark_told(session: Session, troubles: Sequence[Trouble]) -> None:
    rows = [{"b_id": trouble.id, "b_told": trouble.mark} for trouble in troubles]
    if rows:
        table = Delivery.__table__  # type: ignore[attr-defined]
        session.connection().execute(
            update(table).where(D.id == bindparam("b_id")).values(told=bindparam("b_told")), rows
        )
