"""Pieces (материалы): what is to be said, its versions, and its rendition for each channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment


class Piece(SQLModel, table=True):
    """One thing to say. `number` is its № in the content plan; `plan` holds when and where the plan wants it.

    `edited` says which fields were edited on the desk since the plan was loaded, by whom and when; `loaded` is then the
    row as the file said it, which the next loading is compared with.
    """

    __table_args__ = (
        UniqueConstraint("number", name="uq_piece_number"),
        UniqueConstraint("source", "source_ref", name="uq_piece_source"),
        Index("ix_piece_campaign", "campaign"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str | None = None
    source: str
    source_ref: str
    title: str = ""
    version_id: int | None = None
    customer_group: str = ""
    group_overruled: bool = False
    campaign: str = ""
    goal: str = ""
    author: str = ""
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    row_hash: str = ""
    loaded: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    edited: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    archived: bool = False
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)


class PieceVersion(SQLModel, table=True):
    """The content of a piece at one time; a version is never changed, a change is a new one.

    `source_hash` is the print of what a person gave: styling makes a version, and the same file again does not.
    `body_hash` is that of its common text alone; `plan` is the piece's row at that time, `note` why a person made it.
    """

    __tablename__ = "piece_version"
    __table_args__ = (
        UniqueConstraint("piece_id", "ordinal", name="uq_piece_version"),
        Index("ix_piece_version_by", "made_by", "made_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    piece_id: int = Field(foreign_key="piece.id", index=True, ondelete="CASCADE")
    ordinal: int
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    content_hash: str
    source_hash: str = ""
    body_hash: str = ""
    plan: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by: str
    why: str
    note: str = ""
    styled: bool = False
    corrections: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    made_at: datetime = Field(sa_type=Moment)


class Rendition(SQLModel, table=True):
    """A version as one channel will show it (версия для канала). Its hash is what is approved."""

    __table_args__ = (
        UniqueConstraint("piece_id", "account", "content_hash", name="uq_rendition"),
        Index("ix_rendition_version", "version_id"),
        Index("ix_rendition_hash", "content_hash"),
    )

    id: int | None = Field(default=None, primary_key=True)
    piece_id: int = Field(foreign_key="piece.id", ondelete="CASCADE")
    version_id: int
    account: str
    post: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    content_hash: str
    notes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    by_hand: bool = False
    made_at: datetime = Field(sa_type=Moment)


class HandVersion(SQLModel, table=True):
    """A text for one channel that was written on the desk; it stands whatever adaptation or the plan says.

    `body_hash` is the common text it was last compared with, `version_id` where that stood: while the piece says
    another, its author is asked. `file_text` is what the company's file says for this channel, "" for nothing.
    """

    __tablename__ = "hand_version"
    __table_args__ = (UniqueConstraint("piece_id", "account", name="uq_hand_version"),)

    id: int | None = Field(default=None, primary_key=True)
    piece_id: int = Field(foreign_key="piece.id", ondelete="CASCADE")
    account: str
    text: str
    by: str
    at: datetime = Field(sa_type=Moment)
    version_id: int
    body_hash: str
    file_text: str = ""


class PieceComment(SQLModel, table=True):
    """What colleagues say to each other about a piece, or about its version for one channel; it never goes out."""

    __tablename__ = "piece_comment"
    __table_args__ = (
        Index("ix_piece_comment_piece", "piece_id", "id"),
        Index("ix_piece_comment_person", "person", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    once: str = Field(unique=True)
    piece_id: int = Field(foreign_key="piece.id", ondelete="CASCADE")
    account: str = ""
    person: str
    text: str
    at: datetime = Field(sa_type=Moment)


class Candidate(SQLModel, table=True):
    """Something found that could be said: with where it came from, under which licence, and why it ranks so."""

    __table_args__ = (UniqueConstraint("source", "source_ref", name="uq_candidate"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    source_ref: str
    title: str
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    link: str = ""
    licence: str = ""
    published_at: datetime | None = Field(default=None, sa_type=Moment)
    found_at: datetime = Field(sa_type=Moment)
    score: int = 0
    why: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    copies: list[str] = Field(default_factory=list, sa_type=JSON)
    piece_id: int | None = None
    state: str = "found"


class PlanLoad(SQLModel, table=True):
    """One loading of the content plan: the difference as it was shown, and what became of it."""

    __tablename__ = "plan_load"
    __table_args__ = (Index("ix_plan_load_by", "loaded_by", "loaded_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    file: str
    digest: str
    state: str = "shown"
    difference: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    loaded_by: str = ""
    loaded_at: datetime = Field(sa_type=Moment)
    applied_at: datetime | None = Field(default=None, sa_type=Moment)


class FeedState(SQLModel, table=True):
    """What a source said last: so that it is asked politely, and what is wrong with it told though nothing changed."""

    __tablename__ = "feed_state"

    key: str = Field(primary_key=True)
    etag: str = ""
    last_modified: str = ""
    fetched_at: datetime | None = Field(default=None, sa_type=Moment)
    problem: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class OfferRow(SQLModel, table=True):
    """A product as the feed shows it now; prices in minor units. Replaced whole when the feed is read."""

    __tablename__ = "offer"

    id: str = Field(primary_key=True)
    name: str
    price: int
    currency: str
    old_price: int | None = None
    category: str = ""
    category_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    url: str = ""
    picture: str = ""
    available: bool = True
    description: str = ""
    read_at: datetime = Field(sa_type=Moment)


class OccasionRow(SQLModel, table=True):
    """An occasion (инфоповод): a dated event of the market worth speaking about.

    `added_by` is the person who wrote it by hand: what they wrote no source overwrites. `hidden_by` is who said that it
    is not for us, with the reason why; it stays hidden whatever tells of it again.
    """

    __tablename__ = "occasion"
    __table_args__ = (Index("ix_occasion_on", "on_date"),)

    key: str = Field(primary_key=True)
    title: str
    on_date: str
    topic: str = ""
    brand: str = ""
    importance: int = 1
    why: str = ""
    link: str = ""
    source: str = ""
    piece_id: int | None = None
    added_by: str = ""
    hidden_by: str = ""
    hidden_why: str = ""
    hidden_at: datetime | None = Field(default=None, sa_type=Moment)
    found_at: datetime = Field(sa_type=Moment)
