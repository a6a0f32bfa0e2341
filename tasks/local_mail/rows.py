"""Letters of local mailers, read from the ledger. Sessions are given; nothing here opens or commits one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, AddressKind, Customer
from models.delivery import State
from models.letters import Happening
from models.mailings import MailEvent, Mailing, MailingVersion, MailLink, MailTest, Message
from tasks.delivery.statements import QUICK

MAILINGS_MOST, EVENTS_MOST = 200, 100
ERASED = "erased"  # why a test letter is not there any more
ADDRESS_OF_LETTER = and_(
    col(Address.customer_id) == col(Message.customer_id), col(Address.kind) == col(Message.kind),
    col(Address.print) == col(Message.print),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A letter with its mailing and whom it went to; `customer` is None for somebody who was erased."""

    message: Message
    title: str
    customer: Customer | None
    address: str


def _mine(accounts: Collection[str]) -> tuple[Any, ...]:
    """Mailings first: they are few, and their letters are found by what went when."""
    of = select(col(Mailing.id)).where(or_(col(Mailing.account).in_(accounts), col(Mailing.cascade).in_(accounts)))
    is_there = (col(Message.sent_at).is_not(None), col(Message.remote_id) != "")
    return (col(Message.mailing_id).in_(of), col(Message.account).in_(accounts), *is_there)


def _rows() -> Any:
    return (
        select(Message, col(Mailing.title), Customer, col(Address.value))
        .join(Mailing, col(Mailing.id) == col(Message.mailing_id))
        .join(Customer, col(Customer.id) == col(Message.customer_id), isouter=True)
        .join(Address, ADDRESS_OF_LETTER, isouter=True)
    )


def letters(
    session: Session, accounts: Collection[str], mailing: int, customer: int, before: int, most: int
) -> list[Row]:
    """The letters that local mailers put down, the newest first, behind so many; of one mailing or one customer."""
    wanted = _rows().where(*_mine(accounts))
    wanted = wanted.where(col(Message.mailing_id) == mailing) if mailing else wanted
    wanted = wanted.where(col(Message.customer_id) == customer) if customer else wanted
    newest = (col(Message.sent_at).desc(), col(Message.id).desc())
    found = session.execute(wanted.order_by(*newest).offset(before).limit(most)).tuples()
    return [Row(message, title, whose, address or "") for message, title, whose, address in found]


def letter(session: Session, id: int) -> Row | None:
    found = session.execute(_rows().where(col(Message.id) == id)).tuples().first()
    return Row(found[0], found[1], found[2], found[3] or "") if found else None


def mailings(session: Session, accounts: Collection[str]) -> list[tuple[int, str]]:
    """The mailings that local mailers send, the newest first."""
    of = or_(col(Mailing.account).in_(accounts), col(Mailing.cascade).in_(accounts))
    query = select(col(Mailing.id), col(Mailing.title)).where(of, col(Mailing.listed_at).is_not(None))
    found = session.execute(query.order_by(col(Mailing.id).desc()).limit(MAILINGS_MOST)).tuples()
    return [(int(id or 0), title) for id, title in found]


def subjects(session: Session, mailings: Collection[int]) -> dict[tuple[int, str], str]:
    """What the variants of mailings are headed with: of the version that was approved, else of the last."""
    approved = (col(MailingVersion.hash) == col(Mailing.approved_hash)).desc()
    found: dict[tuple[int, str], str] = {}
    for mailing in sorted(mailings):
        query = (
            select(col(MailingVersion.document)).join(Mailing, col(Mailing.id) == col(MailingVersion.mailing_id))
            .where(col(Mailing.id) == mailing).order_by(approved, col(MailingVersion.n).desc()).limit(1)
        )  # fmt: skip
        document = session.execute(query).scalar() or {}
        for one in document.get("variants") or ():
            found[mailing, str(one.get("name", "A"))] = str(one.get("subject", ""))
    return found


def came(session: Session, letters: Sequence[int]) -> dict[int, list[Happening]]:
    """What came back about letters, each kind once; what machines did is left out."""
    what = (col(MailEvent.message_id), col(MailEvent.what))
    query = select(*what).where(col(MailEvent.message_id).in_(letters), ~col(MailEvent.robot)).distinct()
    found: dict[int, list[Happening]] = {}
    for id, happening in session.execute(query).tuples():
        found.setdefault(id, []).append(Happening(happening))
    order = list(Happening)
    return {id: sorted(told, key=order.index) for id, told in found.items()}


def events(session: Session, letter: int) -> list[MailEvent]:
    query = select(MailEvent).where(col(MailEvent.message_id) == letter)
    return list(session.execute(query.order_by(col(MailEvent.at), col(MailEvent.id)).limit(EVENTS_MOST)).scalars())


def links(session: Session, mailing: int, variant: str) -> dict[int, str]:
    """Where the links of a variant lead, by their numbers; the last version's word counts."""
    query = (
        select(col(MailLink.n), col(MailLink.url))
        .join(MailingVersion, col(MailingVersion.id) == col(MailLink.version_id))
        .where(col(MailingVersion.mailing_id) == mailing, col(MailLink.variant) == variant)
        .order_by(col(MailingVersion.n))
    )  # fmt: skip
    return dict(session.execute(query).tuples().all())


def customer_of(session: Session, email: str) -> int:
    """Whose e-mail this is; 0 where it is nobody's."""
    query = select(col(Address.customer_id)).where(col(Address.kind) == AddressKind.EMAIL, col(Address.value) == email)
    return session.execute(query.order_by(col(Address.id)).limit(1)).scalar() or 0


def of_erased(session: Session, accounts: Collection[str], most: int) -> list[tuple[int, str, str]]:
    """Letters of customers who were erased, as (id, account, file), of which the file may still be there."""
    whose = select(col(Customer.id)).where(col(Customer.id) == col(Message.customer_id)).exists()
    query = select(col(Message.id), col(Message.account), col(Message.remote_id)).where(*_mine(accounts), ~whose)
    return [(int(id or 0), account, file) for id, account, file in session.execute(query.limit(most)).tuples()]


def files_gone(session: Session, letters: Collection[int]) -> None:
    session.execute(update(Message).where(col(Message.id).in_(letters)).values(remote_id=""), execution_options=QUICK)


# Tests for colleagues: a letter each, written as a customer or as somebody made up.

NAMED = col(MailTest.customer_id) != 0
WHOSE = select(col(Customer.id)).where(col(Customer.id) == col(MailTest.customer_id)).exists()


def _tests(accounts: Collection[str]) -> Any:
    there = (col(MailTest.state) == State.SENT, col(MailTest.why) != ERASED)
    mine = select(MailTest, col(Mailing.title)).join(Mailing, col(Mailing.id) == col(MailTest.mailing_id))
    return mine.where(col(MailTest.account).in_(accounts), *there)


def tests(session: Session, accounts: Collection[str], mailing: int, most: int) -> list[tuple[MailTest, str]]:
    """The newest test letters that local mailers put down, with their mailings' titles; of one mailing or all."""
    wanted = _tests(accounts).where(or_(~NAMED, WHOSE))
    wanted = wanted.where(col(MailTest.mailing_id) == mailing) if mailing else wanted
    return list(session.execute(wanted.order_by(col(MailTest.id).desc()).limit(most)).tuples())


def test(session: Session, accounts: Collection[str], id: int) -> tuple[MailTest, str] | None:
    wanted = _tests(accounts).where(or_(~NAMED, WHOSE), col(MailTest.id) == id)
    found = session.execute(wanted).tuples().first()
    return (found[0], found[1]) if found else None


def tests_of_erased(session: Session, accounts: Collection[str], most: int) -> list[MailTest]:
    """Tests that were written as customers who have been erased since."""
    return list(session.execute(_tests(accounts).where(NAMED, ~WHOSE).limit(most)).scalars())


def tests_gone(session: Session, ids: Collection[int]) -> None:
    session.execute(update(MailTest).where(col(MailTest.id).in_(ids)).values(why=ERASED), execution_options=QUICK)
