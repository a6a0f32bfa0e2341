"""Coupons in trade: what each outlet was told of an offer and has confirmed, and its files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.post import Value
from models.redemptions import OfferStage


class Instruction(SQLModel, table=True):
    """One version of an offer, told to one outlet. It is sent once, confirmed once; a new version is another row.

    `sent_to` says the way of the letter: mail, person, or nothing where there is no address. `by_link`: confirmed by
    whoever had the outlet's link, under the name they typed; else a colleague says so.
    """

    __tablename__ = "trade_instruction"
    __table_args__ = (
        UniqueConstraint("offer_id", "version_hash", "outlet", name="uq_trade_instruction"),
        Index("ix_trade_instruction_outlet", "outlet", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    offer_id: int = Field(foreign_key="coupon_offer.id", ondelete="CASCADE")
    version_hash: str
    outlet: str
    made_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_to: str = ""
    reminded_at: datetime | None = Field(default=None, sa_type=Moment)
    told_head_at: datetime | None = Field(default=None, sa_type=Moment)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    confirmed_by: str = ""
    by_link: bool = False


class FileState(StrEnum):
    """What became of a file that came: read, or nothing in it could be."""

    READ = "read"
    BROKEN = "broken"


class ExchangeFile(SQLModel, table=True):
    """A file of an outlet's tills that was read. The same content is one row however often and however named it comes.

    `problems` are {row, said}: rows that were left out, and what conflicted. No code stands in them whole.
    """

    __tablename__ = "exchange_file"
    __table_args__ = (
        UniqueConstraint("outlet", "print", name="uq_exchange_file"),
        Index("ix_exchange_file_read", "read_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    outlet: str
    name: str
    print: str
    size: int = 0
    state: str = FileState.READ
    rows: int = 0
    entered: int = 0
    repeated: int = 0
    conflicts: int = 0
    left_out: int = 0
    times: int = 1
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    first_at: datetime = Field(sa_type=Moment)
    read_at: datetime = Field(sa_type=Moment)


class OutletInTrade(Value):
    """How one outlet stands to the version in force: told, confirmed, by whom. `id` is 0 where nothing is made yet."""

    id: int = 0
    key: str
    name: str
    phone: str = ""
    email: str = ""
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    by_link: bool = False
    link: str = ""


class OfferInTrade(Value):
    """An offer as the trade page shows it."""

    id: int
    key: str
    title: str
    stage: OfferStage
    first_day: date
    last_day: date
    outlets: tuple[OutletInTrade, ...] = ()

    @property
    def confirmed(self) -> int:
        return sum(one.confirmed_at is not None for one in self.outlets)


class InstructionPage(Value):
    """What the outlet's link shows. `is_over`: the offer has ended, was stopped, or the outlet is out of it."""

    id: int
    outlet: str
    offer: str
    heads: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    is_over: bool = False


class FileLine(Value):
    """A file that came, as the trade page shows it."""

    id: int
    outlet: str
    name: str
    state: FileState
    rows: int
    entered: int
    repeated: int
    conflicts: int
    left_out: int
    times: int
    read_at: datetime
    problems: tuple[tuple[int, str], ...] = ()
