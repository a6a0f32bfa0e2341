"""What comes back from a publication: snapshots of its metrics, comments, checks of what is live, visits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment

# A partial index is used only where the query says its condition in the same words, so the words are shared.
UNANSWERED = text("question AND answered_at IS NULL")
OPEN_CHECK = text("state = 'open'")


class Watch(SQLModel, table=True):
    """When a publication is looked at next: its reactions (A10) and whether it is live (A9)."""

    delivery_id: int = Field(primary_key=True, foreign_key="delivery.id", ondelete="CASCADE")
    reactions_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    check_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    reactions_taken_at: datetime | None = Field(default=None, sa_type=Moment)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)


class Snapshot(SQLModel, table=True):
    """A metric of a publication as it was then; never overwritten. "Not available" has no row."""

    __table_args__ = (UniqueConstraint("delivery_id", "metric", "taken_at", name="uq_snapshot"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE")
    metric: str
    value: int
    taken_at: datetime = Field(sa_type=Moment)


class AudienceSnapshot(SQLModel, table=True):
    """A metric of an account itself (members) as it was then."""

    __tablename__ = "audience_snapshot"
    __table_args__ = (UniqueConstraint("account", "metric", "taken_at", name="uq_audience_snapshot"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    metric: str
    value: int
    taken_at: datetime = Field(sa_type=Moment)


class Comment(SQLModel, table=True):
    """A comment under a publication; the author is the network's key, never a name.

    `answered_by` is whoever said that it was answered, empty where the answer was seen on the channel.
    """

    __table_args__ = (
        UniqueConstraint("account", "remote_id", name="uq_comment"),
        Index("ix_comment_waiting", "answer_by", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str
    remote_id: str
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE", index=True)
    author_key: str = ""
    text: str
    question: bool = False
    written_at: datetime = Field(sa_type=Moment)
    answer_by: datetime | None = Field(default=None, sa_type=Moment)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: str = ""


class PassedOn(SQLModel, table=True):
    """A question handed to somebody who knows the answer: an outlet, or one of the company; once to each.

    `written` says whether a letter went there; where it did not, they are to be called.
    """

    __tablename__ = "passed_on"
    __table_args__ = (UniqueConstraint("comment_id", "to_kind", "to_key", name="uq_passed_on"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", ondelete="CASCADE")
    to_kind: str
    to_key: str
    note: str = ""
    by: str
    at: datetime = Field(sa_type=Moment)
    written: bool = True


class CommentThread(SQLModel, table=True):
    """Where a post is discussed: its copy in the discussion group, which is all that an answer to an answer names."""

    __tablename__ = "comment_thread"

    account: str = Field(primary_key=True)
    thread: str = Field(primary_key=True)
    message_id: int = Field(sa_type=BigInteger)


class Check(SQLModel, table=True):
    """A look at what is live that found a difference, and what a person decided about it."""

    __tablename__ = "live_check"
    __table_args__ = (
        Index("ix_live_check_delivery", "delivery_id"),
        Index("ix_live_check_waiting", "found_at", sqlite_where=OPEN_CHECK, postgresql_where=OPEN_CHECK),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE")
    seen_hash: str
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    state: str = "open"
    decided_by: str = ""
    found_at: datetime = Field(sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)


class TrackedLink(SQLModel, table=True):
    """A short link of ours; `piece_id` and `account` say where it stands."""

    __tablename__ = "tracked_link"

    code: str = Field(primary_key=True)
    url: str
    piece_id: int = Field(index=True)
    account: str
    made_at: datetime = Field(sa_type=Moment)


class Visit(SQLModel, table=True):
    """Counted visits to our pages and links, by hour; robots apart. Nobody is named."""

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    hour: datetime = Field(sa_type=Moment, primary_key=True)
    robot: bool = Field(primary_key=True)
    number: int = 0


class AccountState(SQLModel, table=True):
    """What we remember of a channel's account between runs."""

    __tablename__ = "account_state"

    account: str = Field(primary_key=True)
    paused_until: datetime | None = Field(default=None, sa_type=Moment)
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    cursor: str = ""
    recommended_slots: list[str] = Field(default_factory=list, sa_type=JSON)


class Notice(SQLModel, table=True):
    """A message to one of the company; it goes out by the delivery mechanism like everything else.

    A letter to somebody outside has an `address` instead of a person.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    person: str
    subject: str
    body: str
    link: str = ""
    address: str = ""
    made_at: datetime = Field(sa_type=Moment)


class Mark(SQLModel, table=True):
    """A fact about this house itself: when it was first started, what was said once."""

    __tablename__ = "house_mark"

    name: str = Field(primary_key=True)
    value: str
    at: datetime = Field(sa_type=Moment)


class Credential(SQLModel, table=True):
    """What a provider rotates (OAuth), encrypted with the house key, refreshed under a row lock."""

    account: str = Field(primary_key=True)
    sealed: bytes
    refreshed_at: datetime = Field(sa_type=Moment)
