"""Mailings to many at once, as rows: letters, what came back, what was bought."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from models.customers import Customer
from models.letters import Happening
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, Message, Stage
from models.purchases import Receipt
from tests.fakes import NOW

SENT = NOW - timedelta(days=3)
USUAL = {
    "kind": "email", "occasion": "", "print": "", "variant": "A", "account": "smtp", "domain": "", "zone": "",
    "state": "sent", "due_at": SENT, "token": 0, "generation": 0, "attempts": 0, "pieces": 1, "remote_id": "",
    "why": "", "sent_at": SENT, "settled_at": SENT,
}  # fmt: skip


class Crowd:
    """Whoever was written to; customers are numbered as their letters of the first mailing are."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions, self.events, self.receipts = sessions, 0, 0

    def customers(self, number: int) -> None:
        rows = [{"id": n, "created_at": SENT, "changed_at": SENT} for n in range(1, number + 1)]
        with self.sessions.begin() as session:
            session.execute(insert(Customer), rows)

    def mailing(self, key: str = "winter", variants: Iterable[str] = "A", **more: Any) -> int:
        usual: dict[str, Any] = {
            "key": key, "title": "Зима", "stage": Stage.SENT, "approved_hash": "h", "account": "smtp", "made_at": SENT,
            "listed_at": SENT, "finished_at": SENT, "made_by": "olga", "groups": {"include": ["tea"]},
        }  # fmt: skip
        with self.sessions.begin() as session:
            made = Mailing(**(usual | more))
            session.add(made)
            session.flush()
            document = {"key": key, "title": "Зима", "variants": [{"name": one, "subject": f"Тема {one}"}
                                                                 for one in variants]}  # fmt: skip
            version = MailingVersion(mailing_id=made.id or 0, n=1, hash="h", made_at=SENT, document=document)
            session.add(version)
            session.flush()
            session.add_all(
                MailLink(version_id=version.id or 0, variant=one, n=n, url=f"https://shop.example/{n}",
                         label=f"Чай {n}")
                for one in variants for n in (1, 2)
            )  # fmt: skip
            return made.id or 0

    def letters(self, customers: Iterable[int], mailing: int = 1, **more: Any) -> None:
        if more.get("state", "sent") not in ("sent", "confirmed"):
            more = {"sent_at": None} | more
        rows = [USUAL | {"mailing_id": mailing, "customer_id": customer} | more for customer in customers]
        with self.sessions.begin() as session:
            session.execute(insert(Message), rows)

    def happened(
        self, what: Happening, letters: Iterable[int], mailing: int = 1, at: datetime = SENT + timedelta(hours=1),
        **more: Any,
    ) -> None:  # fmt: skip
        rows = []
        for letter in letters:
            self.events += 1
            rows.append({"message_id": letter, "mailing_id": mailing, "what": what.value, "once": f"e{self.events}",
                         "robot": False, "hard": False, "link": None, "code": "", "source": "web", "at": at,
                         "recorded_at": at} | more)  # fmt: skip
        with self.sessions.begin() as session:
            if rows:
                session.execute(insert(MailEvent), rows)

    def bought(self, customers: Iterable[int], amount: int = 1000, at: datetime = SENT + timedelta(hours=5)) -> None:
        rows = []
        for customer in customers:
            self.receipts += 1
            rows.append({"key": f"r{self.receipts}", "customer_id": customer, "whose": "", "at": at, "outlet": "",
                         "amount": amount, "said": "", "load_id": 0})  # fmt: skip
        with self.sessions.begin() as session:
            session.execute(insert(Receipt), rows)
