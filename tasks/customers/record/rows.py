"""Customers looked for, counted, looked at and erased. Sessions are given; nothing here opens or commits one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.customers import Act, Address, ConsentAct, Customer, CustomerLoad, Purpose
from models.database import Clock, portions
from models.loyalty import Card
from models.purchases import PurchaseLine, Receipt
from tasks.consents.rows import agreed, is_barred
from tasks.customers.record.asking import Asked
from tasks.loyalty.numbers import read

NAME = col(Customer.name)
Print = tuple[str, str]  # kind, print


def total(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Customer)).scalar_one()


def reach_of_all(session: Session, clock: Clock) -> Counter[tuple[str, str]]:
    """How many addresses there are by kind and by why no advertising may go there: `tasks.consents.rows.reach` of all.

    The open ones are counted as they are kept; of each of the others an index is asked for the first reason there is.
    """
    each = select(col(Address.kind), why_not(clock.plus()).label("why")).subquery()
    counted = select(each.c.kind, each.c.why, func.count()).group_by(each.c.kind, each.c.why)
    return Counter({(kind, said): number for kind, said, number in session.execute(counted).tuples()})


def why_not(now: Any) -> ColumnElement[str]:
    """The code of the first reason why no advertising may go to an address, "" where it may."""
    return case(
        (col(Address.open), ""),
        (is_barred(), "barred"),
        (~agreed(Purpose.PERSONAL, now, "customer_id", col(Address.customer_id)), "personal"),
        (_said(Act.WITHDRAWN, now), "withdrawn"),
        (_said(Act.ASKED, now), "asked"),
        else_="not_agreed",
    )


def _said(act: Act, now: Any) -> ColumnElement[bool]:
    """Whether this was ever said of advertising to the address."""
    about = (col(ConsentAct.print) == col(Address.print), col(ConsentAct.purpose) == Purpose.ADVERTISING)
    return exists().where(*about, col(ConsentAct.act) == act, col(ConsentAct.at) <= now)


def search(session: Session, wanted: Asked, most: int) -> tuple[list[int], bool]:
    """The ids of whom this may be, those named exactly first; True where there are more than so many."""
    found: dict[int, None] = {}
    for query in _queries(wanted, most + 1):
        found |= dict.fromkeys(session.execute(query).scalars())
    return list(found)[:most], len(found) > most


def _queries(wanted: Asked, most: int) -> Iterator[Select[Any]]:
    if wanted.number:
        yield select(col(Customer.id)).where(col(Customer.id) == wanted.number)
    if wanted.code:
        yield select(col(Customer.id)).where(col(Customer.code) == wanted.code)
    if card := read(wanted.code):
        yield select(col(Card.customer_id)).where(col(Card.number) == card, col(Card.customer_id).is_not(None))
    for one in wanted.addresses:
        yield select(col(Address.customer_id)).where(
            col(Address.kind) == one.kind, col(Address.value) == one.value
        )  # fmt: skip
    if wanted.begins:
        begins = [func.substr(NAME, place, 1).in_(sorted(one)) for place, one in enumerate(wanted.begins, 1)]
        yield select(col(Customer.id)).where(*begins).order_by(col(Customer.id)).limit(most)


def customers(session: Session, ids: Sequence[int]) -> list[Customer]:
    """These customers in the order they are named in."""
    found = {one.id: one for one in session.execute(select(Customer).where(col(Customer.id).in_(ids))).scalars()}
    return [found[id] for id in ids if id in found]


def customer(session: Session, id: int) -> Customer | None:
    return session.get(Customer, id)


def held(session: Session, id: int) -> Customer | None:
    """The same; nobody else gives them anything until this transaction ends, or it waits for whoever does."""
    return session.get(Customer, id, with_for_update=True)


def addresses(session: Session, ids: Sequence[int]) -> list[Address]:
    """The addresses of these customers, in the order of their kinds."""
    query = select(Address).where(col(Address.customer_id).in_(ids))
    return list(session.execute(query.order_by(col(Address.kind), col(Address.id))).scalars())


def loads(session: Session, most: int) -> list[CustomerLoad]:
    """The last loadings of tables, the newest first."""
    return list(session.execute(select(CustomerLoad).order_by(col(CustomerLoad.id).desc()).limit(most)).scalars())


def load(session: Session, id: int) -> CustomerLoad | None:
    return session.get(CustomerLoad, id)


def bought(session: Session, id: int) -> tuple[int, int, datetime | None, datetime | None]:
    """How many receipts the customer has, what they come to, and when the first and the last was."""
    at, amount = col(Receipt.at), func.coalesce(func.sum(Receipt.amount), 0)
    query = select(func.count(), amount, func.min(at), func.max(at)).where(col(Receipt.customer_id) == id)
    number, total, first, last = session.execute(query).tuples().one()
    return number, int(total), first, last


def receipts(session: Session, id: int, most: int | None) -> list[Receipt]:
    """The customer's receipts, the newest first."""
    newest = (col(Receipt.at).desc(), col(Receipt.id).desc())
    mine = select(Receipt).where(col(Receipt.customer_id) == id)
    return list(session.execute(mine.order_by(*newest).limit(most)).scalars())


def lines(session: Session, of: Sequence[int]) -> Iterator[PurchaseLine]:
    """The lines of these receipts, each receipt's in their order."""
    for some in portions(of):
        query = select(PurchaseLine).where(col(PurchaseLine.receipt_id).in_(some))
        yield from session.execute(query.order_by(col(PurchaseLine.receipt_id), col(PurchaseLine.n))).scalars()


def prints_of(session: Session, id: int) -> list[Print]:
    """By which prints the customer is known: of the addresses they have, and of former ones that nobody else has."""
    now = select(col(Address.kind), col(Address.print)).where(col(Address.customer_id) == id)
    other = aliased(Address)
    taken = exists().where(col(other.print) == col(ConsentAct.print), col(other.customer_id) != id)
    mine = (col(ConsentAct.customer_id) == id, col(ConsentAct.print) != "")
    before = select(col(ConsentAct.kind), col(ConsentAct.print)).where(*mine, ~taken).distinct()
    told = chain(session.execute(now).tuples(), session.execute(before).tuples())
    return list(dict.fromkeys((kind, print_) for kind, print_ in told))


def erase(session: Session, id: int) -> int:
    """Remove the customer and their addresses; returns how many those were. The ledger stays: it names prints."""
    gone = session.execute(delete(Address).where(col(Address.customer_id) == id).returning(col(Address.id))).all()
    session.execute(delete(Customer).where(col(Customer.id) == id))
    return len(gone)


def receipts_kept(session: Session, id: int) -> int:
    return session.execute(select(func.count()).where(col(Receipt.customer_id) == id)).scalar_one()


def lines_kept(session: Session, id: int) -> int:
    """How many lines of the ledger name this customer by number."""
    return session.execute(select(func.count()).where(col(ConsentAct.customer_id) == id)).scalar_one()
