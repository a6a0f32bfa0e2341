"""The big switch: a Stop holds whatever is not yet out, until a person releases it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.database import Moment


class Scope(StrEnum):
    ALL = "all"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    PIECE = "piece"


class StopOrder(SQLModel, table=True):
    """Who pulled it, for what, why; in force while `released_at` is empty."""

    __tablename__ = "stop_order"
    __table_args__ = (Index("ix_stop_in_force", "released_at", "scope", "scope_key"),)

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    scope_key: str = ""
    reason: str = ""
    pulled_by: str
    pulled_at: datetime = Field(sa_type=Moment)
    released_by: str = ""
    released_at: datetime | None = Field(default=None, sa_type=Moment)
