"""What the web process can do, given to it as an argument: it knows neither the database nor the steps."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from models.desk import (
    Face,
    Line,
    Outcome,
    PasskeyLine,
    PersonLine,
    Proof,
    Question,
    Queue,
    Stops,
    Ticket,
    Verdict,
    Visited,
    Visitor,
)
from models.reason import Reason
from models.site import SitePage
from models.stop import Scope


class SiteVerbs(Protocol):
    """What the public pages need."""

    def face(self) -> Face: ...

    def logo(self) -> bytes | None:
        """The logo as PNG; None where there is none."""

    def is_well(self) -> bool:
        """Whether the database answers."""

    def address_of(self, code: str) -> str | None:
        """Where a short link of ours leads."""

    def count(self, visits: Sequence[Visited]) -> None: ...

    def schema_org(self, page: SitePage, url: str, pictures: Sequence[str]) -> str:
        """The page's JSON-LD, ready to stand inside <script>."""


class DoorVerbs(Protocol):
    """Coming in and going out. A `Reason` is why not, in words for whoever asks."""

    def guest(self, token: str) -> str | None:
        """The name an invitation is for; None where it is good no longer."""

    def accept(self, token: str, password: str) -> Ticket | Reason: ...

    def sign_in(self, name: str, password: str, address: str) -> Ticket | Reason: ...

    def visitor(self, token: str) -> Visitor | None: ...

    def sign_out(self, token: str) -> None: ...

    def people(self) -> Sequence[PersonLine]: ...

    def invite(self, person: str) -> str | None:
        """A new personal link, shown once; None where there is no such person."""


class PasskeyVerbs(Protocol):
    """Coming in by passkey, and the keys a person has. A question is JSON for the browser, "" where there is none."""

    def ask_who_comes(self, door: str) -> str: ...

    def sign_in_by_passkey(self, answer: str, door: str) -> Ticket | Reason: ...

    def ask_the_guest(self, token: str) -> str: ...

    def accept_by_passkey(self, token: str, answer: str, title: str) -> Ticket | Reason: ...

    def ask_for_another(self, visitor: Visitor) -> str: ...

    def add_passkey(self, visitor: Visitor, answer: str, title: str) -> Reason: ...

    def remove_passkey(self, visitor: Visitor, id: int) -> Reason: ...

    def passkeys(self, visitor: Visitor) -> Sequence[PasskeyLine]: ...

    def has_password(self, visitor: Visitor) -> bool: ...


class DeskVerbs(Protocol):
    """What waits for people, and what they order. Every order answers with a sentence about what became of it."""

    def queue(self) -> Queue: ...

    def plan(self, first: date, days: int, account: str) -> Sequence[Line]: ...

    def accounts(self) -> dict[str, str]:
        """The titles of the channels by their keys."""

    def today(self) -> date:
        """The company's day."""

    def question(self, id: int, visitor: Visitor) -> Question | None: ...

    def proof(self, rendition_id: int, visitor: Visitor) -> Proof | None: ...

    def placements(self, rendition_id: int) -> Sequence[Line]: ...

    def decide(self, verdicts: Sequence[Verdict], visitor: Visitor, request_id: int | None) -> Outcome: ...

    def publish_now(self, id: int, visitor: Visitor) -> Reason: ...

    def cancel(self, id: int, visitor: Visitor, why: str) -> Reason: ...

    def decide_unknown(self, id: int, verdict: str, visitor: Visitor, url: str) -> Reason: ...

    def stops(self) -> Stops: ...

    def pull_stop(self, scope: Scope, key: str, visitor: Visitor, why: str) -> Reason: ...

    def release_stop(self, id: int, visitor: Visitor) -> Reason: ...


class Verbs(SiteVerbs, DoorVerbs, PasskeyVerbs, DeskVerbs, Protocol):
    """Everything together."""
