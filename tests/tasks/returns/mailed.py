"""A house that has mailed: customers with consents, a mailing with links, letters in the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customers import Act, Address, AddressKind, ConsentAct, Customer, Purpose, Suppression
from models.database import SetClock
from models.delivery import State
from models.letters import Happening, MailNews
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, Message, Stage
from tasks.consents import rows as consents
from tasks.returns import marks
from tests.fakes import NOW
from tests.tasks.returns.mails import printed

SENT = NOW - timedelta(hours=1)
LINKS = {1: "https://shop.example/tea", 2: "https://shop.example/cups?a=1", 3: "https://shop.example/sale"}


def email(n: int) -> str:
    return f"customer{n}@example.net"


@dataclass
class Mailed:
    sessions: sessionmaker[Session]
    clock: SetClock

    def customers(self, number: int, kinds: tuple[AddressKind, ...] = (AddressKind.EMAIL,)) -> None:
        """Customers 1 to `number`, who have agreed to everything a month ago."""
        then = NOW - timedelta(days=30)
        with self.sessions.begin() as session:
            for n in range(1, number + 1):
                session.add(Customer(id=n, code=f"c{n}", name=f"Customer {n}", created_at=then, changed_at=then))
            session.flush()
            lines = []
            for n in range(1, number + 1):
                lines.append(consent(n, "", "", Purpose.PERSONAL, then))
                for kind in kinds:
                    value = {"email": email(n), "phone": f"+7900000{n:04}", "telegram": f"name_{n}"}[kind]
                    print_ = printed(kind, value)
                    session.add(Address(customer_id=n, kind=kind, value=value, written=value, print=print_, since=then))
                    lines.append(consent(n, kind, print_, Purpose.ADVERTISING, then))
            session.flush()
            consents.record(session, lines)
            consents.follow(session, self.clock, col(Address.id) > 0)

    def mailing(self, key: str = "winter", links: dict[int, str] | None = None, stage: Stage = Stage.SENT) -> int:
        """A mailing with one approved version, whose variants A and B have the same links."""
        with self.sessions.begin() as session:
            made = Mailing(key=key, title="Зима", stage=stage, approved_hash="h1", made_at=SENT)
            session.add(made)
            session.flush()
            version = MailingVersion(mailing_id=made.id or 0, n=1, hash="h1", made_at=SENT)
            session.add(version)
            session.flush()
            session.add_all(
                MailLink(version_id=version.id or 0, variant=variant, n=n, url=url, label=f"link {n}")
                for variant in "AB" for n, url in (LINKS if links is None else links).items()
            )  # fmt: skip
            return made.id or 0

    def letter(self, customer: int, mailing: int = 1, state: State = State.SENT, **more: Any) -> int:
        usual: dict[str, Any] = {
            "mailing_id": mailing, "customer_id": customer, "kind": "email", "account": "smtp", "state": state,
            "print": printed("email", email(customer)), "due_at": SENT, "sent_at": SENT,
        }  # fmt: skip
        with self.sessions.begin() as session:
            made = Message(**(usual | more))
            session.add(made)
            session.flush()
            return made.id or 0

    def rows(self, table: type[Any]) -> list[Any]:
        with self.sessions() as session:
            return list(session.execute(select(table).order_by(table.id)).scalars())

    def open(self, customer: int) -> dict[str, bool]:
        return {way.kind: way.open for way in self.rows(Address) if way.customer_id == customer}

    def state(self, id: int) -> State:
        with self.sessions() as session:
            return State(session.get_one(Message, id).state)

    def events(self) -> list[tuple[str, bool, bool]]:
        return [(event.what, event.hard, event.robot) for event in self.rows(MailEvent)]

    def barred(self) -> list[tuple[str, str, str]]:
        return [(line.why, line.source, line.note) for line in self.rows(Suppression)]

    def said(self, act: Act = Act.WITHDRAWN) -> Iterator[ConsentAct]:
        return (line for line in self.rows(ConsentAct) if line.act == act and line.via == "letter")


def consent(customer: int, kind: str, print_: str, purpose: Purpose, at: datetime) -> dict[str, Any]:
    return {
        "once": f"{print_ or customer}:{purpose.value}:{at.isoformat()}", "customer_id": customer, "act": "given",
        "purpose": purpose.value, "kind": kind, "print": print_, "wording": "v1", "via": "form", "source": "",
        "proof": "p", "at": at, "recorded_at": at, "recorded_by": "",
    }  # fmt: skip


def news(what: Happening, letter: int, once: str = "", at: datetime = NOW, **more: Any) -> MailNews:
    mark = marks.mark_of(printed, letter)
    return MailNews(what=what, at=at, once=once or f"{what}:{letter}", key=mark, **more)
