"""A link for somebody outside the company: shows some versions, takes a word about each, and ends by itself."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment


class ReviewLink(SQLModel, table=True):
    """Who outside is asked, by whom, until when; of the link's token only the hash is kept.

    `answers` counts how often its form was sent, `most` is how often it may be. `notice_key` is the letter that carries
    the link, where one does: what it says of the link is wiped as soon as it is not needed.
    """

    __tablename__ = "review_link"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    name: str
    made_by: str = Field(index=True)
    request_id: int | None = Field(default=None, foreign_key="approval_request.id")
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    opened_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_by: str = ""
    answers: int = 0
    most: int
    notice_key: str = ""


class ReviewRow(SQLModel, table=True):
    """One version that a link shows, by its hash: what is said is said about this one and no other."""

    __tablename__ = "review_row"
    __table_args__ = (UniqueConstraint("link_id", "subject", name="uq_review_row"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="review_link.id", ondelete="CASCADE")
    subject: str = Field(index=True)
    version: str
