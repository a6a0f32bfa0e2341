"""Mailings: what is sent to whom, the ledger of every letter, and what came back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from models.database import Moment
from models.delivery import STATES, State
from models.letters import Ground, Happening

LARGE: Any = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER numbers itself there
TOLD_OF, WAITING, IN_THE_AIR = text("remote_id <> ''"), text("state = 'planned'"), text("state = 'intent'")
IN_DOUBT = text("state = 'unknown'")
GONE_OUT = text("sent_at IS NOT NULL")

# Who may follow whom in the ledger of letters: there is no claim, a lane is its account's only sender.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.INTENT, State.HELD, State.CANCELLED, State.MISSED}),
    State.INTENT: frozenset({State.SENT, State.REJECTED, State.UNKNOWN, State.PLANNED}),
    State.UNKNOWN: frozenset({State.SENT, State.CONFIRMED, State.REJECTED, State.PLANNED, State.CANCELLED}),
    State.SENT: frozenset({State.CONFIRMED, State.REJECTED}),
    State.HELD: frozenset({State.PLANNED, State.CANCELLED}),
    State.REJECTED: frozenset(),
    State.MISSED: frozenset({State.PLANNED, State.CANCELLED}),
    State.CANCELLED: frozenset(),
    State.CONFIRMED: frozenset({State.REJECTED}),
    State.CLAIMED: frozenset(),
}


class Stage(StrEnum):
    """How far a mailing is. Only `sending` lets its letters out; a paused one goes on, a cancelled one does not."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


# What somebody waits for never stands behind a thousand that nobody waits for.
AWAITED, USUAL = 0, 5


def one_of(names: type[StrEnum]) -> str:
    return ", ".join(f"'{one.value}'" for one in names)


class Mailing(SQLModel, table=True):
    """A mailing. What it says is its last `MailingVersion`; `approved_hash` is the version that may go out.

    `groups` are {include: [keys], exclude: [keys]}; `account` is the mailer's key, `cascade` that of the short
    messages for those who have no e-mail. `wall_time` is in `zone`, or, where `by_recipient`, in each one's own.
    `hours` is when it may go out ("mon-sat 09:00-20:00"), in the zone of whoever it goes to. `split` is how
    variants are shared out; `caps` are those of the company unless it has its own. `standing`: it has no list, letters
    join one by one; the lower its `priority`, the sooner it goes. `public`: the own site shows it once it has gone out.
    `offer` is the key of the offer whose coupons its letters carry.
    """

    __table_args__ = (
        UniqueConstraint("key", name="uq_mailing_key"),
        CheckConstraint(f"stage IN ({one_of(Stage)})", name="ck_mailing_stage"),
        CheckConstraint(f"ground IN ({one_of(Ground)})", name="ck_mailing_ground"),
        Index("ix_mailing_stage", "stage", "due_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    title: str
    ground: str = Ground.ADVERTISING
    stage: str = Stage.DRAFT
    standing: bool = False
    account: str = ""
    cascade: str = ""
    groups: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    campaign: str = ""
    goal: str = ""
    approved_hash: str = ""
    wall_time: str = ""
    zone: str = "UTC"
    by_recipient: bool = False
    hours: str = ""
    priority: int = USUAL
    lateness: str = "ask"
    split: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    caps: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    resend_unknown: bool = False
    public: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    offer: str = Field(default="", sa_column_kwargs={"server_default": ""})
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    listed_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)


class MailingVersion(SQLModel, table=True):
    """What a mailing says, as it was written: `document` is a `MailDocument`, `hash` is what is approved.

    `compiled` is what is sent of it, made when approval was asked for (`tasks.composing.compiled`).
    """

    __tablename__ = "mailing_version"
    __table_args__ = (UniqueConstraint("mailing_id", "n", name="uq_mailing_version"),)

    id: int | None = Field(default=None, primary_key=True)
    mailing_id: int = Field(foreign_key="mailing.id", ondelete="CASCADE")
    n: int
    hash: str
    document: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    compiled: str = ""
    made_by: str = ""
    made_at: datetime = Field(sa_type=Moment)


class Message(SQLModel, table=True):
    """The ledger: one letter to one recipient by one kind of address, which goes out once.

    `occasion` sets letters of a standing mailing apart (one for each consent that is asked for); `print` is that of the
    address it went to; `variant` is the version's. `token` is the lane's that wrote the last intent; `generation` rises
    only where it is proven that the former did not go out. `domain` is whom its rate is counted by, empty where few
    have addresses there: a rare one would name its owner; `zone` is the recipient's. `why` is a short code, never
    words. It names nobody but by number, so it outlives an erasure.
    """

    __table_args__ = (
        UniqueConstraint("mailing_id", "customer_id", "kind", "occasion", name="uq_message_once"),
        CheckConstraint(f"state IN ({STATES})", name="ck_message_state"),
        Index("ix_message_due", "mailing_id", "account", "domain", "due_at", "id",
              sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_message_air", "account", sqlite_where=IN_THE_AIR, postgresql_where=IN_THE_AIR),
        Index("ix_message_doubt", "state", "mailing_id", sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT),
        Index("ix_message_mailing", "mailing_id", "state", "variant"),
        Index("ix_message_customer", "customer_id", "sent_at"),
        Index("ix_message_sent", "mailing_id", "sent_at", sqlite_where=GONE_OUT, postgresql_where=GONE_OUT),
        Index("ix_message_remote", "remote_id", sqlite_where=TOLD_OF, postgresql_where=TOLD_OF),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=LARGE)
    mailing_id: int = Field(foreign_key="mailing.id")
    customer_id: int
    kind: str
    occasion: str = ""
    print: str = ""
    variant: str = "A"
    account: str
    domain: str = ""
    zone: str = ""
    state: str = State.PLANNED
    due_at: datetime = Field(sa_type=Moment)
    token: int = 0
    generation: int = 0
    attempts: int = 0
    pieces: int = 0
    remote_id: str = ""
    why: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


class MailTest(SQLModel, table=True):
    """A letter of a mailing to a colleague, as a customer would get it: marked as a test, counted nowhere.

    `once` makes the same order one letter; `customer_id` is as whom it was written, 0 for somebody made up.
    """

    __tablename__ = "mail_test"
    __table_args__ = (
        UniqueConstraint("once", name="uq_mail_test_once"),
        CheckConstraint(f"state IN ({STATES})", name="ck_mail_test_state"),
        Index("ix_mail_test_version", "version_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    once: str
    mailing_id: int = Field(foreign_key="mailing.id", ondelete="CASCADE")
    version_id: int = Field(foreign_key="mailing_version.id", ondelete="CASCADE")
    variant: str = "A"
    person: str
    account: str
    customer_id: int = 0
    state: str = State.PLANNED
    why: str = ""
    by: str = ""
    made_at: datetime = Field(sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)


class MailLane(SQLModel, table=True):
    """Who sends by an account now: one process at a time, until `lease_until`; every taking raises `token`.

    `cursor` is how far what came back has been asked for; `resting_until` when everything of the account goes on.
    """

    __tablename__ = "mail_lane"

    account: str = Field(primary_key=True)
    token: int = 0
    worker: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    resting_until: datetime | None = Field(default=None, sa_type=Moment)
    why: str = ""
    first_sent_on: str = ""
    cursor: str = ""


class MailPace(SQLModel, table=True):
    """How much has gone to a domain by an account on a day, and until when it is left alone ("" is all domains)."""

    __tablename__ = "mail_pace"

    account: str = Field(primary_key=True)
    domain: str = Field(primary_key=True)
    day: str = ""
    sent: int = 0
    refusals: int = 0
    resting_until: datetime | None = Field(default=None, sa_type=Moment)


class MailLink(SQLModel, table=True):
    """A link of a mailing's version: the address behind the number that stands in the letter."""

    __tablename__ = "mail_link"

    version_id: int = Field(primary_key=True, foreign_key="mailing_version.id", ondelete="CASCADE")
    variant: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    url: str
    label: str = ""


class MailEvent(SQLModel, table=True):
    """What came back about a letter, each once. `robot`: by a scanner or a privacy proxy, counted apart.

    `at` is when it happened, as told; `link` the number of the link; `hard` that the address does not exist.
    """

    __tablename__ = "mail_event"
    __table_args__ = (
        UniqueConstraint("once", name="uq_mail_event_once"),
        CheckConstraint(f"what IN ({one_of(Happening)})", name="ck_mail_event_what"),
        Index("ix_mail_event_message", "message_id", "what"),
        Index("ix_mail_event_mailing", "mailing_id", "what", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(sa_type=LARGE)
    mailing_id: int
    what: str
    once: str
    robot: bool = False
    hard: bool = False
    link: int | None = None
    code: str = ""
    source: str = ""
    at: datetime = Field(sa_type=Moment)
    recorded_at: datetime = Field(sa_type=Moment)
