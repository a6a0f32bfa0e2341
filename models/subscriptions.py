"""Subscriptions that the own site takes: what was asked for and confirmed, by which words, and what pages show of it.

No address stands here, only its print: what was asked for may be proven when its customer is long forgotten.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.consent_texts import Wording
from models.customers import AddressKind, Purpose
from models.database import Moment
from models.post import Value

WAITING = text("confirmed_at IS NULL AND forgotten_at IS NULL")


class Subscription(SQLModel, table=True):
    """Somebody wrote an address into the form: asked for until it is confirmed by the letter that went there.

    `customer_id` is whom the address was of then, `made` that they were known by nothing before; `site` the origin of
    the form where it was not ours. `network` is the keyed hash of where it came from, and is emptied after a day. The
    wordings are ids of `ConsentWording`. `forgotten_at`: it was never confirmed, and nobody waits for it any more.
    """

    __table_args__ = (
        Index("ix_subscription_print", "print", "asked_at"),
        Index("ix_subscription_network", "network", "asked_at"),
        Index("ix_subscription_waiting", "asked_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    made: bool = False
    kind: str = AddressKind.EMAIL
    print: str
    site: str = ""
    language: str
    personal: str
    advertising: str
    network: str = ""
    asked_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    forgotten_at: datetime | None = Field(default=None, sa_type=Moment)


class ConsentWording(SQLModel, table=True):
    """The very words that somebody was shown, kept as they were when they were first agreed to."""

    __tablename__ = "consent_wording"

    wording: str = Field(primary_key=True)
    purpose: str
    version: str
    language: str
    label: str
    text: str
    first_at: datetime = Field(sa_type=Moment)


class Offer(Value):
    """The form of the own site: the words of both consents; `origins` are sites that may show it."""

    personal: Wording
    advertising: Wording
    origins: tuple[str, ...] = ()

    def of(self, purpose: Purpose) -> Wording:
        return self.personal if purpose is Purpose.PERSONAL else self.advertising


class Asking(Value):
    """What somebody sent by the form: the address as it was typed, and the wordings they saw and ticked."""

    email: str
    language: str
    personal: str
    advertising: str
    site: str = ""
    network: str = ""


class Taken(StrEnum):
    """What became of a form: whether its address was known, nobody is told."""

    THANKS = "thanks"
    UNREADABLE = "unreadable"
    OUTDATED = "outdated"
    CLOSED = "closed"


class Answered(StrEnum):
    """What the link of a letter that asks to confirm comes to."""

    WAITS = "waits"
    CONFIRMED = "confirmed"
    BEFORE = "before"
    TOO_LATE = "too_late"
