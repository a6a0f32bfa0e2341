"""A mailer that tells what a test says, and a house that has such mailers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel

from integrations.errors import Failure, Refused, Unsupported
from integrations.mailboxes.base import Mailbox
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from models.letters import MailNews
from models.mailers import MailerCard
from models.reason import because
from tasks.house import House

TELLS = MailerCapabilities(pulls=True, tells=True)


@dataclass
class TellingMailer:
    """`pages` are what it has to tell, each at the place before it; `trouble` is raised once instead."""

    name: ClassVar[str] = "telling"
    title: ClassVar[str] = "Telling"
    Settings: ClassVar[type[BaseModel]] = BaseModel
    limits: ClassVar[MailerLimits] = MailerLimits()

    pages: list[Sequence[MailNews]] = field(default_factory=list)
    capabilities: MailerCapabilities = TELLS
    trouble: Failure | None = None
    asked: list[str] = field(default_factory=list)

    def open(self) -> Any:
        raise AssertionError("nobody sends here")

    def find(self, letters: Any, since: datetime) -> Any:
        raise AssertionError("nobody looks here")

    def pull(self, cursor: str) -> Pulled:
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        self.asked.append(cursor)
        place = int(cursor or 0)
        if place >= len(self.pages):
            return Pulled((), cursor)
        return Pulled(tuple(self.pages[place]), str(place + 1), place + 1 < len(self.pages))

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        raise Unsupported(because("It tells nothing.", code="unsupported"))

    def check(self) -> None:
        pass


def card(key: str = "smtp", **more: Any) -> MailerCard:
    return MailerCard.model_validate({"key": key, "provider": "telling", "title": f"Mailer {key}"} | more)


def with_mailers(
    house: House, mailers: Mapping[str, Any], mailboxes: Mapping[str, Mailbox] | None = None, **more: Any
) -> House:
    """The house with these mailers by key; a mailbox of bounces for those that have one."""
    boxes = mailboxes or {}
    cards = tuple(card(key, bounces={"host": "mail.example"} if key in boxes else {}, **more) for key in mailers)
    open_workspace = house.open_workspace

    def opened() -> Any:
        workspace, problems = open_workspace()
        return workspace.model_copy(update={"mailers": cards}), problems

    def mailer_of(one: MailerCard) -> Any:
        made = mailers[one.key]
        if isinstance(made, Refused):
            raise made
        return made

    return replace(house, open_workspace=opened, mailer_of=mailer_of, mailbox_of=lambda one: boxes[one.key])


def ticking(start: datetime, step: timedelta) -> Callable[[], datetime]:
    """A clock that goes on by so much whenever it is looked at."""
    at = [start]

    def now() -> datetime:
        at[0] += step
        return at[0]

    return now
