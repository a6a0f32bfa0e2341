"""What the head concludes about a week or a month, in their own words: every version is kept."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment


class Conclusion(SQLModel, table=True):
    """A version of the head's words about a period ("month-2026-10-01", as its report is called); empty: no words.

    `follows` is the id of the version it takes the place of, 0 for the first: two who write at once are not both next.
    `once` is of the form's own token and of what it says: the same form sent twice is one version.
    """

    __table_args__ = (
        UniqueConstraint("once", name="uq_conclusion_once"),
        UniqueConstraint("period", "follows", name="uq_conclusion_follows"),
    )

    id: int | None = Field(default=None, primary_key=True)
    period: str
    text: str
    person: str = ""
    follows: int = 0
    once: str
    said_at: datetime = Field(sa_type=Moment)
