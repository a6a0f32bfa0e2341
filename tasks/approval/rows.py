"""Requests and decisions. A decision is about a version; what it lets out is whatever has that version's hash."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Approval, Decision, Request, RequestRow
from models.database import Clock, now_by
from models.delivery import OPEN, Delivery, State, Verb
from models.locale import mark, translate
from models.people import Absence, Permission, Person, permissions_of
from models.piece import Piece, Rendition
from models.reason import because
from tasks.approval.rules import NO_WEIGHT, Away, Demands, Weight, Who, weigh
from tasks.delivery.rows import insert_quietly as insert
from tasks.delivery.statements import QUICK, D, is_approved
from tasks.notices.rows import Message, tell
from tasks.registry.rows import costs_of_pieces

POLICY = "policy"
NOTHING_MORE = Demands()
ANY = true()
HELD_UNDECIDED = and_(D.state == State.HELD, D.reason["code"].as_string() == "not_approved")
NOT_OUT = [State.PLANNED, State.CLAIMED, State.HELD, State.MISSED, State.REJECTED, State.CANCELLED]
SUBJECT = D.subject_id + ":" + D.account
BACK_TITLE = mark("Sent back: {title}")
BACK_BODY = mark("{person} sent “{title}” back: {why}")
RETURNED = mark("Sent back by the approver: {why}")


@dataclass(frozen=True)
class Waiting:
    """A version for a channel that is planned but not approved: its first time, and since when it is planned."""

    piece_id: int
    account: str
    version: str
    title: str
    author: str
    number: str
    due_at: datetime
    since: datetime

    @property
    def subject(self) -> str:
        return subject_of(self.piece_id, self.account)


def subject_of(piece_id: int | str, account: str) -> str:
    return f"{piece_id}:{account}"


def waiting(session: Session, until: datetime | None = None) -> list[Waiting]:
    """What waits for approval, by its first due time: one entry per version and channel, however often it repeats.

    What was sent back waits for its author and is not here.
    """
    open_rows = and_(
        D.kind == "placement", D.verb == Verb.PUBLISH, D.state.in_(OPEN), ~is_approved(), D.content_hash != "",
        ~exists().where(col(Approval.subject) == SUBJECT, col(Approval.version) == D.content_hash),
    )  # fmt: skip
    what, first = (D.subject_id, D.account, D.content_hash), func.min(D.due_at)
    groups = select(*what, first.label("first"), func.min(D.created_at).label("since")).where(open_rows).group_by(*what)
    if until is not None:
        groups = groups.having(first <= until)
    due = groups.subquery()
    query = (
        select(due.c.account, due.c.content_hash, due.c.first, due.c.since, Piece)
        .join(Piece, cast(col(Piece.id), String) == due.c.subject_id)
        .order_by(due.c.first, due.c.subject_id, due.c.account)
    )
    return [
        Waiting(piece.id or 0, account, version, piece.title, piece.author, piece.number or "", first, since)
        for account, version, first, since, piece in session.execute(query).tuples()
    ]


def open_request(
    session: Session, clock: Clock, key: str, title: str, asked_of: str, rows: Sequence[Waiting], run_id: str = ""
) -> Request:
    """Ask, once per key: a run that starts again from its first line finds the request it has made."""
    found = session.execute(select(Request).where(col(Request.key) == key)).scalar_one_or_none()
    if found is None:
        found = Request(key=key, title=title, asked_of=asked_of, run_id=run_id, asked_at=now_by(clock, session),
                        due_at=min(row.due_at for row in rows))  # fmt: skip
        session.add(found)
        session.flush()
        shown = [{"request_id": found.id, "subject": r.subject, "version": r.version, "shown": _shown(r)} for r in rows]
        session.execute(insert(session, RequestRow, ["request_id", "subject"]), shown)
    found.run_id = run_id or found.run_id
    return found


def _shown(row: Waiting) -> dict[str, Any]:
    return {"title": row.title, "number": row.number, "due_at": row.due_at.isoformat()}


def request(session: Session, id: int) -> Request:
    found = session.get(Request, id)
    if found is None:
        raise LookupError(f"no approval request {id}")
    return found


def request_of_run(session: Session, run_id: str) -> Request | None:
    query = select(Request).where(col(Request.key) == f"run:{run_id}")
    return session.execute(query).scalar_one_or_none()


def rows_of(session: Session, request_id: int) -> list[RequestRow]:
    query = select(RequestRow).where(col(RequestRow.request_id) == request_id).order_by(col(RequestRow.id))
    return list(session.execute(query).scalars())


def asked_subjects(session: Session) -> set[tuple[str, str]]:
    """What open requests ask about already, as (subject, version): nobody is asked twice at once."""
    query = (
        select(col(RequestRow.subject), col(RequestRow.version))
        .join(Request, col(Request.id) == col(RequestRow.request_id)).where(col(Request.state) == "open")
    )  # fmt: skip
    return {(row.subject, row.version) for row in session.execute(query)}


def asked_before(session: Session, subjects: Iterable[str]) -> set[str]:
    """Of these, what an approver has been asked about already, in whatever version."""
    query = select(col(RequestRow.subject)).where(col(RequestRow.subject).in_(list(subjects))).distinct()
    return set(session.execute(query).scalars())


def carried(session: Session, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], datetime]:
    """Of these, as (subject, version), what a publication still carries, and until when it is not too late for it."""
    known = set(wanted)
    pieces, versions = {subject.partition(":")[0] for subject, _ in known}, {version for _, version in known}
    carrying = and_(D.kind == "placement", D.subject_kind == "piece", D.subject_id.in_(pieces))
    what, chance = (D.subject_id, D.account, D.content_hash), func.max(func.coalesce(D.late_at, D.due_at))
    query = select(*what, chance).where(carrying, D.content_hash.in_(versions), D.state != State.CANCELLED)
    found = session.execute(query.group_by(*what)).tuples()
    return {(subject_of(piece, account), version): until for piece, account, version, until in found}


def undecided(session: Session, *request_ids: int) -> list[RequestRow]:
    """What is left to decide; a version that was replaced or cancelled meanwhile is not."""
    decided = exists().where(
        col(Approval.subject) == col(RequestRow.subject), col(Approval.version) == col(RequestRow.version)
    )
    query = select(RequestRow).where(col(RequestRow.request_id).in_(request_ids), ~decided)
    found = list(session.execute(query.order_by(col(RequestRow.id))).scalars())
    live = carried(session, [(row.subject, row.version) for row in found])
    return [row for row in found if (row.subject, row.version) in live]


def progress(session: Session, request_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many rows of each request are left to decide, and how many there are."""
    left = Counter(row.request_id for row in undecided(session, *request_ids))
    query = select(col(RequestRow.request_id), func.count()).group_by(col(RequestRow.request_id))
    found = session.execute(query.where(col(RequestRow.request_id).in_(request_ids))).tuples()
    return {id: (left[id], total) for id, total in found}


def decide(
    session: Session,
    clock: Clock,
    subject: str,
    version: str,
    decision: Decision,
    person: str,
    *,
    proven: bool,
    reason: str = "",
    request_id: int | None = None,
) -> Approval | None:
    """Record a decision: let out what it approves, or hold what it sends back and tell the author.

    None when somebody has decided already: see `decided_by`.
    """
    row = Approval(subject=subject, version=version, decision=decision, person=person, proven=proven, reason=reason,
                   request_id=request_id, decided_at=now_by(clock, session))  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    if decision is Decision.APPROVED:
        apply_approvals(session, clock, _of(subject))
    else:
        hold_returned(session, _of(subject))
        _tell_author(session, clock, row)
    return row


def _of(subject: str) -> ColumnElement[bool]:
    piece, _, account = subject.partition(":")
    return and_(D.subject_kind == "piece", D.subject_id == piece, D.account == account)


def _tell_author(session: Session, clock: Clock, decision: Approval) -> None:
    piece, approver = piece_of(session, decision.subject), session.get(Person, decision.person)
    if piece is not None and piece.author:
        person = approver.name if approver else decision.person
        body = translate(BACK_BODY, person=person, title=piece.title, why=decision.reason or "—")
        subject = translate(BACK_TITLE, title=piece.title)
        tell(session, clock, [Message(f"back:{decision.id}", piece.author, subject, body)])


def piece_of(session: Session, subject: str) -> Piece | None:
    return session.get(Piece, int(subject.split(":")[0]))


def decided_by(session: Session, subject: str, version: str) -> Approval | None:
    query = select(Approval).where(col(Approval.subject) == subject, col(Approval.version) == version)
    return session.execute(query).scalars().first()


def approve_by_policy(
    session: Session, clock: Clock, subjects: Iterable[tuple[str, str]], demands: Demands = NOTHING_MORE
) -> None:
    """Approve by the company's policy, as (subject, version); what a person has decided stays as it is.

    What is above the company's threshold waits for a person. What was approved before is let go by the way: a new
    occurrence of an approved version, and one that came back to it.
    """
    now, wanted = now_by(clock, session), list(subjects)
    heavy = {s for s, weight in weights(session, [s for s, _ in wanted], demands).items() if demands.is_above(weight)}
    rows = [
        {"subject": subject, "version": version, "step": "approver", "decision": Decision.APPROVED, "person": POLICY,
         "proven": True, "reason": "", "decided_at": now} for subject, version in wanted if subject not in heavy
    ]  # fmt: skip
    if rows:
        session.execute(insert(session, Approval, ["subject", "version", "step"]), rows)
    apply_approvals(session, clock)


def weights(session: Session, subjects: Sequence[str], demands: Demands) -> dict[str, Weight]:
    """What is known to hang on these versions, where the company asks: their cost, if the registry has one."""
    if demands.money is None:
        return dict.fromkeys(subjects, NO_WEIGHT)
    known = costs_of_pieces(session, {subject.partition(":")[0] for subject in subjects}, demands.currency)
    return {subject: weigh(known, *subject.split(":", 1)) for subject in subjects}


def apply_approvals(session: Session, clock: Clock, which: ColumnElement[bool] = ANY) -> int:
    """Let every row that is not out and whose version is approved go; set-based, and harmless to repeat.

    A row that was held because nobody had decided goes too while it is not late; a later one waits for a new time.
    """
    approved = _decided(Decision.APPROVED)
    not_out = and_(which, D.kind == "placement", D.state.in_(NOT_OUT), ~is_approved())
    change = update(Delivery).where(not_out, approved).values(approved_hash=D.content_hash)
    done = session.execute(change, execution_options=QUICK)
    waited = and_(which, HELD_UNDECIDED, is_approved())
    in_time = or_(D.late_at.is_(None), D.late_at > clock.plus())
    again = update(Delivery).where(waited, in_time, approved)
    session.execute(again.values(state=State.PLANNED, reason={}, told=""), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]


def _decided(decision: Decision) -> ColumnElement[bool]:
    return exists().where(
        col(Approval.subject) == SUBJECT,
        col(Approval.version) == D.content_hash,
        col(Approval.decision) == decision,
    )


def hold_returned(session: Session, which: ColumnElement[bool] = ANY) -> int:
    """Hold what an approver sent back; what was held because nobody had decided is held for that reason now."""
    why = select(col(Approval.reason)).where(
        col(Approval.subject) == SUBJECT, col(Approval.version) == D.content_hash
    ).limit(1).scalar_subquery()  # fmt: skip
    waiting = or_(D.state.in_([State.PLANNED, State.CLAIMED]), HELD_UNDECIDED)
    returned = and_(which, D.kind == "placement", waiting, _decided(Decision.RETURNED))
    found = session.execute(select(D.id, why).where(returned)).tuples().all()
    for id, reason in found:
        held = update(Delivery).where(D.id == id, waiting)
        said = because(RETURNED, code="returned", why=reason or "—").model_dump()
        session.execute(held.values(state=State.HELD, reason=said), execution_options=QUICK)
    return len(found)


def decisions(session: Session, request_id: int) -> list[Approval]:
    """What has been decided about the rows of a request, wherever it was decided."""
    same = and_(col(Approval.subject) == col(RequestRow.subject), col(Approval.version) == col(RequestRow.version))
    query = select(Approval).join(RequestRow, same).where(col(RequestRow.request_id) == request_id)
    return list(session.execute(query).scalars())


def posts_of(session: Session, asked: Sequence[RequestRow]) -> dict[str, dict[str, Any]]:
    """The posts of the versions in question, by their hash."""
    query = select(col(Rendition.content_hash), col(Rendition.post)).where(
        col(Rendition.content_hash).in_([row.version for row in asked])
    )
    return {row.content_hash: row.post for row in session.execute(query)}


def approvers(session: Session) -> list[Who]:
    """Those who may decide, by name."""
    able = [w for w in people(session).values() if Permission.APPROVE in permissions_of(list(w.roles))]
    return sorted(able, key=lambda who: who.name)


def author_of(session: Session, subject: str) -> str:
    piece = piece_of(session, subject)
    return piece.author if piece else ""


def last_chance(session: Session, request_id: int) -> datetime:
    """Until when a decision about the undecided rows still makes sense: while the last of them is not too late."""
    left = undecided(session, request_id)
    chances = carried(session, [(row.subject, row.version) for row in left])
    return max((chances[row.subject, row.version] for row in left), default=request(session, request_id).due_at)


def closed_with_runs(session: Session) -> list[tuple[int, str, int]]:
    """Closed requests whose run may still wait, as (request, run, how many rows are undecided)."""
    query = select(Request).where(col(Request.state) != "open", col(Request.run_id) != "")
    found = session.execute(query).scalars().all()
    left = progress(session, [r.id or 0 for r in found])
    return [(r.id, r.run_id, left[r.id][0]) for r in found if r.id]


def forget_run(session: Session, request_id: int) -> None:
    request(session, request_id).run_id = ""


def close_request(session: Session, clock: Clock, request_id: int, state: str = "decided") -> bool:
    """Close a request whose rows are all decided, or whose time is over."""
    change = update(Request).where(col(Request.id) == request_id, col(Request.state) == "open")
    done = session.execute(change.values(state=state, closed_at=clock.plus()), execution_options=QUICK)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def open_requests(session: Session) -> list[Request]:
    return list(session.execute(select(Request).where(col(Request.state) == "open")).scalars())


def people(session: Session) -> dict[str, Who]:
    found = session.execute(select(Person).where(col(Person.active))).scalars()
    return {p.key: Who(p.key, p.name, tuple(p.roles), p.deputy) for p in found}


def absences(session: Session) -> list[Away]:
    found = session.execute(select(Absence)).scalars()
    return [Away(a.person, date.fromisoformat(a.from_date), date.fromisoformat(a.to_date), a.deputy) for a in found]
