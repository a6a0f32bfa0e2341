"""Decisions as rows. A decision is about a version; what it lets out is whatever has that version's hash.

Only the steps of people of the company count here: what an outsider says stands beside them and lets nothing out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, true, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.approval import Approval, Decision, Step
from models.database import Clock, now_by
from models.delivery import OUT, Delivery, State
from models.desk import Verdict
from models.locale import in_house_words, mark, translate
from models.people import Permission, Person, permissions_of
from models.piece import Piece
from models.reason import because
from tasks.approval.rules import NO_WEIGHT, Demands, Weight, weigh
from tasks.delivery.rows import insert_quietly as insert
from tasks.delivery.rows import many
from tasks.delivery.statements import QUICK, D, is_approved, one_of
from tasks.notices.rows import Message, tell
from tasks.registry.rows import costs_of_pieces

Where = tuple[str, str]

POLICY = "policy"
NOTHING_MORE = Demands()
ANY = true()
DECIDING = (Step.APPROVER, Step.URGENT)
HELD_UNDECIDED = and_(D.state == State.HELD, D.reason["code"].as_string() == "not_approved")
NOT_OUT = [State.PLANNED, State.CLAIMED, State.HELD, State.MISSED, State.REJECTED, State.CANCELLED]
SUBJECT = D.subject_id + ":" + D.account
BACK_TITLE = mark("Sent back: {title}")
BACK_BODY = mark("{person} sent “{title}” back: {why}")
OUT_BACK_TITLE = mark("Sent back after it was let out: {title}")
OUT_BACK_BODY = mark(
    "{person} sent “{title}” back: {why}\n\nIt had been let out at once, without approval. What is not yet out is "
    "held. Out already: {links}. Correct it there or take it down."
)
RETURNED = mark("Sent back by the approver: {why}")
NOWHERE = mark("nothing")


def subject_of(piece_id: int | str, account: str) -> str:
    return f"{piece_id}:{account}"


def is_decided(subject: Any, version: Any, *steps: Step) -> ColumnElement[bool]:
    """Whether one of these steps has said something about a version; of all steps that decide, if none is named."""
    said = col(Approval.step).in_(steps or DECIDING)
    return exists().where(said, col(Approval.subject) == subject, col(Approval.version) == version)


def lock(session: Session, *subjects: str) -> None:
    """Hold the rows of these that are not out: whoever decides about them meanwhile waits, and is then seen.

    Without it a "no" and a hurry in two transactions of PostgreSQL would each miss what the other did.
    """
    rows = select(D.id).where(of(*subjects), D.kind == "placement", D.state.in_(NOT_OUT)).order_by(D.id)
    session.execute(rows.with_for_update()).all()


def decide(
    session: Session,
    clock: Clock,
    verdicts: Sequence[Verdict],
    person: str,
    *,
    proven: bool,
    request_id: int | None = None,
    step: Step = Step.APPROVER,
) -> set[Where]:
    """Record a person's verdicts: let out what they approve, or hold what they send back and tell the authors.

    Returns which count, as (subject, version): about the others somebody had decided before, see `decided`.
    """
    lock(session, *{verdict.subject for verdict in verdicts})
    now, said = now_by(clock, session), {(v.subject, v.version): v for v in reversed(verdicts)}
    rows = [
        {"subject": v.subject, "version": v.version, "step": step, "decision": v.decision, "person": person,
         "proven": proven, "reason": v.reason, "request_id": request_id, "decided_at": now}
        for _, v in sorted(said.items())
    ]  # fmt: skip
    write = insert(session, Approval, ["subject", "version", "step"])
    done = session.execute(write.returning(col(Approval.subject), col(Approval.version)), rows).all() if rows else []
    counting = {(subject, version) for subject, version in done}
    if approved := [where for where in counting if said[where].decision is Decision.APPROVED]:
        apply_approvals(session, clock, of(*(subject for subject, _ in approved)))
        if step is Step.URGENT:
            _mark_hurried(session, [said[where] for where in approved], person)
    if returned := [where for where in counting if said[where].decision is Decision.RETURNED]:
        hold_returned(session, of(*(subject for subject, _ in returned)))
        _tell(session, clock, returned, person)
    return counting


def _mark_hurried(session: Session, verdicts: Iterable[Verdict], person: str) -> None:
    """Write beside what goes out that it was not approved: seen wherever it is listed, and counted."""
    for verdict in verdicts:
        mine = and_(of(verdict.subject), D.kind == "placement", D.content_hash == verdict.version)
        said = {"person": person, "why": verdict.reason, "version": verdict.version}
        change = update(Delivery).where(mine, D.state.in_(NOT_OUT)).values(hurried=said)
        session.execute(change, execution_options=QUICK)


def of(*subjects: str) -> ColumnElement[bool]:
    """Whether a row is one of these subjects'."""
    pieces = {subject.partition(":")[0] for subject in subjects}
    return and_(D.subject_kind == "piece", D.subject_id.in_(pieces), SUBJECT.in_(set(subjects)))


@in_house_words()
def _tell(session: Session, clock: Clock, returned: Sequence[Where], person: str) -> None:
    """Tell the authors; of what had been let out at once, the technicians too, with what is out already."""
    pieces, approver = pieces_of(session, [subject for subject, _ in returned]), session.get(Person, person)
    said, hurried = decided(session, returned), decided(session, returned, Step.URGENT)
    technicians = _technicians(session) if hurried else []
    messages: list[Message] = []
    for where in sorted(where for where in returned if where[0] in pieces):
        row, first, piece = said[where], hurried.get(where), pieces[where[0]]
        words = {"person": approver.name if approver else person, "title": piece.title, "why": row.reason or "—"}
        title, body, told = (BACK_TITLE, BACK_BODY, [piece.author])
        if first is not None:
            title, body, told = OUT_BACK_TITLE, OUT_BACK_BODY, [piece.author, first.person, *technicians]
            words["links"] = ", ".join(_out(session, row)) or translate(NOWHERE)
        subject, text = translate(title, title=piece.title), translate(body, **words)
        messages += [Message(_key(row, n), to, subject, text) for n, to in enumerate(dict.fromkeys(told)) if to]
    tell(session, clock, messages)


def _key(decision: Approval, number: int) -> str:
    return f"back:{decision.id}" + (f":{number}" if number else "")


def _technicians(session: Session) -> list[str]:
    """Those who decide about what is out, and change nothing of its text."""
    found = session.execute(select(Person).where(col(Person.active)).order_by(col(Person.key))).scalars()
    doing = [(p.key, permissions_of(list(p.roles))) for p in found]
    return [key for key, may in doing if Permission.SCHEDULE in may and Permission.EDIT not in may]


def _out(session: Session, decision: Approval) -> list[str]:
    """Where a version is out, by its links."""
    out = and_(of(decision.subject), D.content_hash == decision.version, D.state.in_(OUT))
    return [row.url or row.account for row in session.execute(select(D.url, D.account).where(out).order_by(D.id))]


def pieces_of(session: Session, subjects: Iterable[str]) -> dict[str, Piece]:
    """The pieces of these, by subject."""
    wanted = {subject: int(subject.partition(":")[0]) for subject in subjects}
    found = session.execute(select(Piece).where(col(Piece.id).in_(set(wanted.values())))).scalars()
    known = {piece.id: piece for piece in found}
    return {subject: known[id] for subject, id in wanted.items() if id in known}


def decided(session: Session, about: Iterable[Where], step: Step = Step.APPROVER) -> dict[Where, Approval]:
    """What this step has said about these, as (subject, version), where it has."""
    known = set(about)
    mine = and_(
        col(Approval.subject).in_({subject for subject, _ in known}),
        col(Approval.version).in_({version for _, version in known}), col(Approval.step) == step,
    )  # fmt: skip
    found = {(row.subject, row.version): row for row in session.execute(select(Approval).where(mine)).scalars()}
    return {where: row for where, row in found.items() if where in known}


def decided_by(session: Session, subject: str, version: str, step: Step = Step.APPROVER) -> Approval | None:
    return decided(session, [(subject, version)], step).get((subject, version))


def urgency(session: Session, subject: str, version: str) -> Approval | None:
    """Who let this version out at once, if anybody did."""
    return decided_by(session, subject, version, Step.URGENT)


def approve_by_policy(
    session: Session, clock: Clock, subjects: Iterable[Where], demands: Demands = NOTHING_MORE,
    which: ColumnElement[bool] = ANY,
) -> None:  # fmt: skip
    """Approve by the company's policy, as (subject, version); what a person has decided stays as it is.

    What is above the company's threshold waits for a person. What was approved before is let go by the way: a new
    occurrence of an approved version, and one that came back to it.
    """
    now, wanted = now_by(clock, session), list(subjects)
    heavy = {s for s, weight in weights(session, [s for s, _ in wanted], demands).items() if demands.is_above(weight)}
    rows = [
        {"subject": subject, "version": version, "step": Step.APPROVER, "decision": Decision.APPROVED,
         "person": POLICY, "proven": True, "reason": "", "decided_at": now}
        for subject, version in wanted if subject not in heavy
    ]  # fmt: skip
    if rows:
        session.execute(insert(session, Approval, ["subject", "version", "step"]), rows)
    apply_approvals(session, clock, which)


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
    approved = _may_go()
    not_out = and_(which, D.kind == "placement", D.state.in_(NOT_OUT), ~is_approved())
    change = update(Delivery).where(not_out, approved).values(approved_hash=D.content_hash)
    done = session.execute(change, execution_options=QUICK)
    waited = and_(which, HELD_UNDECIDED, is_approved())
    in_time = or_(D.late_at.is_(None), D.late_at > clock.plus())
    again = update(Delivery).where(waited, in_time, approved)
    session.execute(again.values(state=State.PLANNED, reason={}, told=""), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]


def _may_go() -> ColumnElement[bool]:
    """Whether the row's version is approved, or was let out at once and not sent back afterwards."""
    hurried = and_(_said(Decision.APPROVED, Step.URGENT), ~_said(Decision.RETURNED, Step.APPROVER))
    return or_(_said(Decision.APPROVED, Step.APPROVER), hurried)


def _said(decision: Decision, step: Step) -> ColumnElement[bool]:
    said = aliased(Approval)
    return exists().where(
        col(said.subject) == SUBJECT,
        col(said.version) == D.content_hash,
        col(said.step) == step,
        col(said.decision) == decision,
    )


def hold_returned(session: Session, which: ColumnElement[bool] = ANY) -> int:
    """Hold what an approver sent back; what was held because nobody had decided is held for that reason now.

    What had been let out at once loses its approval, so that no order publishes it any more.
    """
    why = select(col(Approval.reason)).where(
        col(Approval.subject) == SUBJECT, col(Approval.version) == D.content_hash, col(Approval.step) == Step.APPROVER
    ).limit(1).scalar_subquery()  # fmt: skip
    waiting = or_(one_of(State.PLANNED, State.CLAIMED), HELD_UNDECIDED)
    returned = and_(which, D.kind == "placement", _said(Decision.RETURNED, Step.APPROVER))
    lost = update(Delivery).where(returned, D.state.in_(NOT_OUT), is_approved()).values(approved_hash="")
    session.execute(lost, execution_options=QUICK)
    found = session.execute(select(D.id, why).where(returned, waiting).order_by(D.id)).tuples().all()
    held = update(Delivery).where(D.id == bindparam("b_id"), waiting)
    rows = [
        {"b_id": id, "b_reason": because(RETURNED, code="returned", why=why or "—").model_dump()} for id, why in found
    ]
    return many(session, held.values(state=State.HELD, reason=bindparam("b_reason")), rows)


def former_versions(session: Session, wanted: Iterable[Where]) -> dict[Where, str]:
    """Of these, as (subject, version), the version that was approved last before, where another one was."""
    known = set(wanted)
    about = and_(col(Approval.subject).in_({subject for subject, _ in known}), col(Approval.step).in_(DECIDING))
    columns = (col(Approval.subject), col(Approval.version), col(Approval.decision))
    said = session.execute(select(*columns).where(about).order_by(col(Approval.id))).tuples().all()
    refused = {(subject, version) for subject, version, decision in said if decision == Decision.RETURNED}
    approved: dict[str, list[str]] = {}
    for subject, version, _ in said:
        if (subject, version) not in refused:
            approved.setdefault(subject, []).append(version)
    found = {(s, v): _before(v, approved.get(s, [])) for s, v in known}
    return {about: versions[-1] for about, versions in found.items() if versions}


def _before(version: str, approved: list[str]) -> list[str]:
    """What was approved before this version was; all of it where this one is not approved."""
    return approved[: approved.index(version)] if version in approved else approved


def reasons_of(session: Session, person: str, most: int = 5) -> list[str]:
    """The last reasons this person has sent something back for, each once, the newest first."""
    mine = and_(
        col(Approval.person) == person, col(Approval.step) == Step.APPROVER, col(Approval.reason) != "",
        col(Approval.decision) == Decision.RETURNED,
    )  # fmt: skip
    query = select(col(Approval.reason)).where(mine).group_by(col(Approval.reason))
    return list(session.execute(query.order_by(func.max(col(Approval.id)).desc()).limit(most)).scalars())
