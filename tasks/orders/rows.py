"""Orders about rows, each one compare-and-set: it is done, or it is too late and nothing has changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.company import Workspace
from models.database import Clock
from models.delivery import Delivery, PartRow, State, Verb
from models.locale import mark
from models.orders import CANCELLABLE as CANCELLABLE
from models.orders import HOLDABLE as HOLDABLE
from models.orders import MOVABLE as MOVABLE
from models.orders import PUBLISHABLE as PUBLISHABLE
from models.orders import RESTORABLE as RESTORABLE
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


# Why the machine holds a row for its time: another one mends it. Anything else a person restores.
OF_TIME = ("late", "not_approved")


def cancel(session: Session, ids: Sequence[int], person: str, why: str = "") -> dict[int, Answer]:
    reason = because(CANCELLED_BY, code="cancelled", person=person, why=why or "—")
    return _order(session, ids, CANCELLABLE, state=State.CANCELLED, reason=reason.model_dump(), token=D.token + 1)


def hold(session: Session, ids: Sequence[int], person: str, why: str = "") -> dict[int, Answer]:
    reason = because(HELD_BY, code="held", person=person, why=why or "—")
    return _order(session, ids, HOLDABLE, state=State.HELD, reason=reason.model_dump(), token=D.token + 1)


def restore(session: Session, ids: Sequence[int], when: When | None = None) -> dict[int, Answer]:
    """Plan again what was held, missed, refused or cancelled; with a new time if one is given."""
    answers = _order(session, ids, RESTORABLE, **ANEW, **_by_hand(when))
    _renew_parts(session, [id for id, answer in answers.items() if answer is Answer.DONE])
    return answers


def reschedule(session: Session, ids: Sequence[int], when: When) -> dict[int, Answer]:
    """Move by a person what is not yet going out; the plan leaves it there.

    What was held only because of its time is planned again; whatever else is held stays held.
    """
    timed = _by_hand(when)
    return _first_that_can(
        ids,
        lambda ids: _order(session, ids, MOVABLE - {State.HELD}, **ANEW, **timed),
        lambda ids: _order(session, ids, {State.HELD}, because_of(*OF_TIME), **ANEW, **timed),
        lambda ids: _order(session, ids, {State.HELD}, run_id="", run_key="", **timed),
    )


def because_of(*codes: str) -> ColumnElement[bool]:
    """What the row waits for, by the code of its reason; plain comparisons, as in `one_of`."""
    code: ColumnElement[str] = D.reason["code"].as_string()
    return or_(*(code == one for one in codes))


def _first_that_can(ids: Sequence[int], *attempts: Callable[[list[int]], dict[int, Answer]]) -> dict[int, Answer]:
    """Try one way after another on the rows for which it was too late so far."""
    answers = dict.fromkeys(ids, Answer.TOO_LATE)
    for attempt in attempts:
        answers |= attempt([id for id, answer in answers.items() if answer is Answer.TOO_LATE])
    return answers


def publish_now(session: Session, id: int, when: When, urgent: bool) -> Answer:
    """Make an approved row due at once; an urgent one does not heed the quiet hours either."""
    heeds = {"heeds_quiet_hours": False} if urgent else {}
    answer = _order(session, [id], PUBLISHABLE, is_approved(), **ANEW, **_by_hand(when), **heeds)[id]
    _renew_parts(session, [id] if answer is Answer.DONE else [])
    return answer


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
        Verdict.OUT: {**ANEW, **_by_hand(when)} if has_parts_left(session, id) else out,
        Verdict.AGAIN: {**ANEW, "generation": D.generation + 1, **_by_hand(when)},
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


ANEW: dict[str, Any] = {
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


def its_piece() -> ColumnElement[bool]:
    """The piece of a placement, found by the piece's own key: no other piece is looked at."""
    number = case((and_(D.subject_kind == "piece", D.subject_id != ""), cast(D.subject_id, Integer)))
    return col(Piece.id) == number


def publications(session: Session, *where: ColumnElement[bool]) -> list[Publication]:
    """Placements in the order they are due, with what an order must know of them."""
    query = (
        select(Delivery, Piece, is_approved(), ~not_stopped(), parts_out())
        .outerjoin(Piece, its_piece())
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
    its_id = select(cast(col(Piece.id), String)).where(col(Piece.number) == number).scalar_subquery()
    return publications(session, D.subject_kind == "piece", D.subject_id == its_id, D.verb == Verb.PUBLISH, *one)


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


def subject_of(session: Session, id: int) -> str:
    """The id of the piece that a publication is of; empty where there is none."""
    return session.execute(select(D.subject_id).where(D.id == id)).scalar_one_or_none() or ""
