"""Files that people drop on the desk: what each is, how far it is, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.locale import mark


class DropKind(StrEnum):
    """What a dropped file is; UNKNOWN until its content has said it."""

    UNKNOWN = "unknown"
    PLAN = "plan"
    PICTURES = "pictures"
    PRODUCTS = "products"
    EXPENSES = "expenses"
    RESULTS = "results"
    CUSTOMERS = "customers"
    PURCHASES = "purchases"


class DropState(StrEnum):
    """How far a dropped file is. A refused one cannot be used; one that is left was put aside by a person."""

    RECEIVED = "received"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    LEFT = "left"


KIND_TITLES = {
    DropKind.UNKNOWN: mark("a file"),
    DropKind.PLAN: mark("content plan"),
    DropKind.PICTURES: mark("pictures"),
    DropKind.PRODUCTS: mark("product feed"),
    DropKind.EXPENSES: mark("expenses"),
    DropKind.RESULTS: mark("results"),
    DropKind.CUSTOMERS: mark("customers"),
    DropKind.PURCHASES: mark("purchases"),
}
DROP_TITLES = {
    DropState.RECEIVED: mark("received"),
    DropState.READING: mark("is being read"),
    DropState.READ: mark("waits for your yes"),
    DropState.REFUSED: mark("cannot be used"),
    DropState.APPLYING: mark("is being applied"),
    DropState.APPLIED: mark("applied"),
    DropState.LEFT: mark("put aside"),
}
ON_THE_WAY = (DropState.RECEIVED, DropState.READING, DropState.APPLYING)
PERSONAL = (DropKind.CUSTOMERS, DropKind.PURCHASES)  # their bytes are gone as soon as they are applied or put aside


class DroppedFile(SQLModel, table=True):
    """One dropped file, or the pictures dropped together; the bytes lie beside, in a folder by its number.

    `seen` is the print of what applying it would do: whoever confirms names it, and what has become something else
    meanwhile is refused. `once` is the form's own token: the same form sent twice drops nothing twice. `found` is what
    it would do, `said` what it did. `beat_at` is the last sign of life of whoever reads or applies it.
    """

    __tablename__ = "dropped_file"
    __table_args__ = (
        UniqueConstraint("once", name="uq_dropped_file_once"),
        CheckConstraint(
            "state IN ('received', 'reading', 'read', 'refused', 'applying', 'applied', 'left')",
            name="ck_dropped_file_state",
        ),
        Index("ix_dropped_file_dropped", "dropped_at"),
        Index("ix_dropped_file_state", "kind", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    once: str
    kind: str = DropKind.UNKNOWN
    name: str
    size: int = Field(sa_type=BigInteger)
    state: str = DropState.RECEIVED
    done: int = 0
    total: int = 0
    seen: str = ""
    found: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    refusal: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    dropped_by: str
    dropped_at: datetime = Field(sa_type=Moment)
    beat_at: datetime | None = Field(default=None, sa_type=Moment)
    applied_by: str = ""
    applied_at: datetime | None = Field(default=None, sa_type=Moment)
    order_id: int | None = None
