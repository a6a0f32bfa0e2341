"""Questions about mailings and their answers, as rows. Sessions are given; nothing here opens or commits one.

They stand in the tables of all approvals, under a subject of their own, "mailing:<number>": what asks about
publications passes them over by their key.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_MAILINGS, Approval, Decision, Request, RequestRow, Step
from models.database import Clock, now_by
from models.mailings import Mailing, MailingVersion
from tasks.delivery.rows import insert_quietly
from tasks.mailing.life.rows import subject_of


def open_question(
    session: Session, clock: Clock, row: Mailing, version: MailingVersion, title: str, asked_of: str, asked_by: str,
    due_at: datetime,
) -> Request:  # fmt: skip
    """Ask about a version; what was asked about it before, and closed undecided, is asked again."""
    key, now = f"{OF_MAILINGS}{row.id}:{version.hash[:24]}", now_by(clock, session)
    found = session.execute(select(Request).where(col(Request.key) == key)).scalar_one_or_none()
    if found is None:
        found = Request(key=key, title=title, asked_of=asked_of, asked_by=asked_by, asked_at=now, due_at=due_at)
        session.add(found)
        session.flush()
        shown = {"title": row.title, "number": "", "due_at": due_at.isoformat()}
        line = {"request_id": found.id, "subject": subject_of(row.id or 0), "version": version.hash, "shown": shown}
        session.execute(insert_quietly(session, RequestRow, ["request_id", "subject"]), [line])
    found.title, found.asked_of, found.asked_by, found.asked_at, found.due_at = title, asked_of, asked_by, now, due_at
    found.state, found.reminded_at, found.closed_at = "open", None, None
    session.flush()
    return found


def question(session: Session, mailing: int) -> Request | None:
    """The open question about a mailing."""
    query = (
        select(Request).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(RequestRow.subject) == subject_of(mailing), col(Request.state) == "open")
    )  # fmt: skip
    return session.execute(query.order_by(col(Request.id).desc()).limit(1)).scalar_one_or_none()


def questions(session: Session) -> list[tuple[Request, int]]:
    """All open questions about mailings, with the mailing's number."""
    query = (
        select(Request, col(RequestRow.subject)).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(Request.state) == "open", col(Request.key).startswith(OF_MAILINGS))
    )  # fmt: skip
    found = session.execute(query.order_by(col(Request.due_at))).tuples()
    return [(request, int(subject.rpartition(":")[2])) for request, subject in found]


def asked_about(session: Session, request: Request) -> str:
    """The version that a question is about."""
    query = select(col(RequestRow.version)).where(col(RequestRow.request_id) == request.id)
    return session.execute(query.limit(1)).scalar_one()


def decisions(session: Session, mailing: int) -> Sequence[Approval]:
    """Everything that was decided about the versions of a mailing."""
    mine = (col(Approval.subject) == subject_of(mailing), col(Approval.step) == Step.APPROVER)
    return session.execute(select(Approval).where(*mine).order_by(col(Approval.id))).scalars().all()


def decided(session: Session, mailing: int, version: str) -> Approval | None:
    return next((one for one in decisions(session, mailing) if one.version == version), None)


def decide(
    session: Session, clock: Clock, mailing: int, version: str, decision: Decision, person: str, reason: str,
    request: int, *, proven: bool,
) -> bool:  # fmt: skip
    """Write a decision down; False where somebody was first."""
    row = {
        "subject": subject_of(mailing), "version": version, "step": Step.APPROVER, "decision": decision,
        "person": person, "proven": proven, "reason": reason, "request_id": request,
        "decided_at": now_by(clock, session),
    }  # fmt: skip
    write = insert_quietly(session, Approval, ["subject", "version", "step"]).returning(col(Approval.id))
    return session.execute(write, [row]).scalar_one_or_none() is not None


def close(session: Session, clock: Clock, request: Request) -> None:
    request.state, request.closed_at = "decided", now_by(clock, session)
    session.flush()
