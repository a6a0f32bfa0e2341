"""An office that mails: a house with a company, mailers of our own, customers in groups, products in the feed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.mailers.base import MailerCapabilities
from models.customer_groups import CustomerGroup, GroupMember
from models.customers import Address, AddressKind, Customer
from models.database import SetClock
from models.mailing_orders import (
    APPROVE,
    AskMailingForm,
    DecideMailingForm,
    MakeMailingForm,
    SaveMailingForm,
    SetUpMailingForm,
)
from models.mailings import Mailing, Message
from models.piece import OfferRow
from tasks.house import House
from tasks.mailing.asking.engine import Asking
from tasks.mailing.life.engine import Mailings
from tasks.mailing.running.engine import Running
from tasks.orders.answers import Report
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.mailing.fake_mailer import FakeMailer

COMPANY = """\
name: Seven Cups
locale: en
zone: Europe/Moscow
currency: RUB
synthetic: true
people:
  - {key: olga, name: Olga Author, email: olga@example.org, roles: [author]}
  - {key: marina, name: Marina Approver, email: marina@example.org, roles: [approver], deputy: vera}
  - {key: gleb, name: Gleb Technician, email: gleb@example.org, roles: [technician]}
  - {key: vera, name: Vera Head, email: vera@example.org, roles: [head]}
  - {key: nina, name: Nina Cashier, email: nina@example.org, roles: [cashier]}
outlets:
  - {key: arbat, name: Cups on the Arbat}
  - {key: far, name: Cups in the East, zone: Asia/Vladivostok}
approval: {approver: marina, proven_above: {recipients: 1000}}
mailings:
  imprint: {name: Seven Cups Ltd, address: "Sample Street 1, Moscow"}
  cap_number: 0
"""
CARDS = """\
mailers:
  - {key: post, provider: fake, title: Post, sender: news@example.org, sender_name: Seven Cups, price: "0.50"}
  - {key: sms, provider: fake, title: Short, price: "4"}
  - {key: old, provider: fake, title: Old one, enabled: false, sender: news@example.org}
"""


class ShortMailer(FakeMailer):
    """The same for phones."""

    capabilities = MailerCapabilities(kind=AddressKind.PHONE)


class FindingMailer(FakeMailer):
    """One that can be asked what became of a letter."""

    capabilities = MailerCapabilities(finds=True, call_timeout=timedelta(seconds=5))


@dataclass
class Office:
    house: House
    clock: SetClock
    post: FakeMailer
    sms: FakeMailer
    groups: dict[str, int] = field(default_factory=dict)

    # Who gets it.

    def customers(self, ids: Sequence[int], phones: Sequence[int] = (), opened: bool = True, **more: Any) -> None:
        """Customers with an open e-mail each; `phones` have an open phone too, or only a phone where not in ids."""
        with self.house.sessions.begin() as session:
            everybody = sorted({*ids, *phones})
            session.execute(insert(Customer), [
                {"id": id, "name": f"Name {id}", "created_at": NOW, "changed_at": NOW} | more for id in everybody
            ])  # fmt: skip
            rows = [self._address(id, "email", f"c{id}@example.org", opened) for id in ids]
            rows += [self._address(id, "phone", f"+7916000{id:04}", opened) for id in phones]
            session.execute(insert(Address), rows)

    @staticmethod
    def _address(id: int, kind: str, value: str, opened: bool) -> dict[str, Any]:
        print_ = sha256(f"{kind} {value}".encode()).hexdigest()
        return {"customer_id": id, "kind": kind, "value": value, "written": value, "print": print_, "open": opened,
                "since": NOW}  # fmt: skip

    def group(self, key: str, members: Sequence[int], control: Sequence[int] = ()) -> None:
        with self.house.sessions.begin() as session:
            row = CustomerGroup(key=key, title=key.title(), kind="static", seed=key, made_at=NOW, changed_at=NOW)
            session.add(row)
            session.flush()
            self.groups[key] = row.id or 0
            session.execute(insert(GroupMember), [
                {"group_id": row.id, "customer_id": id, "since": NOW, "control": id in control} for id in members
            ])  # fmt: skip

    def offers(self, **prices: int) -> None:
        with self.house.sessions.begin() as session:
            for id, price in prices.items():
                session.merge(OfferRow(id=id, name=f"Tea {id}", price=price, currency="RUB", url="", picture="",
                                       available=True, read_at=NOW))  # fmt: skip

    # What it says.

    def made(self, title: str = "Winter", **more: Any) -> int:
        report = Mailings(self.house).make(MakeMailingForm(title=title, person="olga", **more))
        assert not report.refusal, report.refusal
        return report.lines[0].id

    def document(self, id: int) -> dict[str, Any]:
        from tasks.mailing.life import rows

        with self.house.reads() as session:
            return dict(rows.last(session, id).document)

    def saved(self, id: int, *, person: str = "olga", seen: int = 0, **variant: Any) -> Report:
        """Save a letter that nothing stops, with these changes to its first variant."""
        said = self.document(id)
        said["variants"][0] = letter(**variant)
        return self.save(id, said, person=person, seen=seen)

    def save(self, id: int, document: Mapping[str, Any], person: str = "olga", seen: int = 0) -> Report:
        form = SaveMailingForm(mailing=id, document=json.dumps(document), seen=seen, person=person)
        return Mailings(self.house).save(form)

    def set_up(self, id: int, person: str = "olga", **more: Any) -> Report:
        usual = {"include": "tea", "account": "post", "at": "2026-11-23 13:00"}
        return Mailings(self.house).set_up(SetUpMailingForm(mailing=id, person=person, **usual | more))

    def ready(self, title: str = "Winter", **more: Any) -> int:
        """A mailing of which nothing is missing but its approval."""
        id = self.made(title)
        assert not self.saved(id).refusal
        report = self.set_up(id, **more)
        assert not report.refusal, report.refusal
        return id

    def ask(self, id: int, person: str = "olga") -> Report:
        return Asking(self.house).ask(AskMailingForm(mailing=id, person=person))

    def decide(self, id: int, decision: str = APPROVE, person: str = "marina", **more: Any) -> Report:
        proven = more.pop("proven", True)
        form = DecideMailingForm.model_validate({"mailing": id, "decision": decision, "person": person} | more)
        return Asking(self.house).decide(form, proven=proven)

    def approved(self, title: str = "Winter", **more: Any) -> int:
        id = self.ready(title, **more)
        for report in (self.ask(id), self.decide(id)):
            assert not report.refusal, (report.refusal, report.notes)
        return id

    # On its way.

    def at(self, **length: float) -> None:
        """Let time pass from the beginning of the test."""
        self.clock.at = NOW + timedelta(**length)

    def minute(self) -> Any:
        """What a run of the flow does."""
        running = Running(self.house)
        begun = running.begin_due()
        sent = running.send(timedelta(seconds=60))
        running.look_for_lost()
        running.finish()
        return begun, sent

    def row(self, id: int) -> Mailing:
        with self.house.reads() as session:
            return session.get_one(Mailing, id)

    def states(self, id: int) -> dict[str, int]:
        with self.house.reads() as session:
            found: dict[str, int] = {}
            for state in session.execute(select(col(Message.state)).where(col(Message.mailing_id) == id)).scalars():
                found[state] = found.get(state, 0) + 1
            return found

    def letters(self, id: int) -> list[Message]:
        with self.house.reads() as session:
            query = select(Message).where(col(Message.mailing_id) == id).order_by(col(Message.customer_id))
            return list(session.execute(query).scalars())

    def change(self, model: Any, where: Any, **values: Any) -> None:
        with self.house.sessions.begin() as session:
            session.execute(update(model).where(where).values(**values))

    def write(self) -> Session:
        return self.house.sessions()


def letter(**more: Any) -> dict[str, Any]:
    """A variant that passes every check."""
    usual: dict[str, Any] = {
        "name": "A", "subject": "Winter tea has come, {{ name | default('friends') }}",
        "preheader": "Three sorts for long evenings, and where to taste them",
        "blocks": [
            {"kind": "heading", "id": "heading", "text": "Winter tea has come"},
            {"kind": "text", "id": "text", "text": "Come and taste it, {{ first_name | default('friends') }}."},
            {"kind": "button", "id": "go", "label": "See them all", "link": "https://cups.example/tea"},
        ],
    }  # fmt: skip
    return usual | more


def open_office(root: Path, database: Engine, company: str = COMPANY, cards: str = CARDS, **fakes: Any) -> Office:
    clock = SetClock(NOW)
    post, sms = fakes.get("post") or FakeMailer(), fakes.get("sms") or ShortMailer()
    house = furnished(root, database, {"fake": FakeChannel()}, clock, company=company, cards=cards,
                      mailers={"post": post, "sms": sms, "old": FakeMailer()})  # fmt: skip
    return Office(replace(house, staff_url="https://staff.example"), clock, post, sms)
