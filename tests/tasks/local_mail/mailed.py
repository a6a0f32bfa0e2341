"""An office whose letters stay on this computer: the real local mailer, and the folder that comes back to it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from integrations.mailboxes.folder import FolderMailbox, FolderSettings
from integrations.mailers.mailbox import Mailbox, MailboxSettings
from models.customers import Purpose
from tasks.house import House
from tests.fakes import NOW
from tests.tasks.mailing.office import COMPANY, Office, open_office
from tests.tasks.returns.mailed import consent
from tests.tasks.returns.mails import printed

CARDS = """\
mailers:
  - {key: post, provider: mailbox, title: Post, sender: news@example.org, sender_name: Seven Cups,
     reply_to: hello@example.org, settings: {path: letters}, bounces: {folder: letters/back}}
  - {key: smtp, provider: smtp, title: Server, sender: news@example.org, settings: {host: mail.example.org}}
"""


def local_office(root: Path, database: Engine, cards: str = CARDS, **more: Any) -> Office:
    """Customers 1 to 4 who have agreed to letters, in the group “tea”."""
    office = open_office(root, database, more.get("company", COMPANY), cards)
    house = at_home(office.house)
    office = replace(office, house=house)
    office.customers(range(1, 5), opened=True)
    office.group("tea", range(1, 5))
    agree(house, range(1, 5))
    return office


def at_home(house: House) -> House:
    """The house with real local mailers and folders instead of fakes."""
    mailer = Mailbox(MailboxSettings(path=str(house.root / "letters")), now=house.now)
    box = FolderMailbox(FolderSettings(folder=str(house.root / "letters" / "back")), house.now)
    return replace(house, mailer_of=lambda card: mailer, mailbox_of=lambda card: box,
                   kind_of=lambda card: Mailbox.capabilities.kind)  # fmt: skip


def agree(house: House, ids: range) -> None:
    """Consents behind the open addresses: what follows from news asks for them."""
    from tasks.consents import rows as consents

    then = NOW - timedelta(days=30)
    with house.sessions.begin() as session:
        lines = [consent(id, "", "", Purpose.PERSONAL, then) for id in ids]
        lines += [consent(id, "email", printed("email", f"c{id}@example.org"), Purpose.ADVERTISING, then) for id in ids]
        consents.record(session, lines)


def sent(office: Office, title: str = "Winter", hours: int = 1) -> int:
    """A mailing that has gone out to everybody; returns its number."""
    id = office.approved(title, at=f"2026-11-23 {12 + hours}:00")
    office.at(hours=hours, minutes=5)
    office.minute()
    assert set(office.states(id)) == {"sent"}, office.states(id)
    return id
