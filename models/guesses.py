"""Wrong codes, counted by till, by address and for the house, and what was told of those who sent too many."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment


class GuessedBy(StrEnum):
    TILL = "till"
    ADDRESS = "address"
    HOUSE = "house"


class CodeGuess(SQLModel, table=True):
    """How many wrong codes came from `who` in the window of `seconds` that began at `since`.

    `who` is the till as the ledger of coupons knows it, or the keyed hash of an address; forgotten after two days.
    """

    __tablename__ = "code_guess"
    __table_args__ = (Index("ix_code_guess_since", "since"),)

    kind: str = Field(primary_key=True)
    who: str = Field(primary_key=True)
    seconds: int = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=Moment)
    n: int = 0


class GuessAlarm(SQLModel, table=True):
    """Somebody has sent more wrong codes than anybody mistypes; nothing of theirs is looked up until `until`.

    `till` and `outlet` are through whom it came, `key_id` a till's key, `wrong` how many there were then.
    """

    __tablename__ = "guess_alarm"
    __table_args__ = (
        UniqueConstraint("kind", "who", "seconds", "since", name="uq_guess_alarm"),
        Index("ix_guess_alarm_at", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    who: str
    seconds: int
    since: datetime = Field(sa_type=Moment)
    till: str = ""
    key_id: int | None = None
    outlet: str = ""
    wrong: int = 0
    at: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
