"""A house whose site takes subscriptions, and whose letters really go: to a mailer that keeps what it is given."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import col

from models.customers import Address, ConsentAct, Customer
from models.database import SetClock
from models.letters import Letter
from models.mailings import Message
from models.subscriptions import Answered, Asking, Subscription, Taken
from tasks.composing.filling import filled
from tasks.house import House
from tasks.mailing.writing.engine import Writer
from tasks.mailing.writing.fields import make_known
from tasks.subscribing.engine import Subscribing
from tasks.subscribing.links import CONFIRM
from tasks.subscribing.rows import confirm_links
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.mailing.department import send
from tests.tasks.mailing.fake_mailer import FakeMailer

MAILERS = "mailers:\n  - {key: post, provider: mailbox, title: Post, sender: news@example.org, sender_name: Cups}\n"
CONSENTS = """\
consents:
  - key: personal
    version: "1"
    valid_from: 2026-01-01
    label: {ru: "Даю [согласие на обработку данных]", en: "I give my [consent to personal data]"}
    text: {ru: "Согласие. Оператор: «Семь чашек».", en: "Consent. Operator: Seven Cups."}
  - key: advertising
    version: "1"
    valid_from: 2026-01-01
    label: {ru: "Согласен получать [рекламу]", en: "I agree to [advertising]"}
    text: {ru: "Реклама по почте.", en: "Advertising by e-mail."}
"""
NEXT_VERSION = """\
  - key: advertising
    version: "2"
    valid_from: 2026-12-01
    label: {en: "I agree to [letters with offers]"}
    text: {en: "Letters with offers."}
"""


@dataclass
class Site:
    """The site, and who writes into its form."""

    house: House
    clock: SetClock
    mailer: FakeMailer = field(default_factory=FakeMailer)

    @property
    def subscribing(self) -> Subscribing:
        return Subscribing(self.house)

    def ask(self, email: str = "anna@example.net", language: str = "en", **more: Any) -> Taken:
        offer = self.subscribing.offer(language)
        assert offer
        seen = {"personal": offer.personal.id, "advertising": offer.advertising.id, "network": "198.51.100.0/24"}
        return self.subscribing.ask(Asking.model_validate({"email": email, "language": language} | seen | more))

    def send(self) -> list[Letter]:
        """Send what is due; returns what went just now."""
        before = len(self.mailer.got)
        make_known(CONFIRM, {CONFIRM}, confirm_links)
        send(self.house.engine, self.mailer, self.clock, now=lambda: self.clock.at, render=Writer(self.house))
        return self.mailer.got[before:]

    def confirm(self, letter: Letter) -> Answered | None:
        return self.subscribing.confirm(key_in(letter))

    def rows(self, table: type[Any], *where: Any) -> list[Any]:
        with self.house.sessions() as session:
            return list(session.execute(select(table).where(*where).order_by(*table.__table__.primary_key)).scalars())

    def said(self) -> list[tuple[str, str]]:
        return [(line.purpose, line.act) for line in self.rows(ConsentAct)]

    def is_open(self, email: str = "anna@example.net") -> bool:
        [way] = self.rows(Address, col(Address.value) == email)
        return bool(way.open)

    def counts(self) -> tuple[int, ...]:
        return tuple(len(self.rows(table)) for table in (Customer, Address, Subscription, Message))


def site_of(
    root: Path, engine: Engine, consents: str = CONSENTS, mailers: str = MAILERS, company: str = COMPANY
) -> Site:  # fmt: skip
    clock = SetClock(NOW)
    root.mkdir(parents=True, exist_ok=True)
    (root / "consents.yaml").write_text(consents)
    (root / "mailers.yaml").write_text(mailers)
    return Site(furnished(root, engine, {"fake": FakeChannel()}, clock, company=company), clock)


def text_of(letter: Letter) -> str:
    return filled(letter.form.text, letter.values)


def key_in(letter: Letter) -> str:
    return text_of(letter).partition("https://cups.example/s/")[2].partition(">")[0]
