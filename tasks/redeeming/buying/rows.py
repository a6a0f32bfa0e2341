"""Whose a card or an address is, in which groups they are, whether they have bought before. Sessions are given."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select, union_all
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import CODE, Address, Customer
from models.loyalty import Card, CardState
from models.purchases import Receipt
from tasks.groups.belonging import groups_with
from tasks.loyalty.numbers import read
from tasks.redeeming.buying.asked import Known


def customers_of(session: Session, shown: Sequence[tuple[str, str]], named: int | None) -> frozenset[int]:
    """Whose these are: cards and addresses as (kind, value); `named` is a number, whose customer may be gone."""
    found: set[int] = set()
    for kind, value in shown:
        if kind == CODE:
            found |= _by_card(session, value)
        else:
            mine = (col(Address.kind) == kind, col(Address.value) == value)
            found |= set(session.execute(select(col(Address.customer_id)).where(*mine)).scalars())
    if named is not None:
        there = select(col(Customer.id)).where(col(Customer.id) == named)
        found |= {id for id in session.execute(there).scalars() if id is not None}
    return frozenset(found)


def names_of(session: Session, customers: Collection[int]) -> list[tuple[str, str]]:
    """All that these may show, as (kind, value): whoever did so before they were known has counted by it."""
    code, mine = literal(CODE), col(Address.customer_id).in_(customers)
    cards = (col(Card.customer_id).in_(customers), col(Card.state) == CardState.LIVE)
    query: Any = union_all(
        select(col(Address.kind), col(Address.value)).where(mine),
        select(code, col(Customer.code)).where(col(Customer.id).in_(customers), col(Customer.code).is_not(None)),
        select(code, col(Card.number)).where(*cards),
    )
    return list(session.execute(query).tuples())


def _by_card(session: Session, value: str) -> set[int]:
    """By the company's own code, or by a card of ours; one that was replaced still says whose it was."""
    asked = [select(col(Customer.id)).where(col(Customer.code) == value)]
    if number := read(value):
        asked.append(select(col(Card.customer_id)).where(col(Card.number) == number))
    return {id for one in asked for id in session.execute(one).scalars() if id is not None}


def groups_of(session: Session, customers: Collection[int], among: Collection[str]) -> frozenset[str]:
    """Which of these groups they are in, by key."""
    if not customers or not among:
        return frozenset()
    return frozenset(session.execute(groups_with(customers, among)).scalars())


def is_first(session: Session, who: Known, before: datetime) -> bool | None:
    """Whether none of them has bought anything before; None of nobody in particular."""
    if not who.customers and not who.prints:
        return None
    by_number, by_print = col(Receipt.customer_id), col(Receipt.whose)
    return not (
        (who.customers and _has_bought(session, by_number.in_(who.customers), before))
        or (who.prints and _has_bought(session, by_print.in_(who.prints) & (by_print != ""), before))
    )


def _has_bought(session: Session, mine: ColumnElement[bool], before: datetime) -> bool:
    bought = select(col(Receipt.id)).where(mine, col(Receipt.at) < before, col(Receipt.amount) > 0)
    return session.execute(bought.limit(1)).first() is not None
