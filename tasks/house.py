"""The house the steps work in: what `deployments.wired` has filled in, found here by every step.

`tasks/` never reaches for an environment, a file or a clock of its own; it asks the house.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Channel
from integrations.errors import Refused
from integrations.mailboxes.base import Mailbox
from integrations.mailers.base import Mailer
from integrations.media import MediaStore
from models.company import ChannelCard, Workspace
from models.content import Effect, Problem
from models.customers import AddressKind
from models.database import Clock, DatabaseClock, only_looking
from models.ending import Ending
from models.locale import mark, translate
from models.mailers import MailerCard
from models.reason import because

DATABASE_CLOCK = DatabaseClock()
UNREADABLE = mark("Nothing was done, because the company's files cannot be read:")
NOT_FURNISHED = "the house is not furnished: import deployments.wired first"
NO_MAILER = mark("Mailer “{account}” cannot be used here. Name another one.")
NO_MAILBOX = mark("The bounces of mailer “{account}” cannot be read here.")
NO_MESSENGER = mark("No Telegram bot for notices is set up.")


def no_messenger() -> Channel:
    raise Refused(because(NO_MESSENGER, code="no_messenger"))


def no_mailer(card: MailerCard) -> Mailer:
    raise Refused(because(NO_MAILER, code="no_mailer", account=card.key))


def no_mailbox(card: MailerCard) -> Mailbox:
    raise Refused(because(NO_MAILBOX, code="no_mailbox", account=card.key))


def no_prints(kind: str, value: str) -> str:
    raise RuntimeError("this house has no key to hash addresses with")


@dataclass(frozen=True)
class House:
    """Everything outside the tasks.

    `open_workspace` reads the company's files anew when they have changed; `root` is their folder, `var` what we keep
    beside them; +6 in the files counts from `first_start`. `reaches_out`: a channel's calls leave this computer.
    `mailer_of` makes the mailer of a card, `mailbox_of` the mailbox that its bounces come to; `kind_of` says what it
    writes to without making it; `letters_leave`: what it sends leaves this computer.
    `mail_leaves`: our own letters go out by a server; else they stay in this machine's mailbox, where colleagues read
    them.
    `printed` is the keyed hash of an address, by kind and value: what a stop-list knows people by.
    `messenger` is the bot that calls our own people, beside `mail`; it raises Refused where none is set up.
    """

    engine: Engine
    sessions: sessionmaker[Session]
    open_workspace: Callable[[], tuple[Workspace, list[Problem]]]
    provider_of: Callable[[ChannelCard], Channel]
    media: MediaStore
    mail: Channel
    root: Path
    var: Path
    first_start: date
    public_url: str
    staff_url: str
    ui_url: str
    clock: Clock = DATABASE_CLOCK
    messenger: Callable[[], Channel] = no_messenger
    mail_leaves: bool = False
    reaches_out: Callable[[ChannelCard], bool] = lambda card: True
    mailer_of: Callable[[MailerCard], Mailer] = no_mailer
    letters_leave: Callable[[MailerCard], bool] = lambda card: True
    kind_of: Callable[[MailerCard], AddressKind] = lambda card: AddressKind.EMAIL
    mailbox_of: Callable[[MailerCard], Mailbox] = no_mailbox
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    printed: Callable[[str, str], str] = no_prints

    @cached_property
    def reads(self) -> sessionmaker[Session]:
        """Sessions that only look: they never wait for a writer, nor keep one waiting."""
        return sessionmaker(only_looking(self.engine), expire_on_commit=False)

    @property
    def workspace(self) -> Workspace:
        return self.open_workspace()[0]

    def unreadable(self) -> Ending | None:
        """Why nothing may be done now: a file is broken, and what is left of the workspace is not the company."""
        stops = [str(problem) for problem in self.open_workspace()[1] if problem.effect is Effect.STOPS]
        return Ending(total=1, remarks=(translate(UNREADABLE), *stops)) if stops else None

    @property
    def mailers(self) -> tuple[MailerCard, ...]:
        return self.workspace.mailers

    def mailer_card(self, account: str) -> MailerCard | None:
        return next((card for card in self.mailers if card.key == account), None)

    def card_of(self, account: str) -> ChannelCard | None:
        return next((card for card in self.workspace.channels if card.key == account), None)


_furnished: list[House] = []


def furnish(house: House) -> None:
    """Fill the house in; the last word holds (a test furnishes its own)."""
    _furnished[:] = [house]


def house() -> House:
    if not _furnished:
        raise RuntimeError(NOT_FURNISHED)
    return _furnished[0]
