"""Delivery: the states a thing passes on its way out, and the one table for everything that goes out."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment


class State(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    INTENT = "intent"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    MISSED = "missed"
    HELD = "held"


class Verb(StrEnum):
    PUBLISH = "publish"
    EDIT = "edit"
    DELETE = "delete"


class Lateness(StrEnum):
    """What to do with a row that is later than it may be."""

    PUBLISH = "publish"
    SKIP = "skip"
    ASK = "ask"


OUT = frozenset({State.SENT, State.CONFIRMED})
OPEN = frozenset({State.PLANNED, State.CLAIMED, State.HELD})
FOR_A_PERSON = frozenset({State.UNKNOWN, State.HELD, State.REJECTED, State.MISSED})

# Why the machine holds a row for its content: another content mends it. Anything else a person restores.
OF_CONTENT = (
    "returned", "outdated", "no_content", "price", "price_differs", "not_in_feed", "product_gone", "sold_out",
    "offer_over", "loopback_link",
)  # fmt: skip

# Who may follow whom. Everything absent is forbidden; a test enumerates all pairs against the rows' SQL.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.HELD, State.CANCELLED, State.MISSED}),
    State.CLAIMED: frozenset({State.INTENT, State.PLANNED, State.HELD, State.CANCELLED}),
    State.INTENT: frozenset({State.SENT, State.REJECTED, State.UNKNOWN, State.PLANNED}),
    State.UNKNOWN: frozenset({State.SENT, State.REJECTED, State.PLANNED, State.CANCELLED}),
    State.SENT: frozenset({State.CONFIRMED}),
    State.HELD: frozenset({State.PLANNED, State.CANCELLED}),
    State.REJECTED: frozenset({State.PLANNED, State.CANCELLED}),
    State.MISSED: frozenset({State.PLANNED, State.CANCELLED}),
    State.CANCELLED: frozenset({State.PLANNED}),
    State.CONFIRMED: frozenset(),
}


def may_become(now: State, then: State) -> bool:
    return then in TRANSITIONS[now]


def may_precede(then: State) -> list[State]:
    """The states from which a row may become `then`: the WHERE of every update of a state."""
    return [state for state in State if then in TRANSITIONS[state]]


STATES = ", ".join(f"'{state.value}'" for state in State)

# A partial index is used only where the query says its condition in the same words, so the words are shared.
PLACEMENTS = text("kind = 'placement'")
UNAPPROVED = text("state = 'planned' AND (approved_hash = '' OR approved_hash <> content_hash)")


class Delivery(SQLModel, table=True):
    """One thing that goes out once: a row per (what, where, occurrence, verb), known by its `key`.

    `due_at`, `late_at` are derived from `wall_time` and `zone`; `late_at` is when the lateness policy begins to hold.
    `content_hash` is what would go out, `approved_hash` what was approved: only when they are equal does it go.
    `token` fences: every claim raises it, and a claim that is not the last one can write nothing.
    `base_id` is the delivery that an edit or a delete acts on; `repeatable` says a second call would do no harm;
    `plan_wall` is the plan's own time of a row that a person has moved: there it stays until the plan names another;
    `told` is the trouble ("<state>:<token>") that people have been told about; `hurried` is who let which version out
    before it was approved, and why: {person, why, version}.
    """

    __table_args__ = (
        UniqueConstraint("key", name="uq_delivery_key"),
        CheckConstraint(f"state IN ({STATES})", name="ck_delivery_state"),
        Index("ix_delivery_due", "state", "kind", "account", "due_at", "id"),
        Index("ix_delivery_late", "state", "kind", "late_at"),
        Index("ix_delivery_day", "due_at", sqlite_where=PLACEMENTS, postgresql_where=PLACEMENTS),
        Index("ix_delivery_unapproved", "kind", "due_at", sqlite_where=UNAPPROVED, postgresql_where=UNAPPROVED),
        Index("ix_delivery_announced", "state", "run_id", "due_at"),
        Index("ix_delivery_lease", "state", "lease_until"),
        Index("ix_delivery_subject", "subject_kind", "subject_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    verb: str = Verb.PUBLISH
    state: str = State.PLANNED
    account: str
    subject_kind: str = "piece"
    subject_id: str = ""
    campaign: str = ""
    content_id: int = 0
    content_hash: str = ""
    approved_hash: str = ""
    base_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    repeatable: bool = False

    wall_time: str = ""
    plan_wall: str = ""
    zone: str = "UTC"
    due_at: datetime = Field(sa_type=Moment)
    late_at: datetime | None = Field(default=None, sa_type=Moment)
    lateness: str = Lateness.ASK
    heeds_quiet_hours: bool = True

    token: int = 0
    generation: int = 0
    worker: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    first_intent_at: datetime | None = Field(default=None, sa_type=Moment)

    remote_id: str = ""
    url: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    told: str = ""
    hurried: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    run_key: str = ""
    run_id: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)


class PartRow(SQLModel, table=True):
    """One call of a delivery that takes several, with the same states; a delivery of one call has none."""

    __tablename__ = "part"
    __table_args__ = (
        UniqueConstraint("delivery_id", "ordinal", name="uq_part_order"),
        CheckConstraint(f"state IN ({STATES})", name="ck_part_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", ondelete="CASCADE")
    ordinal: int
    name: str
    repeatable: bool = False
    state: str = State.PLANNED
    remote_id: str = ""
    url: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
