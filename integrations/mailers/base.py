"""The port of mailers: what everybody we hand letters or short messages to must say of itself and be able to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from pydantic import BaseModel

from models.customers import AddressKind
from models.letters import Answer, Letter, MailNews


@dataclass(frozen=True)
class MailerLimits:
    """What one letter and one call may hold, each number with its unit; None: the provider names no limit."""

    letter_bytes_max: int | None = None
    recipients_per_call: int = 1
    calls_per_second: float | None = None
    subject_max: int | None = None
    headers_allowed: bool = True


@dataclass(frozen=True)
class MailerCapabilities:
    """What the provider can do. `connections`: calls at once. `key_valid_for`: how long it remembers our key.

    `finds`: an unknown outcome can be looked up. `pulls`: what came back can be asked for. `tells`: it sends webhooks.
    `fills`: it fills the holes of a form itself, so one call holds many recipients.
    """

    kind: AddressKind = AddressKind.EMAIL
    connections: int = 1
    call_timeout: timedelta = timedelta(seconds=60)
    key_valid_for: timedelta | None = None
    finds: bool = False
    pulls: bool = False
    tells: bool = False
    fills: bool = False


class Line(Protocol):
    """An open way to the provider: letters go in, answers come out in any order, each letter gets exactly one."""

    def room(self) -> int:
        """How many letters it takes now without queueing: never more than are in flight at once."""

    def post(self, letters: Sequence[Letter], until: datetime) -> None:
        """Put at most `room()` letters on their way. After `until` (wall clock) not a byte of them is sent any more."""

    def answers(self, patience: timedelta) -> list[Answer]:
        """What is known by now; waits until there is something, or `patience` has passed, or nothing is in flight.

        A letter of which no byte of content has left is "planned" (not now); one whose answer was lost is "unknown".
        """

    def close(self) -> list[Answer]:
        """End it at once; returns an answer for everything that was still in flight."""


@dataclass(frozen=True)
class Pulled:
    """What came back since the last time, and where to go on."""

    news: tuple[MailNews, ...]
    cursor: str
    more: bool = False


class Mailer(Protocol):
    """One class in one file of this folder is a mailer; nothing is registered.

    Every method raises only the errors of `integrations.errors`. Nothing here retries, sleeps or remembers.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[BaseModel]]
    limits: ClassVar[MailerLimits]
    capabilities: ClassVar[MailerCapabilities]

    def open(self) -> Line:
        """A way for letters. Raises Unavailable where nobody answers, Refused where we are not let in."""

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        """Look for letters whose outcome is unknown; only those that are proven sent, rejected or never taken."""

    def pull(self, cursor: str) -> Pulled:
        """What came back after `cursor` (empty: from the beginning). Unsupported where it cannot be asked."""

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        """Read a webhook. Raises Refused where its signature, or its age, does not hold."""

    def check(self) -> None:
        """Prove that the settings work; for `otdel doctor`. Raises what is wrong."""
