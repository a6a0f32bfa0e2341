"""The order book: every order given on the desk, what came of it, and the run that Prefect shows it as."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment


class RunState(StrEnum):
    """How far the run of an order is: wanted, started in Prefect, over there, or given up."""

    WANTED = "wanted"
    STARTED = "started"
    OVER = "over"
    LOST = "lost"


# A partial index is used only where the query says its condition in the same words, so the words are shared.
UNFINISHED = text("run_state IN ('wanted', 'started')")


class GivenOrder(SQLModel, table=True):
    """An order as it was given: `code` is the tag of its flow's deployment, `form` what the flow is filled in with.

    `once` is the form's own token: the same form sent twice is one order. `said` is the answer, empty until it is
    carried out; where `by_run` is true only the run does that. `ended_as` and `remarks` are the run's own last words.
    """

    __tablename__ = "given_order"
    __table_args__ = (
        UniqueConstraint("once", name="uq_given_order_once"),
        CheckConstraint("run_state IN ('wanted', 'started', 'over', 'lost')", name="ck_given_order_run"),
        Index("ix_given_order_run", "run_state", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_given_order_code", "code", "id"),
        Index("ix_given_order_person", "person", "given_at", "id"),
        Index("ix_given_order_subject", "subject_kind", "subject_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    once: str
    code: str
    form: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    person: str
    subject_kind: str = ""
    subject_id: str = ""
    by_run: bool = False
    given_at: datetime = Field(sa_type=Moment)
    carried_out_at: datetime | None = Field(default=None, sa_type=Moment)
    said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    run_state: str = RunState.WANTED
    run_id: str = ""
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=Moment)
    ended_as: str = ""
    remarks: str = ""
