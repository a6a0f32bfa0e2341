"""Approval: what was asked, of whom, and every decision about a version."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment

# Questions about mailings and offers begin so: they stand in the same tables, and what is about publications passes
# them over.
OF_MAILINGS = "mailing:"
OF_OFFERS = "offer:"


class Decision(StrEnum):
    APPROVED = "approved"
    RETURNED = "returned"


class Step(StrEnum):
    """Whose word a row of `Approval` is: the approver's, that of whoever let it out at once, or an outsider's.

    An outsider's step is "reviewer:<number of the link>"; it decides nothing.
    """

    APPROVER = "approver"
    URGENT = "urgent"
    REVIEWER = "reviewer"


class Asking(StrEnum):
    """When a question is asked: before it goes out, or after somebody let it out at once."""

    BEFORE = "before"
    AFTER = "after"


class Request(SQLModel, table=True):
    """A question to an approver: a table of rows to be decided before `due_at`. `run_id` is the run that waits.

    One that is asked after something went out («срочно») stays open until it is answered.
    """

    __tablename__ = "approval_request"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    asking: str = Asking.BEFORE
    title: str
    asked_of: str
    asked_by: str = ""
    run_id: str = ""
    state: str = "open"
    asked_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class RequestRow(SQLModel, table=True):
    """One rendition in a request, by its hash at the time of asking."""

    __tablename__ = "approval_row"
    __table_args__ = (UniqueConstraint("request_id", "subject", name="uq_approval_row"),)

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="approval_request.id", ondelete="CASCADE")
    subject: str = Field(index=True)
    version: str
    shown: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

    @property
    def account(self) -> str:
        return self.subject.partition(":")[2]

    @property
    def first_at(self) -> datetime:
        """When it was first due at the time of asking."""
        return datetime.fromisoformat(self.shown["due_at"])


class Approval(SQLModel, table=True):
    """A decision: who, when, which version, why. `proven` means signed in on our page, else the name was only typed.

    `subject` is "<piece id>:<account>", "mailing:<id>" or "offer:<id>", `version` the hash of what is
    approved; a second decision on the same step is refused. Only the steps of people of the company let anything out:
    `Step`.
    """

    __table_args__ = (
        UniqueConstraint("subject", "version", "step", name="uq_approval"),
        Index("ix_approval_person", "person", "decided_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    version: str
    step: str = Step.APPROVER
    decision: str
    person: str
    proven: bool = False
    reason: str = ""
    request_id: int | None = Field(default=None, foreign_key="approval_request.id")
    decided_at: datetime = Field(sa_type=Moment)
