"""Subscriptions as rows. Sessions are given; nothing here opens or commits one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.consent_texts import Wording
from models.customers import Act, Address, ConsentAct, Customer, Purpose
from models.database import portions
from models.mailings import Message
from models.purchases import Receipt
from models.subscriptions import ConsentWording, Subscription
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.house import House
from tasks.mailing.jobs import Due
from tasks.mailing.standing.rows import numbered
from tasks.subscribing.keys import key_of, path_of
from tasks.subscribing.links import MAILING

WORDING: Table = ConsentWording.__table__  # type: ignore[attr-defined]
A_DAY = timedelta(days=1)
VIA = "form"


def asked_lately(session: Session, now: datetime, print_: str, network: str) -> tuple[int, int]:
    """How often this address, and this network, has asked within a day."""
    lately = col(Subscription.asked_at) > now - A_DAY
    count = select(func.count()).select_from(Subscription).where(lately)
    of_address = session.execute(count.where(col(Subscription.print) == print_)).scalar_one()
    of_network = session.execute(count.where(col(Subscription.network) == network)).scalar_one() if network else 0
    return of_address, of_network


def keep_wordings(session: Session, now: datetime, wordings: Sequence[Wording]) -> None:
    """Keep these words as they were shown; those that are kept already stay as they are."""
    rows = [one.model_dump(exclude={"purpose"}) | {"wording": one.id, "purpose": one.purpose.value, "first_at": now}
            for one in wordings]  # fmt: skip
    session.execute(insert_quietly(session, WORDING, ["wording"]), rows)


def changed_in_place(session: Session) -> list[tuple[str, str, str]]:
    """Texts that were changed without a new version, as purpose, version and language: of these, several are kept."""
    of = (col(ConsentWording.purpose), col(ConsentWording.version), col(ConsentWording.language))
    query = select(*of).group_by(*of).having(func.count() > 1).order_by(*of)
    return [(purpose, version, language) for purpose, version, language in session.execute(query).tuples()]


def add(session: Session, row: Subscription) -> int:
    session.add(row)
    session.flush()
    return row.id or 0


def subscription(session: Session, id: int) -> Subscription | None:
    return session.get(Subscription, id)


def owner(session: Session, kind: str, print_: str) -> Address | None:
    """The address with this print, if anybody has it now."""
    query = select(Address).where(col(Address.print) == print_, col(Address.kind) == kind)
    return session.execute(query).scalars().first()


def lines_of(
    row: Subscription, customer: int, act: Act, via: str, proof: str, at: datetime
) -> list[dict[str, Any]]:  # fmt: skip
    """What the ledger of consents is told: to personal data the customer's own, to advertising the address's."""
    line = {
        "customer_id": customer, "act": act.value, "via": via, "source": row.site or "site", "proof": proof, "at": at,
        "recorded_at": at, "recorded_by": "",
    }  # fmt: skip
    stamp = f"{act.value}:{at.isoformat()}"
    personal, advertising = Purpose.PERSONAL.value, Purpose.ADVERTISING.value
    return [
        line | {"purpose": personal, "kind": "", "print": "", "wording": row.personal,
                "once": f"{customer}:{personal}:{stamp}"},
        line | {"purpose": advertising, "kind": row.kind, "print": row.print, "wording": row.advertising,
                "once": f"{row.print}:{advertising}:{stamp}"},
    ]  # fmt: skip


def letter_of(session: Session, subscription: int) -> int:
    """The number of the letter that asked to confirm this; 0 where none has gone."""
    ours = (col(Message.mailing_id).in_(numbered(session, MAILING)), col(Message.occasion) == str(subscription))
    query = select(func.max(Message.id)).where(*ours)
    return session.execute(query).scalar() or 0


def confirm_links(house: House, session: Session, due: Sequence[Due]) -> dict[int, str]:
    """The address of the page with the button, for each of these letters that asks to confirm; no other has one."""
    ours = numbered(session, MAILING)
    return {
        one.id: f"{house.public_url}{path_of(key_of(house.printed, int(one.occasion)))}"
        for one in due if one.mailing_id in ours and one.occasion.isdecimal()
    }  # fmt: skip


def confirm(session: Session, id: int, at: datetime) -> bool:
    """It is confirmed from now on; of two presses at once one has done it."""
    change = update(Subscription).where(
        col(Subscription.id) == id, col(Subscription.confirmed_at).is_(None), col(Subscription.forgotten_at).is_(None)
    )
    done = session.execute(change.values(confirmed_at=at), execution_options=QUICK)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_networks(session: Session, now: datetime) -> None:
    """Where somebody came from is kept for the day in which it is counted."""
    old = update(Subscription).where(col(Subscription.network) != "", col(Subscription.asked_at) < now - A_DAY)
    session.execute(old.values(network=""), execution_options=QUICK)


def never_confirmed(session: Session, before: datetime) -> list[tuple[int, int, bool]]:
    """What was asked for before this and never confirmed, as (number, customer, whether they were new by it)."""
    query = select(col(Subscription.id), col(Subscription.customer_id), col(Subscription.made)).where(
        col(Subscription.confirmed_at).is_(None), col(Subscription.forgotten_at).is_(None),
        col(Subscription.asked_at) < before,
    )  # fmt: skip
    return [(id or 0, customer, made) for id, customer, made in session.execute(query).tuples()]


def strangers(session: Session, customers: Sequence[int], before: datetime) -> list[int]:
    """Of these, whoever nothing is known of but an address that somebody wrote into the form.

    Who has bought, agreed to anything, came in a table or by a till, was given a name or a second address, or asked
    again since then is none.
    """
    other = aliased(Address)
    given = exists().where(col(ConsentAct.act) != Act.ASKED, or_(
        col(ConsentAct.customer_id) == col(Customer.id),
        exists().where(col(Address.customer_id) == col(Customer.id), col(Address.print) == col(ConsentAct.print)),
    ))  # fmt: skip
    again = exists().where(col(Subscription.customer_id) == col(Customer.id), or_(
        col(Subscription.confirmed_at).is_not(None), col(Subscription.asked_at) >= before
    ))  # fmt: skip
    two = exists().where(and_(
        col(Address.customer_id) == col(Customer.id), col(other.customer_id) == col(Customer.id),
        col(other.id) != col(Address.id),
    ))  # fmt: skip
    bought = exists().where(col(Receipt.customer_id) == col(Customer.id))
    found: list[int] = []
    for some in portions(sorted(set(customers))):
        query = select(col(Customer.id)).where(
            col(Customer.id).in_(some), col(Customer.code).is_(None), col(Customer.load_id) == 0,
            col(Customer.name) == "", col(Customer.birthday) == "", ~given, ~again, ~two, ~bought,
        )  # fmt: skip
        found += [id or 0 for id in session.execute(query).scalars()]
    return found


def forget(session: Session, subscriptions: Sequence[int], customers: Sequence[int], at: datetime) -> None:
    """These subscriptions are over, and of these customers nothing personal stays; the ledger names their prints."""
    for some in portions(customers):
        session.execute(delete(Address).where(col(Address.customer_id).in_(some)), execution_options=QUICK)
        session.execute(delete(Customer).where(col(Customer.id).in_(some)), execution_options=QUICK)
    for some in portions(subscriptions):
        change = update(Subscription).where(col(Subscription.id).in_(some)).values(forgotten_at=at)
        session.execute(change, execution_options=QUICK)


def counts(session: Session) -> Mapping[str, int]:
    """How many subscriptions wait, are confirmed, were forgotten."""
    of = (func.count(), func.count(col(Subscription.confirmed_at)), func.count(col(Subscription.forgotten_at)))
    total, confirmed, forgotten = session.execute(select(*of)).one()
    return {"waiting": total - confirmed - forgotten, "confirmed": confirmed, "forgotten": forgotten}
