"""A small department of mailings for tests: customers with open addresses, a mailing, and its letters."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customers import Address, Customer
from models.database import Clock, only_looking
from models.delivery import State
from models.letters import Letter, LetterForm
from models.mailers import MailerCard
from models.mailings import Mailing, Message, Stage
from models.reason import Reason
from tasks.mailing.engine import Sender
from tasks.mailing.jobs import Due, Going, Tally, Terms
from tasks.returns.marks import letter_key
from tests.fakes import NOW

CARD = MailerCard(key="post", provider="fake", title="Post", sender="news@example.org")
FORM = LetterForm(id="1:A", sender="news@example.org", subject=("Hello, ", 0), text=("Hello, ", 0, "!\n"))
A_DAY = timedelta(days=1)


def printed(kind: str, value: str) -> str:
    from hashlib import sha256

    return sha256(f"{kind} {value}".encode()).hexdigest()


def people(session: Session, number: int, first: int = 1, domain: str = "example.org", opened: bool = True) -> None:
    """Customers with an e-mail address each, by which advertising may go."""
    ids = range(first, first + number)
    session.execute(insert(Customer), [
        {"id": id, "name": f"Name {id}", "created_at": NOW, "changed_at": NOW} for id in ids
    ])  # fmt: skip
    session.execute(insert(Address), [
        {"id": id, "customer_id": id, "kind": "email", "value": f"c{id}@{domain}", "written": f"c{id}@{domain}",
         "print": f"print {id}", "open": opened, "since": NOW}
        for id in ids
    ])  # fmt: skip


def mailing(session: Session, id: int = 1, stage: Stage = Stage.SENDING, **fields: Any) -> None:
    said = {"key": f"m{id}", "title": f"Mailing {id}", "account": "post", "approved_hash": f"hash {id}",
            "due_at": NOW, "made_at": NOW} | fields  # fmt: skip
    session.add(Mailing(id=id, stage=stage, **said))
    session.flush()


def letters(session: Session, customers: Sequence[int], mailing: int = 1, **fields: Any) -> None:
    said = {"mailing_id": mailing, "kind": "email", "account": "post", "state": State.PLANNED, "due_at": NOW,
            "occasion": "", "print": "", "variant": "A", "domain": "", "zone": "", "token": 0, "generation": 0,
            "attempts": 0, "pieces": 0, "remote_id": "", "why": ""} | fields  # fmt: skip
    session.execute(insert(Message), [said | {"customer_id": id} for id in customers])


def render(mailing: Going, due: Sequence[tuple[Due, str]]) -> list[Letter | Reason]:
    return [
        Letter(one.id, letter_key(mark, one.generation), one.written, FORM, (one.person["name"],)) for one, mark in due
    ]


def sender(database: Engine, mailer: Any, clock: Clock, card: MailerCard = CARD, **more: Any) -> Sender:
    given = {"now": lambda: NOW, "stop": Event(), "terms": Terms(), "render": render, "worker": "w1"} | more
    return Sender(
        sessionmaker(database, expire_on_commit=False), sessionmaker(only_looking(database), expire_on_commit=False),
        clock, card, mailer, given.pop("render"), printed, given.pop("worker"), "Europe/Moscow", **given,
    )  # fmt: skip


def send(database: Engine, mailer: Any, clock: Clock, **more: Any) -> Tally:
    return sender(database, mailer, clock, **more).run(A_DAY)


def states(session: Session, mailing: int = 1) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in session.execute(select(col(Message.state)).where(col(Message.mailing_id) == mailing)).scalars():
        found[state] = found.get(state, 0) + 1
    return found


def later(moment: datetime, **length: float) -> datetime:
    return moment + timedelta(**length)
