"""Questions about one thing and their answers, as rows. Sessions are given; nothing here opens or commits one.

They stand in the tables of all approvals, under a subject of their own, "mailing:<number>" or "offer:<number>": what
asks about publications passes them over by their key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import Approval, Decision, Request, RequestRow, Step
from models.database import Clock, now_by
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK


@dataclass(frozen=True)
class Question:
    """Asks one person about a version of what stands under a subject; `called` is its name, `title` the question's."""

    subject: str
    version: str
    called: str
    title: str
    asked_of: str
    asked_by: str
    due_at: datetime


@dataclass(frozen=True)
class Asked:
    """An open question, and the version it is about."""

    request: Request
    version: str


def subject_of(kind: str, id: int) -> str:
    """What questions and decisions about a thing are kept under; `kind` is as `models.approval` has it."""
    return f"{kind}{id}"


def ask(session: Session, clock: Clock, one: Question) -> Request:
    """Ask about a version; what was asked about it before, and closed undecided, is asked again."""
    key, now = f"{one.subject}:{one.version[:24]}", now_by(clock, session)
    said: dict[str, Any] = {"title": one.title, "asked_of": one.asked_of, "asked_by": one.asked_by, "asked_at": now,
            "due_at": one.due_at}  # fmt: skip
    found = session.execute(select(Request).where(col(Request.key) == key)).scalar_one_or_none()
    if found is None:
        found = Request(key=key, **said)
        session.add(found)
        session.flush()
        shown = {"title": one.called, "number": "", "due_at": one.due_at.isoformat()}
        line = {"request_id": found.id, "subject": one.subject, "version": one.version, "shown": shown}
        session.execute(insert_quietly(session, RequestRow, ["request_id", "subject"]), [line])
    for name, value in (said | {"state": "open", "reminded_at": None, "closed_at": None}).items():
        setattr(found, name, value)
    session.flush()
    return found


def asked(session: Session, subject: str) -> Asked | None:
    """The open question about it."""
    query = (
        select(Request, col(RequestRow.version)).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(RequestRow.subject) == subject, col(Request.state) == "open")
    )  # fmt: skip
    found = session.execute(query.order_by(col(Request.id).desc()).limit(1)).tuples().first()
    return Asked(*found) if found else None


def all_asked(session: Session, kind: str) -> list[tuple[Request, int]]:
    """All open questions about things of this kind, with their numbers, the most urgent first."""
    query = (
        select(Request, col(RequestRow.subject)).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(Request.state) == "open", col(Request.key).startswith(kind))
    )  # fmt: skip
    found = session.execute(query.order_by(col(Request.due_at))).tuples()
    return [(request, int(subject.removeprefix(kind))) for request, subject in found]


def decisions(session: Session, subject: str) -> Sequence[Approval]:
    """Everything that was decided about its versions."""
    mine = (col(Approval.subject) == subject, col(Approval.step) == Step.APPROVER)
    return session.execute(select(Approval).where(*mine).order_by(col(Approval.id))).scalars().all()


def decided(session: Session, subject: str, version: str) -> Approval | None:
    """What was decided about this version."""
    return next((one for one in decisions(session, subject) if one.version == version), None)


def decide(
    session: Session, clock: Clock, subject: str, one: Asked, decision: Decision, person: str, reason: str, *,
    proven: bool,
) -> None:  # fmt: skip
    """Write a decision down, and end the question."""
    now = now_by(clock, session)
    row = {
        "subject": subject, "version": one.version, "step": Step.APPROVER, "decision": decision, "person": person,
        "proven": proven, "reason": reason, "request_id": one.request.id, "decided_at": now,
    }  # fmt: skip
    session.execute(insert_quietly(session, Approval, ["subject", "version", "step"]), [row])
    one.request.state, one.request.closed_at = "decided", now
    session.flush()


def close(session: Session, clock: Clock, subject: str, state: str) -> None:
    """End the open questions about it undecided."""
    about = select(col(RequestRow.request_id)).where(col(RequestRow.subject) == subject)
    change = update(Request).where(col(Request.id).in_(about), col(Request.state) == "open")
    session.execute(change.values(state=state, closed_at=clock.plus()), execution_options=QUICK)
