"""What a person did, from the order book and from the tables that keep more: newest first, a page at a time.

Every source is asked along an index for one page of its own, so a long history costs no more than a short one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_MAILINGS, OF_OFFERS, Approval, Step
from models.desk.people import Deed, DeedKind
from models.mailings import Mailing
from models.order_book import GivenOrder
from models.piece import Piece, PieceComment, PieceVersion, PlanLoad
from models.reason import Reason
from models.redemptions import OfferRow
from models.stop import StopOrder

KINDS = list(DeedKind)
# What these orders came to stands in tables of its own, where orders that were given elsewhere stand too.
COVERED = frozenset({"stop", "release", "comment", "correct", "by-hand", "urgent", "load-plan"})
REFUSED = func.coalesce(col(GivenOrder.said)["refusal"]["text"].as_string(), "") != ""
LAST_ID = 2**31


@dataclass(frozen=True)
class Cursor:
    """The last deed of the page before."""

    at: datetime
    kind: DeedKind
    id: int


def read_cursor(mark: str) -> Cursor | None:
    """The place a page ended at; None where it is none."""
    at, _, rest = mark.partition("|")
    kind, _, id = rest.partition("|")
    try:
        moment, number = datetime.fromisoformat(at), int(id)
        is_one = moment.tzinfo is not None and 0 < number < LAST_ID
        return Cursor(moment.astimezone(UTC), DeedKind(kind), number) if is_one else None
    except (ValueError, OverflowError):
        return None


def done_by(session: Session, person: str, before: str = "", most: int = 30) -> tuple[list[Deed], str]:
    """A page of what this person did, and the mark to read on from, "" at the end."""
    cursor = read_cursor(before)
    found = sorted(
        (deed for source in SOURCES for deed in source(session, person, cursor, most + 1)),
        key=lambda deed: (deed.at, KINDS.index(deed.kind), deed.id), reverse=True,
    )  # fmt: skip
    page = found[:most]
    return page, page[-1].mark if len(found) > most else ""


def _page(query: Select[Any], at: Any, id: Any, kind: DeedKind, cursor: Cursor | None, most: int) -> Select[Any]:
    """The newest that come after the cursor; in one moment the kinds have an order, and in one kind the numbers."""
    if cursor:
        query = query.where(_after(at, id, KINDS.index(kind) - KINDS.index(cursor.kind), cursor))
    return query.order_by(at.desc(), id.desc()).limit(most)


def _after(at: Any, id: Any, kinds_between: int, cursor: Cursor) -> ColumnElement[bool]:
    earlier, same_moment = at < cursor.at, at == cursor.at
    if kinds_between == 0:
        same_moment = and_(same_moment, id < cursor.id)
    return or_(earlier, same_moment) if kinds_between <= 0 else or_(earlier)


def _orders(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(GivenOrder.given_at), col(GivenOrder.id)
    shown = or_(col(GivenOrder.code).not_in(COVERED), REFUSED)
    query = select(GivenOrder).where(col(GivenOrder.person) == person, shown)
    for row in session.execute(_page(query, at, id, DeedKind.ORDER, cursor, most)).scalars():
        link = f"/staff/piece/{row.subject_id}" if row.subject_kind == "piece" and row.subject_id else ""
        report = row.said or {}
        done = not _refusal(report) and all(line.get("done") for line in report.get("lines") or [])
        yield Deed(kind=DeedKind.ORDER, id=row.id or 0, at=row.given_at, code=row.code, said=_answer(report),
                   is_done=done, link=link)  # fmt: skip


def _refusal(report: Mapping[str, Any]) -> Reason:
    return Reason.model_validate(report.get("refusal") or {})


def _answer(report: Mapping[str, Any]) -> str:
    """The order's answer in a line: why it was refused, else the words it was answered in."""
    if refusal := _refusal(report):
        return str(refusal)
    lines = report.get("lines") or []
    if lines:
        return f"{lines[0].get('label', '')} — {lines[0].get('said', '')}"
    return str((report.get("notes") or [""])[0])


def _decisions(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(Approval.decided_at), col(Approval.id)
    ours = col(Approval.step).in_([Step.APPROVER, Step.URGENT])
    query = select(Approval).where(col(Approval.person) == person, ours)
    found = list(session.execute(_page(query, at, id, DeedKind.DECISION, cursor, most)).scalars())
    pieces = {row.id: int(row.subject.partition(":")[0]) for row in found if row.subject.partition(":")[0].isdecimal()}
    titles = _titles(session, set(pieces.values()))
    others = _mailings(session, found) | _offers(session, found)
    for row in found:
        piece = pieces.get(row.id, 0)
        title, link = others.get(row.subject) or (
            titles.get(piece, row.subject), f"/staff/piece/{piece}" if piece in titles else ""
        )  # fmt: skip
        yield Deed(
            kind=DeedKind.DECISION, id=row.id or 0, at=row.decided_at, said=row.reason,
            code=row.step if row.step == Step.URGENT else row.decision,
            title=title, subject=row.subject.partition(":")[2], link=link,
        )  # fmt: skip


def _mailings(session: Session, decided: Sequence[Approval]) -> dict[str, tuple[str, str]]:
    """Title and page of the mailings among these, by subject."""
    ids = [int(row.subject.partition(":")[2]) for row in decided if row.subject.startswith(OF_MAILINGS)]
    query = select(col(Mailing.id), col(Mailing.title)).where(col(Mailing.id).in_(ids))
    return {f"{OF_MAILINGS}{id}": (title, f"/staff/mailings/{id}") for id, title in session.execute(query).tuples()}


def _offers(session: Session, decided: Sequence[Approval]) -> dict[str, tuple[str, str]]:
    """Title and page of the offers among these, by subject."""
    ids = [int(row.subject.partition(":")[2]) for row in decided if row.subject.startswith(OF_OFFERS)]
    query = select(OfferRow).where(col(OfferRow.id).in_(ids))
    return {f"{OF_OFFERS}{one.id}": (one.title, f"/staff/offers/{one.key}") for one in session.execute(query).scalars()}


def _titles(session: Session, ids: set[int]) -> dict[int, str]:
    query = select(col(Piece.id), col(Piece.title)).where(col(Piece.id).in_(ids))
    return {id: title for id, title in session.execute(query).tuples() if id}


def _stops(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(StopOrder.pulled_at), col(StopOrder.id)
    query = select(StopOrder).where(col(StopOrder.pulled_by) == person)
    for row in session.execute(_page(query, at, id, DeedKind.STOP, cursor, most)).scalars():
        yield Deed(kind=DeedKind.STOP, id=row.id or 0, at=row.pulled_at, code=row.scope, subject=row.scope_key,
                   said=row.reason, link="/staff/stop")  # fmt: skip


def _releases(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(StopOrder.released_at), col(StopOrder.id)
    query = select(StopOrder).where(col(StopOrder.released_by) == person, at.is_not(None))
    for row in session.execute(_page(query, at, id, DeedKind.RELEASE, cursor, most)).scalars():
        assert row.released_at is not None
        yield Deed(kind=DeedKind.RELEASE, id=row.id or 0, at=row.released_at, code=row.scope, subject=row.scope_key,
                   link="/staff/stop")  # fmt: skip


def _versions(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(PieceVersion.made_at), col(PieceVersion.id)
    query = select(PieceVersion, col(Piece.title)).join(Piece, col(Piece.id) == col(PieceVersion.piece_id))
    query = query.where(col(PieceVersion.made_by) == person)
    for row, title in session.execute(_page(query, at, id, DeedKind.VERSION, cursor, most)).tuples():
        yield Deed(kind=DeedKind.VERSION, id=row.id or 0, at=row.made_at, title=title, subject=str(row.ordinal),
                   said=row.note, link=f"/staff/piece/{row.piece_id}")  # fmt: skip


def _comments(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(PieceComment.at), col(PieceComment.id)
    query = select(PieceComment, col(Piece.title)).join(Piece, col(Piece.id) == col(PieceComment.piece_id))
    query = query.where(col(PieceComment.person) == person)
    for row, title in session.execute(_page(query, at, id, DeedKind.COMMENT, cursor, most)).tuples():
        yield Deed(kind=DeedKind.COMMENT, id=row.id or 0, at=row.at, title=title, said=row.text,
                   link=f"/staff/piece/{row.piece_id}")  # fmt: skip


def _loads(session: Session, person: str, cursor: Cursor | None, most: int) -> Iterator[Deed]:
    at, id = col(PlanLoad.loaded_at), col(PlanLoad.id)
    query = select(PlanLoad).where(col(PlanLoad.loaded_by) == person)
    for row in session.execute(_page(query, at, id, DeedKind.LOAD, cursor, most)).scalars():
        yield Deed(kind=DeedKind.LOAD, id=row.id or 0, at=row.loaded_at, title=row.file,
                   code="applied" if row.applied_at else "shown")  # fmt: skip


SOURCES = (_orders, _decisions, _stops, _releases, _versions, _comments, _loads)
