"""What the desk shows, read from the rows. Sessions are given; nothing here opens, changes or commits anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Approval, Decision, Request, RequestRow
from models.brand import Note
from models.company import ChannelCard
from models.database import Clock
from models.delivery import Delivery, State, Verb
from models.desk import Asked, Decided, Line, Proof, Question, StopLine
from models.piece import Piece, Rendition
from models.post import Post
from models.reason import Reason
from models.stop import Scope, StopOrder
from tasks.approval import rows as approval
from tasks.approval.rules import NO_WEIGHT, Demands, Weight, Who, objection
from tasks.delivery.statements import D, is_approved, not_stopped
from tasks.desk.advice import advice, orders
from tasks.orders import rows as order_rows
from tasks.stop import rows as stop_rows

OVERDUE = timedelta(minutes=3)
REMEMBERED = timedelta(days=14)
OUT_SHOWN = timedelta(days=7)
MOST = 300
MOST_OF_A_WEEK = 3000
PAST_STOPS = 10


@dataclass(frozen=True)
class Names:
    """How the reader knows accounts, people and campaigns."""

    channels: Mapping[str, ChannelCard]
    people: Mapping[str, str]
    campaigns: Mapping[str, str]

    def channel(self, account: str) -> str:
        return self.channels[account].title if account in self.channels else account

    def person(self, key: str) -> str:
        return self.people.get(key, key)


def troubles(session: Session, clock: Clock, names: Names) -> list[Line]:
    """Placements that need a person, the oldest first."""
    recent = D.due_at > clock.plus(-REMEMBERED)
    late = and_(D.state == State.PLANNED, D.due_at < clock.plus(-OVERDUE), is_approved())
    ended = and_(D.state.in_([State.REJECTED, State.MISSED]), recent)
    return _lines(session, or_(D.state.in_([State.HELD, State.UNKNOWN]), ended, late), names)


def plan(session: Session, since: datetime, until: datetime, names: Names, account: str = "") -> list[Line]:
    """Placements due in [since, until), in order; of one account if it is named."""
    due = and_(D.due_at >= since, D.due_at < until)
    return _lines(session, and_(due, D.account == account) if account else due, names, MOST_OF_A_WEEK)


def of_rendition(session: Session, rendition_id: int, names: Names) -> list[Line]:
    return _lines(session, D.content_id == rendition_id, names)


def line(session: Session, id: int, names: Names) -> Line | None:
    return next(iter(_lines(session, D.id == id, names)), None)


def _lines(session: Session, where: ColumnElement[bool], names: Names, most: int = MOST) -> list[Line]:
    query = (
        select(Delivery, Piece, (~not_stopped()).label("stopped"))
        .outerjoin(Piece, cast(col(Piece.id), String) == D.subject_id)
        .where(D.kind == "placement", where).order_by(D.due_at, D.id).limit(most)
    )  # fmt: skip
    return [as_line(row.Delivery, row.Piece, bool(row.stopped), names) for row in session.execute(query)]


def as_line(row: Delivery, piece: Piece | None, stopped: bool, names: Names) -> Line:
    state, reason = State(row.state), order_rows.reason_of(row)
    approved = bool(row.approved_hash) and row.approved_hash == row.content_hash
    return Line(
        id=row.id or 0, rendition_id=row.content_id, title=piece.title if piece else row.key,
        number=(piece.number or "") if piece else "", author=names.person(piece.author) if piece else "",
        account=row.account, channel=names.channel(row.account), verb=Verb(row.verb), state=state, due_at=row.due_at,
        sent_at=row.sent_at, is_approved=approved, is_stopped=stopped, url=row.url, reason=reason,
        advice=advice(state, reason.code, approved, stopped), orders=orders(state, approved),
    )  # fmt: skip


def asked(session: Session, names: Names) -> list[Asked]:
    """The open questions, the most urgent first."""
    found = sorted(approval.open_requests(session), key=lambda request: request.due_at)
    progress = approval.progress(session, [request.id or 0 for request in found])
    return [_asked(request, *progress[request.id or 0], names) for request in found]


def _asked(request: Request, left: int, total: int, names: Names) -> Asked:
    return Asked(
        id=request.id or 0, title=request.title, asked_of=names.person(request.asked_of), asked_of_key=request.asked_of,
        due_at=request.due_at, left=left, total=total,
    )  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Who looks, and by which rule they may decide."""

    who: Who | None
    demands: Demands

    def objection_to(self, author: str, weight: Weight = NO_WEIGHT) -> Reason:
        return objection(self.who, "", author, self.demands, weight, proven=True, link="")


def question(session: Session, id: int, reader: Reader, names: Names) -> Question | None:
    """A request with the proofs of all its rows, in the order they were asked in."""
    found = session.get(Request, id)
    if found is None:
        return None
    rows = approval.rows_of(session, id)
    decisions = {(d.subject, d.version): d for d in approval.decisions(session, id)}
    versions = _versions(session, [row.version for row in rows])
    weights = approval.weights(session, [row.subject for row in rows], reader.demands)
    proofs = [
        _proof(*versions[_where(row)], reader, weights[row.subject], names, decisions.get(_where(row)), row)
        for row in rows if _where(row) in versions
    ]  # fmt: skip
    current = approval.carried(session, [_where(row) for row in rows])
    return Question(
        id=id, title=found.title, asked_of=names.person(found.asked_of), asked_at=found.asked_at, due_at=found.due_at,
        is_open=found.state == "open", has_run=bool(found.run_id),
        proofs=tuple(p.model_copy(update={"is_current": (p.subject, p.version) in current}) for p in proofs),
    )  # fmt: skip


def _where(row: RequestRow) -> tuple[str, str]:
    return row.subject, row.version


def _versions(session: Session, hashes: Sequence[str]) -> dict[tuple[str, str], tuple[Rendition, Piece]]:
    query = select(Rendition, Piece).join(Piece, col(Piece.id) == col(Rendition.piece_id))
    found = session.execute(query.where(col(Rendition.content_hash).in_(hashes)))
    return {(approval.subject_of(r.piece_id, r.account), r.content_hash): (r, p) for r, p in found}


def proof(session: Session, rendition_id: int, reader: Reader, names: Names) -> Proof | None:
    """One version by itself."""
    rendition = session.get(Rendition, rendition_id)
    piece = session.get(Piece, rendition.piece_id) if rendition else None
    if rendition is None or piece is None:
        return None
    subject = approval.subject_of(rendition.piece_id, rendition.account)
    decision = approval.decided_by(session, subject, rendition.content_hash)
    weight = approval.weights(session, [subject], reader.demands)[subject]
    found = _proof(rendition, piece, reader, weight, names, decision)
    this = subject, found.version
    return found.model_copy(update={"is_current": this in approval.carried(session, [this])})


def _proof(
    rendition: Rendition, piece: Piece, reader: Reader, weight: Weight, names: Names, decision: Approval | None,
    row: RequestRow | None = None,
) -> Proof:  # fmt: skip
    account = rendition.account
    return Proof(
        row=(row.id or 0) if row else 0, rendition_id=rendition.id or 0,
        subject=approval.subject_of(rendition.piece_id, account), version=rendition.content_hash, title=piece.title,
        number=piece.number or "", author=names.person(piece.author), account=account, channel=names.channel(account),
        provider=names.channels[account].provider if account in names.channels else "",
        post=Post.model_validate(rendition.post), notes=tuple(Note.model_validate(note) for note in rendition.notes),
        due_at=datetime.fromisoformat(row.shown["due_at"]) if row else None, by_hand=rendition.by_hand,
        decided=_decided(decision, names), objection=reader.objection_to(piece.author, weight),
    )  # fmt: skip


def _decided(decision: Approval | None, names: Names) -> Decided | None:
    if decision is None:
        return None
    return Decided(
        person=names.person(decision.person), by_policy=decision.person == approval.POLICY,
        decision=Decision(decision.decision), at=decision.decided_at, reason=decision.reason, proven=decision.proven,
    )  # fmt: skip


def stops_in_force(session: Session, names: Names) -> list[StopLine]:
    return [_stop(session, order, names) for order in stop_rows.stops_in_force(session)]


def past_stops(session: Session, names: Names) -> list[StopLine]:
    """The last Stops that were released; what had gone out before them is no longer of interest."""
    query = select(StopOrder).where(col(StopOrder.released_at).is_not(None)).order_by(col(StopOrder.id).desc())
    found = session.execute(query.limit(PAST_STOPS)).scalars()
    return [_stop(session, order, names, with_out=False) for order in found]


def _stop(session: Session, order: StopOrder, names: Names, with_out: bool = True) -> StopLine:
    out = stop_rows.out_before(session, order, order.pulled_at - OUT_SHOWN) if with_out else []
    ids = [row.id for row in out if row.id][:MOST]
    lines = _lines(session, D.id.in_(ids), names) if ids else []
    return StopLine(
        id=order.id or 0, scope=Scope(order.scope), what=_what(session, order, names), reason=order.reason,
        pulled_by=names.person(order.pulled_by), pulled_at=order.pulled_at, released_by=names.person(order.released_by),
        released_at=order.released_at, out=tuple(reversed(lines)),
    )  # fmt: skip


def _what(session: Session, order: StopOrder, names: Names) -> str:
    """What a Stop covers, in the reader's words; empty for everything."""
    if order.scope == Scope.CHANNEL:
        return names.channel(order.scope_key)
    if order.scope == Scope.CAMPAIGN:
        return names.campaigns.get(order.scope_key, order.scope_key)
    piece = session.get(Piece, int(order.scope_key)) if order.scope == Scope.PIECE else None
    return f"№ {piece.number} · {piece.title}" if piece and piece.number else piece.title if piece else order.scope_key


def piece_numbered(session: Session, number: str) -> str | None:
    """The key by which a Stop knows the piece with this №."""
    wanted = select(col(Piece.id)).where(col(Piece.number) == number.strip().lstrip("№").strip())
    found = session.execute(wanted).scalar_one_or_none()
    return None if found is None else str(found)
