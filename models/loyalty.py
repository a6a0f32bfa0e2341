"""Clients' cards and their points: a double-entry ledger, of which every balance is the sum."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.post import Value
from models.reason import NO_REASON, Reason
from models.redemptions import LARGE, one_of


class CardState(StrEnum):
    LIVE = "live"
    BLOCKED = "blocked"
    REPLACED = "replaced"


LIVE, LEFT = text("state = 'live'"), text('"left" > 0')


class Card(SQLModel, table=True):
    """A client's card. `number` is an EAN-13 of the range that shops may use by themselves, so any scanner reads it."""

    __tablename__ = "client_card"
    __table_args__ = (
        UniqueConstraint("number", name="uq_client_card_number"),
        CheckConstraint(f"state IN ({one_of(CardState)})", name="ck_client_card_state"),
        Index("ix_client_card_customer", "customer_id", sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", ondelete="SET NULL")
    state: str = CardState.LIVE
    replaces: int | None = None
    why: str = ""
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    changed_at: datetime | None = Field(default=None, sa_type=Moment)


class Moved(StrEnum):
    """Why points moved."""

    EARNED = "earned"
    SPENT = "spent"
    GIVEN_BACK = "given_back"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"
    CORRECTED = "corrected"


class Account(StrEnum):
    """Where points stand: with the client, or on the company's side of what it promised, got back, or need not keep."""

    CLIENT = "client"
    PROMISED = "promised"
    PAID = "paid"
    EXPIRED = "expired"


class PointsMove(SQLModel, table=True):
    """Points moved, once by its `key`. `points` is what the client got (below zero: gave); `of` the move it undoes.

    `short` is what should have been taken back and was not there any more.
    """

    __tablename__ = "points_move"
    __table_args__ = (
        UniqueConstraint("key", name="uq_points_move_key"),
        CheckConstraint(f"what IN ({one_of(Moved)})", name="ck_points_move_what"),
        Index("ix_points_move_customer", "customer_id", "id"),
        Index("ix_points_move_of", "of"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    key: str
    customer_id: int
    what: str
    points: int = Field(default=0, sa_type=BigInteger)
    asked: int = Field(default=0, sa_type=BigInteger)
    short: int = Field(default=0, sa_type=BigInteger)
    of: int | None = Field(default=None, sa_type=LARGE)
    said: str = ""
    by: str = ""
    at: datetime = Field(sa_type=Moment)


class PointsEntry(SQLModel, table=True):
    """One side of a move; the sides of a move come to nothing."""

    __tablename__ = "points_entry"

    move_id: int = Field(primary_key=True, foreign_key="points_move.id", sa_type=LARGE)
    account: str = Field(primary_key=True)
    points: int = Field(sa_type=BigInteger)


class PointsLot(SQLModel, table=True):
    """Points that came together and end together: on the day after `ends_on`, where they end at all."""

    __tablename__ = "points_lot"
    __table_args__ = (
        CheckConstraint('"left" >= 0', name="ck_points_lot_left"),
        Index("ix_points_lot_customer", "customer_id", "id", sqlite_where=LEFT, postgresql_where=LEFT),
        Index("ix_points_lot_ends", "ends_on", sqlite_where=LEFT, postgresql_where=LEFT),
        Index("ix_points_lot_move", "move_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    move_id: int = Field(foreign_key="points_move.id", sa_type=LARGE)
    customer_id: int
    left: int = Field(sa_type=BigInteger)
    ends_on: date | None = None


class PointsUse(SQLModel, table=True):
    """What a move took of a lot; `back` of it was given back."""

    __tablename__ = "points_use"
    __table_args__ = (CheckConstraint("back >= 0 AND back <= points", name="ck_points_use_back"),)

    move_id: int = Field(primary_key=True, foreign_key="points_move.id", sa_type=LARGE)
    lot_id: int = Field(primary_key=True, foreign_key="points_lot.id", sa_type=LARGE)
    points: int = Field(sa_type=BigInteger)
    back: int = Field(default=0, sa_type=BigInteger)


class PointsBalance(SQLModel, table=True):
    """What a client has: the sum of their lots, and of their side of the ledger. Its row is what two tills wait for."""

    __tablename__ = "points_balance"
    __table_args__ = (CheckConstraint("points >= 0", name="ck_points_balance"),)

    customer_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    points: int = Field(default=0, sa_type=BigInteger)


class PointsTold(Value):
    """What became of an order about points. `points` moved, `balance` is what the client has now; `again`: it was done
    before. Where `refusal` says why not, nothing has changed."""

    points: int = 0
    balance: int = 0
    short: int = 0
    again: bool = False
    refusal: Reason = NO_REASON
