"""What happened to one piece, read from the rows by their indexes. Sessions are given; nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Approval, Request, RequestRow
from models.delivery import Delivery, Verb
from models.desk.piece import Event, Measure, Seen
from models.piece import PieceVersion, Rendition
from models.reaction import Check, Comment, Snapshot, TrackedLink, Visit, Watch
from models.registry import METRICS, Fact
from tasks.delivery.statements import D
from tasks.desk.rows import Names
from tasks.editing.rows import Listed, versions
from tasks.history import story
from tasks.orderbook import rows as book
from tasks.proofs.rows import outsiders

MOST = 100
TOLD_BY_VERSIONS = ("correct", "by-hand", "comment")


@dataclass(frozen=True)
class Life:
    """A piece whose life is told."""

    id: int
    source: str
    created_at: datetime


def events(session: Session, life: Life, names: Names) -> list[Event]:
    """Everything that is known to have happened, the newest first."""
    placed = placements(session, life.id)
    found = [
        *_versions(session, life, names), *_approvals(session, life, placed, names), *_orders(session, life, names),
        *(event for row in placed for event in story.of_delivery(row, names.channel(row.account))),
        *_checks(session, placed, names), *_costs(session, life, names),
    ]  # fmt: skip
    return sorted(found, key=lambda event: event.at, reverse=True)


def placements(session: Session, piece_id: int) -> list[Delivery]:
    """The last that are out and the last of the others: what is planned for months leaves room for what happened."""
    mine = and_(D.subject_kind == "piece", D.subject_id == str(piece_id), D.kind == "placement")
    newest = (D.due_at.desc(), D.id.desc())
    others = select(Delivery).where(mine, D.sent_at.is_(None)).order_by(*newest).limit(MOST)
    return [*published(session, piece_id), *session.execute(others).scalars()]


def published(session: Session, piece_id: int) -> list[Delivery]:
    mine = and_(D.subject_kind == "piece", D.subject_id == str(piece_id), D.kind == "placement")
    out = select(Delivery).where(mine, D.sent_at.is_not(None)).order_by(D.sent_at.desc(), D.id.desc())
    return list(session.execute(out.limit(MOST)).scalars())


def _versions(session: Session, life: Life, names: Names) -> Iterator[Event]:
    for version in versions(session, life.id, MOST):
        yield story.of_version(version, names.person(version.made_by), life.source)


def _subjects(session: Session, life: Life, placed: Sequence[Delivery]) -> dict[str, str]:
    """The channels of a piece by what approvals call them."""
    made = select(col(Rendition.account)).where(col(Rendition.piece_id) == life.id).distinct()
    accounts = {*session.execute(made).scalars(), *(row.account for row in placed)}
    return {f"{life.id}:{account}": account for account in accounts}


def _approvals(session: Session, life: Life, placed: Sequence[Delivery], names: Names) -> Iterator[Event]:
    subjects = _subjects(session, life, placed)
    decided = select(Approval).where(col(Approval.subject).in_(subjects)).order_by(col(Approval.decided_at).desc())
    said = list(session.execute(decided.limit(MOST)).scalars())
    outside = outsiders(session, said)
    for one in said:
        channel = names.channel(subjects[one.subject])
        yield story.of_approval(one, names.person(one.person), channel, outside.get(one.step, ""))
    asked = (
        select(Request, func.count()).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(RequestRow.subject).in_(subjects)).group_by(col(Request.id))
        .order_by(col(Request.id).desc()).limit(MOST)
    )  # fmt: skip
    for request, number in session.execute(asked).tuples():
        yield story.of_request(request, number, names.person(request.asked_of))


def _orders(session: Session, life: Life, names: Names) -> Iterator[Event]:
    for order in book.of_subject(session, "piece", [str(life.id)], MOST):
        if order.code not in TOLD_BY_VERSIONS or (order.said or {}).get("refusal", {}).get("text"):
            yield story.of_order(order, names.person(order.person))


def _checks(session: Session, placed: Sequence[Delivery], names: Names) -> Iterator[Event]:
    by_id = {row.id or 0: row for row in placed}
    differences = select(Check).where(col(Check.delivery_id).in_(by_id)).order_by(col(Check.id).desc()).limit(MOST)
    for check in session.execute(differences).scalars():
        yield from story.of_check(
            check, names.channel(by_id[check.delivery_id].account), names.person(check.decided_by)
        )
    looked = select(Watch).where(col(Watch.delivery_id).in_(by_id), col(Watch.checked_at).is_not(None))
    for watch in session.execute(looked).scalars():
        row = by_id[watch.delivery_id]
        if watch.checked_at is not None:
            yield story.of_look(watch.checked_at, names.channel(row.account), row.url)


def _costs(session: Session, life: Life, names: Names) -> Iterator[Event]:
    spent = and_(col(Fact.subject_id) == str(life.id), col(Fact.subject_kind) == "piece", col(Fact.cost).is_not(None))
    for fact in session.execute(select(Fact).where(spent).order_by(col(Fact.id).desc()).limit(MOST)).scalars():
        yield story.of_cost(fact, names.person(fact.person))


def seen(session: Session, piece_id: int, names: Names) -> list[Seen]:
    """What came back from every publication of a piece that is out: the last of each number, clicks, comments."""
    out = [row for row in published(session, piece_id) if row.verb == Verb.PUBLISH]
    ids = [row.id or 0 for row in out]
    last, said, clicks = _last(session, ids), _commented(session, ids), _clicks(session, piece_id)
    once = {account: max(r.id or 0 for r in out if r.account == account) for account in {r.account for r in out}}
    return [_seen(row, last, said, clicks if once[row.account] == row.id else {}, names) for row in out]


def _seen(row: Delivery, last: dict[int, Any], said: dict[int, int], clicks: dict[str, int], names: Names) -> Seen:
    numbers, at = last.get(row.id or 0, ({}, None))
    found = dict(numbers)
    found |= {"clicks": clicks[row.account]} if row.account in clicks else {}
    found |= {"comments": said[row.id or 0]} if said.get(row.id or 0, 0) > found.get("comments", 0) else {}
    measures = [Measure(title=METRICS[m].title, number=found[m]) for m in METRICS if m in found]
    return Seen(channel=names.channel(row.account), url=row.url, measures=tuple(measures), at=at)


def _last(session: Session, ids: Sequence[int]) -> dict[int, tuple[dict[str, int], datetime]]:
    latest = (
        select(col(Snapshot.delivery_id), col(Snapshot.metric), func.max(col(Snapshot.taken_at)).label("at"))
        .where(col(Snapshot.delivery_id).in_(ids)).group_by(col(Snapshot.delivery_id), col(Snapshot.metric)).subquery()
    )  # fmt: skip
    same = and_(col(Snapshot.delivery_id) == latest.c.delivery_id, col(Snapshot.metric) == latest.c.metric,
                col(Snapshot.taken_at) == latest.c.at)  # fmt: skip
    found: dict[int, tuple[dict[str, int], datetime]] = {}
    for one in session.execute(select(Snapshot).join(latest, same)).scalars():
        numbers, at = found.get(one.delivery_id, ({}, one.taken_at))
        found[one.delivery_id] = ({**numbers, one.metric: one.value}, max(at, one.taken_at))
    return found


def _commented(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(col(Comment.delivery_id), func.count()).where(col(Comment.delivery_id).in_(ids))
    return dict(session.execute(query.group_by(col(Comment.delivery_id))).tuples().all())


def _clicks(session: Session, piece_id: int) -> dict[str, int]:
    """The clicks on a piece's short links by channel, robots apart."""
    codes = select(col(TrackedLink.code), col(TrackedLink.account)).where(col(TrackedLink.piece_id) == piece_id)
    accounts = dict(session.execute(codes).tuples().all())
    counted = and_(col(Visit.kind) == "click", col(Visit.key).in_(accounts), ~col(Visit.robot))
    query = select(col(Visit.key), func.sum(col(Visit.number))).where(counted).group_by(col(Visit.key))
    found: dict[str, int] = {}
    for code, number in session.execute(query).tuples():
        found[accounts[code]] = found.get(accounts[code], 0) + int(number)
    return found


def listed(version: PieceVersion) -> Listed:
    """A version as the list has it."""
    return Listed(version.ordinal, version.made_by, version.why, version.note, version.made_at,
                  len(version.corrections))  # fmt: skip
