"""What the desk shows, read from the rows. Sessions are given; nothing here opens, changes or commits anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, String, and_, cast, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.company import ChannelCard
from models.delivery import Delivery, State, Verb
from models.desk import Line, StopLine
from models.locale import mark
from models.piece import Piece, Rendition
from models.reason import NO_REASON, Reason, because
from models.stop import Scope, StopOrder
from tasks.delivery.statements import D, not_stopped
from tasks.desk.advice import advice, orders
from tasks.orders import rows as order_rows
from tasks.stop import rows as stop_rows

LET_OUT = mark("Urgent, without approval: {person}, {why}")
OUT_SHOWN = timedelta(days=7)
MOST = 300
PAST_STOPS = 10


@dataclass(frozen=True)
class Names:
    """How the reader knows accounts, people and campaigns."""

    channels: Mapping[str, ChannelCard]
    people: Mapping[str, str]
    campaigns: Mapping[str, str]
    zone: str = ""

    def channel(self, account: str) -> str:
        return self.channels[account].title if account in self.channels else account

    def person(self, key: str) -> str:
        return self.people.get(key, key)

    def zone_of(self, row: Delivery) -> str:
        """The clocks of its channel; of a channel that is gone, those it was planned by."""
        card = self.channels.get(row.account)
        return (card.zone or self.zone if card else "") or row.zone


def of_rendition(session: Session, rendition_id: int, names: Names) -> list[Line]:
    piece = select(cast(col(Rendition.piece_id), String)).where(col(Rendition.id) == rendition_id).scalar_subquery()
    its = and_(D.subject_kind == "piece", D.subject_id == piece, D.content_id == rendition_id)
    return _lines(session, its, names)


def line(session: Session, id: int, names: Names) -> Line | None:
    return next(iter(_lines(session, D.id == id, names)), None)


def _lines(session: Session, where: ColumnElement[bool], names: Names, most: int = MOST) -> list[Line]:
    query = (
        select(Delivery, Piece, (~not_stopped()).label("stopped"))
        .outerjoin(Piece, order_rows.its_piece())
        .where(D.kind == "placement", where).order_by(D.due_at, D.id).limit(most)
    )  # fmt: skip
    return [as_line(row.Delivery, row.Piece, bool(row.stopped), names) for row in session.execute(query)]


def as_line(row: Delivery, piece: Piece | None, stopped: bool, names: Names) -> Line:
    state, reason = State(row.state), order_rows.reason_of(row)
    approved = bool(row.approved_hash) and row.approved_hash == row.content_hash
    return Line(
        id=row.id or 0, piece_id=(piece.id or 0) if piece else 0, rendition_id=row.content_id,
        title=piece.title if piece else row.key, number=(piece.number or "") if piece else "",
        author=names.person(piece.author) if piece else "",
        account=row.account, channel=names.channel(row.account), verb=Verb(row.verb), state=state, due_at=row.due_at,
        campaign=names.campaigns.get(row.campaign, row.campaign), zone=names.zone_of(row), sent_at=row.sent_at,
        changes=row.token, is_approved=approved, is_stopped=stopped, url=row.url, reason=reason,
        urgent=_urgent(row, names),
        advice=advice(state, reason.code, approved, stopped), orders=orders(state, approved),
    )  # fmt: skip


def _urgent(row: Delivery, names: Names) -> Reason:
    """Who let this version out without approval, where somebody did."""
    said = row.hurried or {}
    if not said or said["version"] != row.content_hash:
        return NO_REASON
    return because(LET_OUT, code="urgent", person=names.person(said["person"]), why=said["why"])


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
        id=order.id or 0, scope=Scope(order.scope), what=what(session, order, names), reason=order.reason,
        pulled_by=names.person(order.pulled_by), pulled_at=order.pulled_at, released_by=names.person(order.released_by),
        released_at=order.released_at, out=tuple(reversed(lines)),
    )  # fmt: skip


def what(session: Session, order: StopOrder, names: Names) -> str:
    """What a Stop covers, in the reader's words; empty for everything."""
    if order.scope == Scope.CHANNEL:
        return names.channel(order.scope_key)
    if order.scope == Scope.CAMPAIGN:
        return names.campaigns.get(order.scope_key, order.scope_key)
    piece = session.get(Piece, int(order.scope_key)) if order.scope == Scope.PIECE else None
    return f"№ {piece.number} · {piece.title}" if piece and piece.number else piece.title if piece else order.scope_key
