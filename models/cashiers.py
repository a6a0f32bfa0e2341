"""The cashier's page: devices that were paired with an outlet, who works at them by a PIN, and their shifts.

Secrets are kept as hashes: a device's and a pairing's plain ones, for nobody can guess them, a PIN's slow one.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database import Moment


class TillDevice(SQLModel, table=True):
    """A phone or tablet beside a till. In the ledger of coupons it is the till “page-<id>”."""

    __tablename__ = "till_device"

    id: int | None = Field(default=None, primary_key=True)
    outlet: str = Field(index=True)
    title: str
    token_hash: str = Field(unique=True)
    made_by: str = ""
    paired_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    revoked_by: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def till(self) -> str:
        return f"page-{self.id}"


class TillPairing(SQLModel, table=True):
    """A pairing code that stands on the desk for some minutes; whoever opens it first becomes the device."""

    __tablename__ = "till_pairing"

    token_hash: str = Field(primary_key=True)
    outlet: str
    title: str
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class Cashier(SQLModel, table=True):
    """Who signs in at the devices of an outlet by a PIN. `person` is one of the company, where it is one.

    `wrong` are tries since the last right one, `locks` how often in a row they were too many.
    """

    __tablename__ = "cashier"

    id: int | None = Field(default=None, primary_key=True)
    outlet: str = Field(index=True)
    name: str
    person: str = ""
    pin_hash: str = Field(repr=False)
    wrong: int = 0
    locks: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=Moment)
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    revoked_by: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def called(self) -> str:
        """What the ledger of coupons knows them by."""
        return self.person or f"cashier-{self.id}"


class CashierShift(SQLModel, table=True):
    """From signing in to the end: by hand, by the next who signs in, or when the outlet has closed.

    A device has one open shift at a time.
    """

    __tablename__ = "cashier_shift"
    __table_args__ = (
        Index("uq_cashier_shift_open", "device_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="till_device.id", index=True)
    cashier_id: int = Field(foreign_key="cashier.id", index=True)
    began_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class ConflictSeen(SQLModel, table=True):
    """Somebody has dealt with a conflict that a device told of after an outage; `note` is what was done."""

    __tablename__ = "conflict_seen"

    entry_id: int = Field(primary_key=True)
    by: str
    note: str = ""
    at: datetime = Field(sa_type=Moment)
