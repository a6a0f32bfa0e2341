"""What the pages of approval show, read from the rows. Sessions are given; nothing here changes or commits anything."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_MAILINGS, OF_OFFERS, Approval, Asking, Decision, Request, RequestRow, Step
from models.brand import Note
from models.desk import Asked, Decided, Opinion, Past, Proof, Question, ReviewLine, Standing, Urgency, Version
from models.piece import Piece, Rendition
from models.post import Post
from models.reason import Reason
from models.review import ReviewLink, ReviewRow
from tasks.approval import rows as approval
from tasks.approval.proof import short
from tasks.approval.rules import NO_WEIGHT, Demands, Roster, Weight, Who, objection
from tasks.decisions import rows as decisions
from tasks.desk.rows import Names
from tasks.proofs.difference import difference

LATELY = 30
Where = tuple[str, str]
Found = tuple[Rendition, Piece]


@dataclass(frozen=True)
class Reader:
    """Who looks, and by which rule they may decide; `may_urge`: they are among those who may let out a correction."""

    who: Who | None
    demands: Demands
    may_urge: bool = False

    def objection_to(self, author: str, weight: Weight = NO_WEIGHT) -> Reason:
        return objection(self.who, "", author, self.demands, weight, proven=True, link="")


@dataclass(frozen=True)
class Said:
    """What was said about versions: by whoever decides, by whoever let them out at once, by outsiders."""

    decided: Mapping[Where, Decided]
    urgent: Mapping[Where, Urgency]
    opinions: Mapping[Where, tuple[Opinion, ...]]


def said_about(session: Session, about: Iterable[Where], names: Names) -> Said:
    known = set(about)
    query = select(Approval).where(col(Approval.version).in_({version for _, version in known}))
    rows = [r for r in session.execute(query.order_by(col(Approval.id))).scalars() if (r.subject, r.version) in known]
    outside = outsiders(session, rows)
    opinions: dict[Where, tuple[Opinion, ...]] = {}
    for row in (row for row in rows if row.step in outside):
        where = (row.subject, row.version)
        opinions[where] = (*opinions.get(where, ()), opinion(row, outside[row.step]))
    return Said(
        {(row.subject, row.version): as_decided(row, names) for row in rows if row.step == Step.APPROVER},
        {(row.subject, row.version): _urgency(row, names) for row in rows if row.step == Step.URGENT},
        opinions,
    )


def step_of(link_id: int) -> str:
    """The step under which the words of a link's reader stand: outsiders never hinder one another."""
    return f"{Step.REVIEWER}:{link_id}"


def outsiders(session: Session, rows: Sequence[Approval]) -> dict[str, str]:
    """The names of those outside who said some of these, by their steps."""
    ids = [int(row.step.partition(":")[2]) for row in rows if row.step.startswith(f"{Step.REVIEWER}:")]
    query = select(col(ReviewLink.id), col(ReviewLink.name)).where(col(ReviewLink.id).in_(ids))
    return {step_of(id): name for id, name in session.execute(query).tuples() if id is not None}


def opinion(row: Approval, name: str) -> Opinion:
    return Opinion(name=name, decision=Decision(row.decision), at=row.decided_at, words=row.reason)


def _urgency(row: Approval, names: Names) -> Urgency:
    return Urgency(person=names.person(row.person), reason=row.reason, at=row.decided_at)


def as_decided(row: Approval, names: Names) -> Decided:
    return Decided(
        person=names.person(row.person), by_policy=row.person == approval.POLICY,
        decision=Decision(row.decision), at=row.decided_at, reason=row.reason, proven=row.proven,
    )  # fmt: skip


def asked(session: Session, roster: Roster, names: Names) -> list[Asked]:
    """The open questions, the most urgent first."""
    found = sorted(approval.open_requests(session), key=lambda request: request.due_at)
    progress = approval.progress(session, [request.id or 0 for request in found])
    return [_asked(request, *progress[request.id or 0], roster, names) for request in found]


def _asked(request: Request, left: int, total: int, roster: Roster, names: Names) -> Asked:
    answers, standing = _standing(request, roster, names)
    return Asked(
        id=request.id or 0, title=request.title, asked_of=names.person(answers), asked_of_key=answers,
        asked_by=names.person(request.asked_by), asked_at=request.asked_at, due_at=request.due_at, left=left,
        total=total, afterwards=request.asking == Asking.AFTER, standing=standing,
    )  # fmt: skip


def _standing(request: Request, roster: Roster, names: Names) -> tuple[str, Standing | None]:
    """Who answers today, and for whom, where it is a deputy."""
    duty = roster.duty(request.asked_of)
    if not duty.away:
        return duty.answers, None
    return duty.answers, Standing(
        person=names.person(duty.away), until=duty.until, deputy=names.person(duty.answers)
    )  # fmt: skip


def question(session: Session, id: int, reader: Reader, roster: Roster, names: Names) -> Question | None:
    """A request with all its rows, in the order they were asked in; their proofs are fetched one by one."""
    found = session.get(Request, id)
    if found is None:
        return None
    answers, standing = _standing(found, roster, names)
    return Question(
        id=id, title=found.title, asked_of=names.person(answers), asked_by=names.person(found.asked_by),
        asked_at=found.asked_at, due_at=found.due_at, is_open=found.state == "open",
        afterwards=found.asking == Asking.AFTER, has_run=bool(found.run_id), standing=standing,
        versions=tuple(_versions(session, approval.rows_of(session, id), reader, names)),
    )  # fmt: skip


def _versions(session: Session, rows: Sequence[RequestRow], reader: Reader, names: Names) -> list[Version]:
    about = [_where(row) for row in rows]
    times = approval.first_times(session, about)
    found, current = renditions(session, about), approval.carried(session, about)
    said, former = said_about(session, about, names), decisions.former_versions(session, about)
    weights = approval.weights(session, [row.subject for row in rows], reader.demands)
    return [
        Version(
            row=row.id or 0, rendition_id=rendition.id or 0, piece_id=piece.id or 0, subject=row.subject,
            version=row.version, title=piece.title, number=piece.number or "", author=names.person(piece.author),
            channel=names.channel(row.account), text=short(str(rendition.post.get("text", ""))),
            due_at=times.get(where, row.first_at), changed=True if where in former else None,
            is_current=where in current, decided=said.decided.get(where), urgency=said.urgent.get(where),
            objection=reader.objection_to(piece.author, weights[row.subject]), opinions=said.opinions.get(where, ()),
        )
        for row, where in zip(rows, about, strict=True) if where in found
        for rendition, piece in [found[where]]
    ]  # fmt: skip


def _where(row: RequestRow | ReviewRow) -> Where:
    return row.subject, row.version


def renditions(session: Session, about: Sequence[Where]) -> dict[Where, Found]:
    """The versions themselves, with their pieces."""
    known, query = set(about), select(Rendition, Piece).join(Piece, col(Piece.id) == col(Rendition.piece_id))
    found = session.execute(query.where(col(Rendition.content_hash).in_({version for _, version in known}))).tuples()
    named = {(approval.subject_of(r.piece_id, r.account), r.content_hash): (r, p) for r, p in found}
    return {where: one for where, one in named.items() if where in known}


def proof(session: Session, rendition_id: int, reader: Reader, names: Names) -> Proof | None:
    """One version by itself."""
    rendition = session.get(Rendition, rendition_id)
    if rendition is None:
        return None
    where = approval.subject_of(rendition.piece_id, rendition.account), rendition.content_hash
    return next(iter(proofs(session, [where], reader, names)), None)


def proof_of_row(session: Session, request_id: int, row_id: int, reader: Reader, names: Names) -> Proof | None:
    """The proof of one row of a question."""
    row = session.get(RequestRow, row_id)
    if row is None or row.request_id != request_id:
        return None
    found = next(iter(proofs(session, [_where(row)], reader, names)), None)
    first = approval.first_times(session, [_where(row)]).get(_where(row), row.first_at)
    return found.model_copy(update={"row": row.id or 0, "due_at": first}) if found else None


def siblings(session: Session, rendition_id: int, reader: Reader, names: Names) -> list[Proof]:
    """The versions of the same piece for all its channels that are still to be decided, this one among them."""
    rendition = session.get(Rendition, rendition_id)
    if rendition is None:
        return []
    mine = approval.waiting(session, piece_id=rendition.piece_id)
    return proofs(session, [(row.subject, row.version) for row in mine], reader, names)


def proofs(session: Session, about: Sequence[Where], reader: Reader, names: Names) -> list[Proof]:
    """Whole proofs, in this order, with what was approved before each."""
    former = decisions.former_versions(session, about)
    found = renditions(session, [*about, *((subject, version) for (subject, _), version in former.items())])
    said, current = said_about(session, about, names), approval.carried(session, about)
    weights = approval.weights(session, [subject for subject, _ in about], reader.demands)
    made = []
    for where in (where for where in about if where in found):
        rendition, piece = found[where]
        before = found.get((where[0], former.get(where, "")))
        made.append(_proof(rendition, piece, names).model_copy(update={
            "decided": said.decided.get(where), "urgency": said.urgent.get(where), "may_urge": reader.may_urge,
            "opinions": said.opinions.get(where, ()), "is_current": where in current,
            "objection": reader.objection_to(piece.author, weights[where[0]]),
            "is_new": before is None, "changes": _changes(before[0], rendition) if before else (),
        }))  # fmt: skip
    return made


def _changes(before: Rendition, after: Rendition) -> tuple[tuple[str, str], ...]:
    return difference(Post.model_validate(before.post), Post.model_validate(after.post))


def _proof(rendition: Rendition, piece: Piece, names: Names) -> Proof:
    account = rendition.account
    return Proof(
        rendition_id=rendition.id or 0, piece_id=piece.id or 0, subject=approval.subject_of(piece.id or 0, account),
        version=rendition.content_hash, title=piece.title, number=piece.number or "", by_hand=rendition.by_hand,
        author=names.person(piece.author), account=account, channel=names.channel(account),
        provider=names.channels[account].provider if account in names.channels else "",
        post=Post.model_validate(rendition.post), notes=tuple(Note.model_validate(note) for note in rendition.notes),
    )  # fmt: skip


def lately(session: Session, names: Names, most: int = LATELY) -> list[Past]:
    """What people decided last, the newest first; the company's rule decides too often to be told here."""
    publications = and_(*(~col(Approval.subject).startswith(other) for other in (OF_MAILINGS, OF_OFFERS)))
    mine = and_(col(Approval.step).in_(decisions.DECIDING), col(Approval.person) != approval.POLICY, publications)
    rows = session.execute(select(Approval).where(mine).order_by(col(Approval.id).desc()).limit(most)).scalars().all()
    found = renditions(session, [(row.subject, row.version) for row in rows])
    return [
        Past(
            rendition_id=rendition.id or 0, title=piece.title, number=piece.number or "",
            channel=names.channel(rendition.account), decided=as_decided(row, names),
            is_urgent=row.step == Step.URGENT,
        )
        for row in rows if (row.subject, row.version) in found
        for rendition, piece in [found[row.subject, row.version]]
    ]  # fmt: skip


def reviews(
    session: Session, names: Names, now: datetime, *, request_id: int | None = None, subjects: Sequence[str] = ()
) -> list[ReviewLine]:
    """The links for outsiders that were made from a question, or that show versions of these pieces."""
    shows = select(col(ReviewRow.link_id)).where(col(ReviewRow.subject).in_(subjects))
    mine = col(ReviewLink.request_id) == request_id if request_id is not None else col(ReviewLink.id).in_(shows)
    links = session.execute(select(ReviewLink).where(mine).order_by(col(ReviewLink.id))).scalars().all()
    ids = [link.id or 0 for link in links]
    count = select(col(ReviewRow.link_id), func.count()).where(col(ReviewRow.link_id).in_(ids))
    shown: dict[int, int] = dict(session.execute(count.group_by(col(ReviewRow.link_id))).tuples().all())
    steps = select(col(Approval.step)).where(col(Approval.step).in_([step_of(id) for id in ids]))
    answered: Counter[Any] = Counter(session.execute(steps).scalars())
    return [_review(link, shown.get(link.id or 0, 0), answered[step_of(link.id or 0)], names, now) for link in links]


def _review(link: ReviewLink, versions: int, answered: int, names: Names, now: datetime) -> ReviewLine:
    over = link.revoked_at is not None or link.expires_at <= now or link.answers >= link.most
    return ReviewLine(
        id=link.id or 0, name=link.name, made_by=names.person(link.made_by), made_at=link.made_at,
        expires_at=link.expires_at, versions=versions, answered=answered, opened_at=link.opened_at,
        revoked_at=link.revoked_at, revoked_by=names.person(link.revoked_by),
        is_good=not over and answered < versions,
    )  # fmt: skip
