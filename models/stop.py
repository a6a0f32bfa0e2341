"""The big switch: a Stop holds whatever is not yet out, until a person releases it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database import Moment


class Scope(StrEnum):
    ALL = "all"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    PIECE = "piece"


IN_FORCE = text("released_at IS NULL")


class StopOrder(SQLModel, table=True):
    """Who pulled it, for what, why; in force while `released_at` is empty, and then the only one of its scope."""

    __tablename__ = "stop_order"
    __table_args__ = (
        Index("uq_stop_in_force", "scope", "scope_key", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        Index("ix_stop_order_pulled", "pulled_by", "pulled_at", "id"),
        Index("ix_stop_order_released", "released_by", "released_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    scope_key: str = ""
    reason: str = ""
    pulled_by: str
    pulled_at: datetime = Field(sa_type=Moment)
    released_by: str = ""
    released_at: datetime | None = Field(default=None, sa_type=Moment)
