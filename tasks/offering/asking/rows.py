"""Questions about offers and their answers, as rows. Sessions are given; nothing here opens or commits one.

They stand in the tables of all approvals, under a subject of their own, "offer:<number>": what asks about publications
passes them over by their key.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.approval import OF_OFFERS, Approval, Decision, Request, RequestRow, Step
from models.database import Clock, now_by
from models.redemptions import OfferRow, OfferVersion
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.offering.rows import subject_of


def open_question(
    session: Session, clock: Clock, row: OfferRow, version: OfferVersion, title: str, asked_of: str, asked_by: str,
    due_at: datetime,
) -> Request:  # fmt: skip
    """Ask about a version; what was asked about it before, and closed undecided, is asked again."""
    key, now = f"{OF_OFFERS}{row.id}:{version.hash[:24]}", now_by(clock, session)
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


def question(session: Session, offer: int) -> tuple[Request, str] | None:
    """The open question about an offer, and the version it is about."""
    query = (
        select(Request, col(RequestRow.version)).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(RequestRow.subject) == subject_of(offer), col(Request.state) == "open")
    )  # fmt: skip
    found = session.execute(query.order_by(col(Request.id).desc()).limit(1)).tuples().first()
    return (found[0], found[1]) if found else None


def questions(session: Session) -> list[tuple[Request, int]]:
    """All open questions about offers, with the offer's number."""
    query = (
        select(Request, col(RequestRow.subject)).join(RequestRow, col(RequestRow.request_id) == col(Request.id))
        .where(col(Request.state) == "open", col(Request.key).startswith(OF_OFFERS))
    )  # fmt: skip
    found = session.execute(query.order_by(col(Request.due_at))).tuples()
    return [(request, int(subject.rpartition(":")[2])) for request, subject in found]


def decisions(session: Session, offer: int) -> Sequence[Approval]:
    """Everything that was decided about the versions of an offer."""
    mine = (col(Approval.subject) == subject_of(offer), col(Approval.step) == Step.APPROVER)
    return session.execute(select(Approval).where(*mine).order_by(col(Approval.id))).scalars().all()


def decide(
    session: Session, clock: Clock, offer: int, version: str, decision: Decision, person: str, reason: str,
    request: Request, *, proven: bool,
) -> None:  # fmt: skip
    """Write a decision down, and end the question."""
    row = {
        "subject": subject_of(offer), "version": version, "step": Step.APPROVER, "decision": decision,
        "person": person, "proven": proven, "reason": reason, "request_id": request.id,
        "decided_at": now_by(clock, session),
    }  # fmt: skip
    session.execute(insert_quietly(session, Approval, ["subject", "version", "step"]), [row])
    request.state, request.closed_at = "decided", now_by(clock, session)
    session.flush()


def close(session: Session, clock: Clock, offer: int, state: str) -> None:
    """End the open questions about an offer undecided."""
    about = select(col(RequestRow.request_id)).where(col(RequestRow.subject) == subject_of(offer))
    change = update(Request).where(col(Request.id).in_(about), col(Request.state) == "open")
    session.execute(change.values(state=state, closed_at=clock.plus()), execution_options=QUICK)
