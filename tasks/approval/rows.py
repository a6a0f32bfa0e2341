"""Questions to approvers: what waits, what is asked about, what is left to decide. Decisions are their neighbours'."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_MAILINGS, OF_OFFERS, Approval, Asking, Request, RequestRow, Step
from models.database import Clock, now_by
from models.delivery import OPEN, State, Verb
from models.people import Absence, Permission, Person, permissions_of
from models.piece import Piece, Rendition
from tasks.approval.rules import Away, Roster, Who
from tasks.decisions.rows import ANY as ANY
from tasks.decisions.rows import NOTHING_MORE as NOTHING_MORE
from tasks.decisions.rows import POLICY as POLICY
from tasks.decisions.rows import SUBJECT, Where, is_decided
from tasks.decisions.rows import apply_approvals as apply_approvals
from tasks.decisions.rows import approve_by_policy as approve_by_policy
from tasks.decisions.rows import decide as decide
from tasks.decisions.rows import decided as decided
from tasks.decisions.rows import decided_by as decided_by
from tasks.decisions.rows import hold_returned as hold_returned
from tasks.decisions.rows import pieces_of as pieces_of
from tasks.decisions.rows import subject_of as subject_of
from tasks.decisions.rows import weights as weights
from tasks.delivery.rows import insert_quietly as insert
from tasks.delivery.statements import QUICK, D, is_approved


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


def waiting(session: Session, until: datetime | None = None, piece_id: int | None = None) -> list[Waiting]:
    """What waits for approval, by its first due time: one entry per version and channel, however often it repeats.

    What was sent back waits for its author and is not here. `piece_id` asks about one piece alone.
    """
    its = [D.subject_id == str(piece_id)] if piece_id is not None else []
    open_rows = and_(
        D.kind == "placement", D.subject_kind == "piece", D.subject_id != "", *its, D.verb != Verb.DELETE,
        D.state.in_(OPEN), ~is_approved(), D.content_hash != "", ~is_decided(SUBJECT, D.content_hash),
    )  # fmt: skip
    what, first = (D.subject_id, D.account, D.content_hash), func.min(D.due_at)
    groups = select(*what, first.label("first"), func.min(D.created_at).label("since")).where(open_rows).group_by(*what)
    if until is not None:
        groups = groups.having(first <= until)
    due = groups.subquery()
    query = (
        select(due.c.account, due.c.content_hash, due.c.first, due.c.since, Piece)
        .join(Piece, col(Piece.id) == cast(due.c.subject_id, Integer))  # by the piece's own key: no other is looked at
        .order_by(due.c.first, due.c.subject_id, due.c.account)
    )
    return [
        Waiting(piece.id or 0, account, version, piece.title, piece.author, piece.number or "", first, since)
        for account, version, first, since, piece in session.execute(query).tuples()
    ]


def open_request(
    session: Session, clock: Clock, key: str, title: str, asked_of: str, rows: Sequence[Waiting], run_id: str = "",
    asked_by: str = "", after: datetime | None = None,
) -> Request:  # fmt: skip
    """Ask, once per key: a run that starts again from its first line finds the request it has made.

    `after` is until when an answer is expected about what is out already.
    """
    found = session.execute(select(Request).where(col(Request.key) == key)).scalar_one_or_none()
    if found is None:
        found = Request(key=key, title=title, asked_of=asked_of, asked_by=asked_by, run_id=run_id,
                        asking=Asking.AFTER if after else Asking.BEFORE, asked_at=now_by(clock, session),
                        due_at=after or min(row.due_at for row in rows))  # fmt: skip
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


def request_keyed(session: Session, key: str) -> Request | None:
    return session.execute(select(Request).where(col(Request.key) == key)).scalar_one_or_none()


def request_about(session: Session, subject: str, version: str) -> Request | None:
    """The open question that asks about this version, if one does."""
    mine = and_(col(RequestRow.subject) == subject, col(RequestRow.version) == version, col(Request.state) == "open")
    query = select(Request).join(RequestRow, col(RequestRow.request_id) == col(Request.id)).where(mine)
    return session.execute(query.order_by(col(Request.id))).scalars().first()


def rows_of(session: Session, request_id: int) -> list[RequestRow]:
    query = select(RequestRow).where(col(RequestRow.request_id) == request_id).order_by(col(RequestRow.id))
    return list(session.execute(query).scalars())


def asked_subjects(session: Session) -> set[Where]:
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


def carried(session: Session, wanted: Iterable[Where]) -> dict[Where, datetime]:
    """Of these, as (subject, version), what a publication still carries, and until when it is not too late for it."""
    return _carried(session, wanted, func.max(func.coalesce(D.late_at, D.due_at)), D.state != State.CANCELLED)


def first_times(session: Session, wanted: Iterable[Where]) -> dict[Where, datetime]:
    """When the first publication of each of these is due, of those that are still to go."""
    return _carried(session, wanted, func.min(D.due_at), D.state.in_(OPEN))


def _carried(
    session: Session, wanted: Iterable[Where], moment: Any, which: ColumnElement[bool]
) -> dict[Where, datetime]:
    known = set(wanted)
    pieces, versions = {subject.partition(":")[0] for subject, _ in known}, {version for _, version in known}
    carrying = and_(D.kind == "placement", D.subject_kind == "piece", D.subject_id.in_(pieces))
    what = (D.subject_id, D.account, D.content_hash)
    found = session.execute(select(*what, moment).where(carrying, D.content_hash.in_(versions), which).group_by(*what))
    return {(subject_of(piece, account), version): at for piece, account, version, at in found.tuples()}


def undecided(session: Session, *request_ids: int) -> list[RequestRow]:
    """What is left to decide; a version that was replaced or cancelled meanwhile is not."""
    decided = is_decided(col(RequestRow.subject), col(RequestRow.version), Step.APPROVER)
    query = select(RequestRow).where(col(RequestRow.request_id).in_(request_ids), ~decided)
    found = list(session.execute(query.order_by(col(RequestRow.id))).scalars())
    live = carried(session, [(row.subject, row.version) for row in found])
    return [row for row in found if (row.subject, row.version) in live]


def follow_times(session: Session) -> None:
    """Let the questions that are open be due when the first of what they still ask about is."""
    asked = [request for request in open_requests(session) if request.asking == Asking.BEFORE]
    left = undecided(session, *(request.id or 0 for request in asked))
    times, due = first_times(session, [(row.subject, row.version) for row in left]), dict[int, datetime]()
    for row in left:
        if at := times.get((row.subject, row.version)):
            due[row.request_id] = min(at, due.get(row.request_id, at))
    for request in asked:
        request.due_at = due.get(request.id or 0, request.due_at)


def progress(session: Session, request_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many rows of each request are left to decide, and how many there are."""
    left = Counter(row.request_id for row in undecided(session, *request_ids))
    query = select(col(RequestRow.request_id), func.count()).group_by(col(RequestRow.request_id))
    found = session.execute(query.where(col(RequestRow.request_id).in_(request_ids))).tuples()
    return {id: (left[id], total) for id, total in found}


def decisions(session: Session, request_id: int) -> list[Approval]:
    """What has been decided about the rows of a request, wherever it was decided."""
    same = and_(col(Approval.subject) == col(RequestRow.subject), col(Approval.version) == col(RequestRow.version))
    mine = and_(col(RequestRow.request_id) == request_id, col(Approval.step) == Step.APPROVER)
    query = select(Approval).join(RequestRow, same).where(mine)
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


def authors_of(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """The authors of these, by subject."""
    return {subject: piece.author for subject, piece in pieces_of(session, subjects).items()}


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
    """Those about publications; mailings are asked about in their own place."""
    others = (~col(Request.key).startswith(other) for other in (OF_MAILINGS, OF_OFFERS))
    about = (col(Request.state) == "open", *others)
    return list(session.execute(select(Request).where(*about)).scalars())


def people(session: Session) -> dict[str, Who]:
    found = session.execute(select(Person).where(col(Person.active))).scalars()
    return {p.key: Who(p.key, p.name, tuple(p.roles), p.deputy) for p in found}


def roster(session: Session, day: date, named: str) -> Roster:
    """Who is there on this day, for questions about the pieces of a company that names this approver."""
    return Roster(day, named, people(session), tuple(absences(session)))


def absences(session: Session) -> list[Away]:
    found = session.execute(select(Absence)).scalars()
    return [Away(a.person, date.fromisoformat(a.from_date), date.fromisoformat(a.to_date), a.deputy) for a in found]
