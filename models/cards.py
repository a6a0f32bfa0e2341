"""The program of points, what of the purchases was counted by it, and whose links to the personal page were closed."""

from datetime import date, datetime
from typing import Any

from pydantic import Field as Said
from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.post import Value
from models.redemptions import LARGE


class PersonalPage(SQLModel, table=True):
    """Whose links were closed: only those of the last `turn` open the page. Who was never closed has no row."""

    __tablename__ = "personal_page"

    customer_id: int = Field(
        primary_key=True, foreign_key="customer.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    turn: int = 0
    why: str = ""
    by: str = ""
    changed_at: datetime = Field(sa_type=Moment)


class PointsProgram(SQLModel, table=True):
    """How points come and what they are worth: the last row holds, the former ones say what held before."""

    __tablename__ = "points_program"

    id: int | None = Field(default=None, primary_key=True)
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    why: str = ""
    by: str = ""
    at: datetime = Field(sa_type=Moment)


class PointsCounted(SQLModel, table=True):
    """A receipt that the program has counted: `amount` as it was then, and the `points` that it came to in all.

    `turn` numbers the countings of a receipt that was told otherwise afterwards.
    """

    __tablename__ = "points_counted"

    receipt_id: int = Field(
        primary_key=True, foreign_key="receipt.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    customer_id: int
    amount: int = Field(sa_type=BigInteger)
    points: int = Field(sa_type=BigInteger)
    turn: int = 1
    move_id: int | None = Field(default=None, sa_type=LARGE)
    at: datetime = Field(sa_type=Moment)


class Tier(Value):
    """Who spent at least so much (minor units) within the program's window; one point for each `per`, 0: as usual."""

    title: str
    spent: int = Said(ge=0)
    per: int = Said(default=0, ge=0)


class ProgramTerms(Value):
    """One point is given for each `per` of money, and is worth `worth`; both in minor units, 0 is none.

    Points may pay `share` per cent of a receipt, 0: they pay nothing.
    Points are good for `days` (0: for ever). A tier is what was spent in the last `window` days. Receipts count from
    `since` on.
    """

    per: int = Said(default=0, ge=0)
    worth: int = Said(default=0, ge=0)
    share: int = Said(default=0, ge=0, le=100)
    days: int = Said(default=0, ge=0, le=3650)
    window: int = Said(default=365, ge=1, le=3650)
    since: date
    tiers: tuple[Tier, ...] = ()
