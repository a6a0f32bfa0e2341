"""A house whose mailings have gone out: compiled as they are before they are approved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, Customer
from models.delivery import State
from models.letters import Ground
from models.mail_document import Block, Button, Coupon, MailDocument, MailVariant, Prose, ShownTo
from models.mailings import Mailing, MailingVersion, MailLink, Message, Stage
from tasks.composing.compiled import kept
from tasks.composing.compose import compose
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.house import House
from tests.fakes import NOW
from tests.tasks.composing.sample import BRAND, SITE

BLOCKS: tuple[Block, ...] = (
    Prose(id="hello", text='Hello, {{ first_name | default("friends") }}! You are in {{ city }}.'),
    Coupon(id="coupon", gives="10 %", shown_to=ShownTo(has=("coupon.code",))),
    Button(id="go", label="To the shop", link=f"{SITE}/tea?who={{{{ code }}}}"),
)


def letter(
    house: House, key: str = "week", subject: str = "News of the week", blocks: tuple[Block, ...] = BLOCKS,
    ground: Ground = Ground.ADVERTISING, at: datetime = NOW, **more: Any,
) -> int:  # fmt: skip
    """A mailing that has gone out, and its version; returns its number."""
    variant = MailVariant(subject=subject, blocks=blocks)
    document = MailDocument(key=key, title=f"Title of {key}", language="en", sender="news@example.org", ground=ground,
                            variants=(variant,))  # fmt: skip
    materials = Materials(BRAND, Imprint("Seven Cups", site=house.public_url), Doors.at(house.public_url))
    made = compose(document, materials)
    assert made.compiled, [str(problem) for problem in made.problems]
    usual: Mapping[str, Any] = {
        "key": key, "title": document.title, "ground": ground, "stage": Stage.SENT, "account": "post", "made_at": at,
        "approved_hash": f"hash of {key}", "due_at": at, "listed_at": at, "public": True,
    }  # fmt: skip
    with house.sessions.begin() as session:
        row = Mailing(**{**usual, **more})
        session.add(row)
        session.flush()
        add_version(session, row.id or 0, f"hash of {key}", kept(made.compiled), document, at)
        links = made.compiled.variants[0].links
        version = session.query(MailingVersion).order_by(col(MailingVersion.id).desc()).first()
        session.execute(insert(MailLink), [
            {"version_id": version.id if version else 0, "variant": "A", "n": one.number, "url": one.url, "label": ""}
            for one in links
        ])  # fmt: skip
        return row.id or 0


def add_version(
    session: Session, mailing: int, hash: str, compiled: str, document: MailDocument, at: datetime, n: int = 1
) -> None:
    session.add(MailingVersion(mailing_id=mailing, n=n, hash=hash, compiled=compiled, made_at=at,
                               document=document.model_dump(mode="json")))  # fmt: skip
    session.flush()


def sent(house: House, mailing: int, customer: int = 1, **more: Any) -> int:
    """Anna, and the letter that went to her; returns the letter's number."""
    with house.sessions.begin() as session:
        if session.get(Customer, customer) is None:
            session.add(Customer(id=customer, code="C1", name="Anna Peters", city="Kazan", created_at=NOW,
                                 changed_at=NOW))  # fmt: skip
            session.flush()
            session.add(Address(customer_id=customer, kind="email", value="anna@example.net", since=NOW,
                                written="anna@example.net", print="p", open=True))  # fmt: skip
        usual: dict[str, Any] = {"mailing_id": mailing, "customer_id": customer, "kind": "email", "account": "post",
                                 "state": State.SENT, "due_at": NOW, "sent_at": NOW + timedelta(minutes=1)}  # fmt: skip
        row = Message(**(usual | more))
        session.add(row)
        session.flush()
        return row.id or 0
