"""Orders about rows, each one compare-and-set: it is done, or it is too late and nothing has changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.company import Workspace
from models.database import Clock
from models.delivery import OPEN, Delivery, PartRow, State, Verb
from models.locale import mark
from models.orders import Answer as Answer
from models.orders import Verdict as Verdict
from models.orders import When as When
from models.piece import Piece
from models.reason import NO_REASON, Reason, because
from models.stop import Scope
from tasks.approval import rows as approval
from tasks.approval.rules import Who
from tasks.delivery.statements import QUICK, D, P, is_approved, not_stopped

CANCELLED_BY = mark("Cancelled by {person}: {why}")
HELD_BY = mark("Held by {person}: {why}")
LEFT_BY = mark("{person} decided to leave it as it is, without another attempt.")
RACES = 3


# What each order can be about. An unknown outcome is in none of them: it may be out, so it is decided, not ordered.
CANCELLABLE = OPEN | {State.MISSED, State.REJECTED}
HOLDABLE = frozenset({State.PLANNED, State.CLAIMED})
RESTORABLE = frozenset({State.HELD, State.MISSED, State.REJECTED, State.CANCELLED})
MOVABLE = frozenset({State.PLANNED, State.CLAIMED, State.MISSED, State.HELD})
PUBLISHABLE = HOLDABLE | RESTORABLE

# Why the machine holds a row, by what mends it: another content, or another time. Anything else a person restores.
OF_CONTENT = (
    "returned", "outdated", "no_content", "price", "price_differs", "not_in_feed", "product_gone", "sold_out",
    "offer_over", "loopback_link",
)  # fmt: skip
OF_TIME = ("late", "not_approved")


def cancel(session: Session, ids: Sequence[int], person: str, why: str = "") -> dict[int, Answer]:
    reason = because(CANCELLED_BY, code="cancelled", person=person, why=why or "—")
    return _order(session, ids, CANCELLABLE, state=State.CANCELLED, reason=reason.model_dump(), token=D.token + 1)


def hold(session: Session, ids: Sequence[int], person: str, why: str = "") -> dict[int, Answer]:
    reason = because(HELD_BY, code="held", person=person, why=why or "—")
    return _order(session, ids, HOLDABLE, state=State.HELD, reason=reason.model_dump(), token=D.token + 1)


def restore(session: Session, ids: Sequence[int], when: When | None = None) -> dict[int, Answer]:
    """Plan again what was held, missed, refused or cancelled; with a new time if one is given."""
    answers = _order(session, ids, RESTORABLE, **_PLANNED, **_by_hand(when))
    _renew_parts(session, [id for id, answer in answers.items() if answer is Answer.DONE])
    return answers


def reschedule(session: Session, ids: Sequence[int], when: When) -> dict[int, Answer]:
    """Move by a person what is not yet going out; the plan leaves it there.

    What was held only because of its time is planned again; whatever else is held stays held.
    """
    return _moved(session, ids, _by_hand(when))


def follow_plan(session: Session, ids: Sequence[int], when: When) -> dict[int, Answer]:
    """Move to where the plan says; a row that a person has moved stays, until the plan itself says another time."""
    return _moved(session, ids, _timed(when) | {"plan_wall": ""}, D.plan_wall != when.wall_time)


def return_to_plan(session: Session, ids: Sequence[int], when: When) -> dict[int, Answer]:
    """Plan again what only the plan had cancelled."""
    return _order(session, ids, {State.CANCELLED}, _because_of("not_in_plan"), **_PLANNED, **_timed(when), plan_wall="")


def _because_of(*codes: str) -> ColumnElement[bool]:
    code: ColumnElement[str] = D.reason["code"].as_string()
    return code.in_(codes)


def _moved(
    session: Session, ids: Sequence[int], timed: dict[str, Any], *where: ColumnElement[bool]
) -> dict[int, Answer]:
    return _first_that_can(
        ids,
        lambda ids: _order(session, ids, MOVABLE - {State.HELD}, *where, **_PLANNED, **timed),
        lambda ids: _order(session, ids, {State.HELD}, *where, _because_of(*OF_TIME), **_PLANNED, **timed),
        lambda ids: _order(session, ids, {State.HELD}, *where, run_id="", run_key="", **timed),
    )


def _first_that_can(ids: Sequence[int], *attempts: Callable[[list[int]], dict[int, Answer]]) -> dict[int, Answer]:
    """Try one way after another on the rows for which it was too late so far."""
    answers = dict.fromkeys(ids, Answer.TOO_LATE)
    for attempt in attempts:
        answers |= attempt([id for id, answer in answers.items() if answer is Answer.TOO_LATE])
    return answers


def publish_now(session: Session, id: int, when: When, urgent: bool) -> Answer:
    """Make an approved row due at once; an urgent one does not heed the quiet hours either."""
    heeds = {"heeds_quiet_hours": False} if urgent else {}
    answer = _order(session, [id], PUBLISHABLE, is_approved(), **_PLANNED, **_by_hand(when), **heeds)[id]
    _renew_parts(session, [id] if answer is Answer.DONE else [])
    return answer


def replace_content(session: Session, ids: Sequence[int], content_id: int, content_hash: str) -> dict[int, Answer]:
    """Give a row that is not yet going out other content; its approval no longer fits and is asked for again.

    What was held because of its content goes on with the new one; whatever else waits for a person still does.
    """
    new = {"content_id": content_id, "content_hash": content_hash}
    waiting = {State.HELD, State.MISSED, State.REJECTED, State.CANCELLED}
    going = {"state": State.PLANNED, "token": D.token + 1, "lease_until": None}
    return _first_that_can(
        ids,
        lambda ids: _order(session, ids, {State.PLANNED, State.CLAIMED}, **new, **going),
        lambda ids: _order(session, ids, {State.HELD}, _because_of(*OF_CONTENT), **new, **_PLANNED),
        lambda ids: _order(session, ids, waiting, **new),
    )


def decide_unknown(
    session: Session,
    clock: Clock,
    id: int,
    verdict: Verdict,
    person: str,
    url: str = "",
    when: When | None = None,
) -> Answer:
    """Settle an unknown row by what a person saw. "Again" raises the generation: the provider gets a new key;
    `when` is then its new time, or it might be too late for it at once. What has parts that were never tried goes on
    with them: only the part in doubt is out.
    """
    now = clock.plus()
    out = {"state": State.SENT, "url": url, "reason": {}, "settled_at": now, "sent_at": now}
    changes: dict[Verdict, dict[str, Any]] = {
        Verdict.OUT: {**_PLANNED, **_by_hand(when)} if has_parts_left(session, id) else out,
        Verdict.AGAIN: {**_PLANNED, "generation": D.generation + 1, **_by_hand(when)},
        Verdict.LEAVE: {"state": State.CANCELLED, "reason": because(LEFT_BY, code="left", person=person).model_dump()},
    }
    answer = _order(session, [id], {State.UNKNOWN}, **({"token": D.token + 1} | changes[verdict]))[id]
    if answer is Answer.DONE:
        said = {"state": State.SENT, "url": url} if verdict is Verdict.OUT else {"state": State.PLANNED}
        parts = update(PartRow).where(P.delivery_id == id, P.state == State.INTENT)
        session.execute(parts.values(**said), execution_options=QUICK)
    return answer


def has_parts_left(session: Session, id: int) -> bool:
    """Whether the delivery has parts that were never tried."""
    left = select(func.count()).where(P.delivery_id == id, P.state.not_in([State.SENT, State.INTENT]))
    return bool(session.execute(left).scalar_one())


def has_twin(session: Session, id: int, at: datetime) -> bool:
    """Whether the same piece stands in the same channel at this moment in another row."""
    other = aliased(Delivery)
    same = (col(other.subject_id) == D.subject_id, col(other.account) == D.account, col(other.kind) == D.kind)
    live = col(other.state).not_in([State.CANCELLED, State.MISSED, State.REJECTED])
    twin = exists().where(*same, live, col(other.verb) == Verb.PUBLISH, col(other.due_at) == at, col(other.id) != D.id)
    return bool(session.execute(select(twin).where(D.id == id)).scalar_one_or_none())


_PLANNED: dict[str, Any] = {
    "state": State.PLANNED, "token": D.token + 1, "attempts": 0, "next_try_at": None, "lease_until": None,
    "run_id": "", "run_key": "", "reason": {},
}  # fmt: skip


def _timed(when: When | None) -> dict[str, Any]:
    if when is None:
        return {}
    return {"due_at": when.due_at, "late_at": when.late_at, "wall_time": when.wall_time, "zone": when.zone}


def _by_hand(when: When | None) -> dict[str, Any]:
    """A time that a person gives: the plan's own is kept beside it, so that laying out the plan does not undo it."""
    plans = case((D.plan_wall == "", D.wall_time), else_=D.plan_wall)
    return _timed(when) | {"plan_wall": plans} if when else {}


def _order(
    session: Session,
    ids: Sequence[int],
    states: frozenset[State] | set[State],
    *where: ColumnElement[bool],
    **changes: Any,
) -> dict[int, Answer]:
    """Change the rows that are in one of these states; say of each of the others why not.

    A row that came back into these states between the change and the look (PostgreSQL) is ordered again.
    """
    done: set[int] = set()
    there: set[int] = set()
    left = list(ids)
    for _ in range(RACES):
        change = update(Delivery).where(D.id.in_(left), D.state.in_(states), *where).values(**changes).returning(D.id)
        done |= set(session.execute(change, execution_options=QUICK).scalars())
        seen = session.execute(select(D.id, and_(D.state.in_(states), *where)).where(D.id.in_(ids))).tuples().all()
        there = {id for id, _ in seen}
        left = [id for id, again in seen if again and id not in done]
        if not left:
            break
    return {id: Answer.DONE if id in done else Answer.TOO_LATE if id in there else Answer.ABSENT for id in ids}


def _renew_parts(session: Session, ids: Sequence[int]) -> None:
    if ids:
        stale = update(PartRow).where(P.delivery_id.in_(ids), P.state != State.SENT)
        session.execute(stale.values(state=State.PLANNED), execution_options=QUICK)


def parts_out() -> ColumnElement[int]:
    """How many parts of a delivery of several calls are on the channel already."""
    return select(func.count()).where(P.delivery_id == D.id, P.state == State.SENT).scalar_subquery()


def reason_of(row: Delivery) -> Reason:
    return Reason.model_validate(row.reason) if row.reason else NO_REASON


@dataclass(frozen=True)
class Publication:
    """A placement as an order sees it; `number` and `title` are those of its piece."""

    id: int
    number: str
    title: str
    account: str
    state: State
    due_at: datetime
    zone: str
    url: str
    approved: bool
    stopped: bool
    reason: Reason
    sent_at: datetime | None = None
    parts_out: int = 0


def publications(session: Session, *where: ColumnElement[bool]) -> list[Publication]:
    """Placements in the order they are due, with what an order must know of them."""
    query = (
        select(Delivery, Piece, is_approved(), ~not_stopped(), parts_out())
        .outerjoin(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.kind == "placement", *where).order_by(D.due_at, D.id)
    )  # fmt: skip
    return [_publication(*row) for row in session.execute(query)]


def _publication(row: Delivery, piece: Piece | None, approved: bool, stopped: bool, parts_out: int) -> Publication:
    return Publication(
        row.id or 0, (piece.number or "") if piece else "", piece.title if piece else row.key, row.account,
        State(row.state), row.due_at, row.zone, row.url, bool(approved), bool(stopped), reason_of(row), row.sent_at,
        parts_out,
    )  # fmt: skip


def of_piece(session: Session, number: str, account: str = "") -> list[Publication]:
    """The publications of the piece with this №, its corrections and removals aside."""
    one = [D.account == account] if account else []
    return publications(session, col(Piece.number) == number, D.verb == Verb.PUBLISH, *one)


def by_ids(session: Session, ids: Sequence[int]) -> list[Publication]:
    return publications(session, D.id.in_(ids))


def pieces(session: Session) -> dict[str, str]:
    """The titles of all pieces by №, those that left the plan included: a Stop may be about one that is out."""
    found = session.execute(select(col(Piece.number), col(Piece.title))).tuples()
    return {number: title for number, title in found if number}


def piece_id(session: Session, number: str) -> str:
    return str(session.execute(select(col(Piece.id)).where(col(Piece.number) == number)).scalar_one())


def piece_numbered(session: Session, id: str) -> tuple[str, str]:
    """The № and the title of a piece; both empty where there is none."""
    found = session.get(Piece, int(id)) if id.isdecimal() else None
    return ((found.number or "", found.title)) if found else ("", "")


def people(session: Session, workspace: Workspace) -> dict[str, Who]:
    """Everybody the company has: those of its file, over those its tables know."""
    return approval.people(session) | {c.key: Who(c.key, c.name, tuple(c.roles)) for c in workspace.company.people}


def known(session: Session, workspace: Workspace, scope: Scope) -> dict[str, str]:
    """Keys and titles of what a scope may name. A Stop works even where the company's files cannot be read."""
    match scope:
        case Scope.ALL:
            return {}
        case Scope.PIECE:
            return pieces(session)
        case Scope.CHANNEL:
            named = {card.key: card.title for card in workspace.channels}
        case Scope.CAMPAIGN:
            named = {card.key: card.title for card in workspace.company.campaigns}
    return {key: key for key in _used(session, scope)} | named


def _used(session: Session, scope: Scope) -> set[str]:
    """The channels or campaigns that placements name, whatever the company's files say of them today."""
    column = {Scope.CHANNEL: D.account, Scope.CAMPAIGN: D.campaign}[scope]
    found = session.execute(select(column).distinct().where(D.kind == "placement", column != "")).scalars()
    return set(found)
