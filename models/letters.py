"""Letters: one form for many recipients, and what is different for each. Pure values, no tables.

A form is written once; whoever sends it fills its holes for each recipient. So nothing is rendered twice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models.customers import AddressKind
from models.delivery import State
from models.reason import NO_REASON, Reason

# Text, and between it the numbers of the values that stand there.
Pattern = tuple[str | int, ...]


class Ground(StrEnum):
    """On what ground it is sent: advertising needs consent, a service message only that the address is not barred."""

    ADVERTISING = "advertising"
    SERVICE = "service"


@dataclass(frozen=True)
class LetterForm:
    """A letter without its recipient. Every value comes fit for its place: escaped in `html`, plain elsewhere.

    `id` names the form for its sender's own cache; `html` is empty for a short message; `headers` beyond the usual
    ones, as List-Unsubscribe. `reply_to` and `sender_name` may be empty.
    """

    id: str
    sender: str
    subject: Pattern
    text: Pattern
    html: Pattern = ()
    sender_name: str = ""
    reply_to: str = ""
    headers: tuple[tuple[str, Pattern], ...] = ()
    ground: Ground = Ground.ADVERTISING

    @property
    def holes(self) -> int:
        """How many values a letter of this form has."""
        patterns = (self.subject, self.text, self.html, *(value for _, value in self.headers))
        return 1 + max((part for one in patterns for part in one if isinstance(part, int)), default=-1)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one recipient. `id` is the ledger's row; `key` stays the same however often it is tried.

    `to` is an address as its owner writes it (a phone as +79161234567); `values` fill the form's holes.
    """

    id: int
    key: str
    to: str = field(repr=False)
    form: LetterForm = field(repr=False)
    values: tuple[str, ...] = field(default=(), repr=False)
    to_name: str = field(default="", repr=False)


class Holds(StrEnum):
    """Whom a "not now" concerns: this letter alone, everybody at its domain, or all that this sender has."""

    LETTER = "letter"
    DOMAIN = "domain"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a letter: sent, rejected, unknown, or planned again (not now, after `retry_after`).

    `reason.code` is short and without a person's data, as "550 5.1.1"; `gone` says that the address does not exist;
    `pieces` is what is paid for (a short message in two parts is 2).
    """

    id: int
    state: State
    remote_id: str = ""
    reason: Reason = NO_REASON
    gone: bool = False
    retry_after: timedelta | None = None
    holds: Holds = Holds.LETTER
    pieces: int = 1


class Happening(StrEnum):
    """What came back about a letter."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DEFERRED = "deferred"
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    REPLIED = "replied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class MailNews:
    """One thing that came back. `once` is the same each time it is told; `key`, `remote_id` or `address` says of what.

    `hard`: the address does not exist, or never takes anything. `robot`: a scanner or a privacy proxy did it.
    """

    what: Happening
    at: datetime
    once: str
    key: str = ""
    remote_id: str = ""
    address: str = field(default="", repr=False)
    kind: AddressKind = AddressKind.EMAIL
    hard: bool = False
    robot: bool = False
    url: str = ""
    code: str = ""
    detail: dict[str, str] = field(default_factory=dict)
