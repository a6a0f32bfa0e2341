"""The keys by which the tills of an outlet come in: made once, shown once, good until they are revoked."""

from datetime import datetime

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from models.database import Moment


class TillKey(SQLModel, table=True):
    """A till's key: only its keyed hash is kept, and the last signs that tell it from another.

    `intake`: who has it may also hand in customers and purchases. `coupons`: and ask about and redeem coupons.
    """

    __tablename__ = "till_key"

    id: int | None = Field(default=None, primary_key=True)
    outlet: str = Field(index=True)
    title: str
    key_hash: str = Field(unique=True)
    ends_in: str
    made_by: str
    made_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    intake: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    coupons: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    revoked_by: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
