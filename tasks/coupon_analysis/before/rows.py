"""Purchases, groups and former offers that a launch is judged by. Sessions are given; nothing here opens or commits."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.offers import OfferTerms
from models.purchases import PurchaseLine, Receipt
from models.redemptions import Coupon, CouponState, OfferRow, OfferVersion
from tasks.groups.belonging import belonging

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Bought:
    """A receipt with its lines: product, product group, quantity, amount."""

    id: int
    customer: int | None
    outlet: str
    at: datetime
    is_first: bool
    lines: tuple[tuple[str, str, int, int], ...]


def latest(session: Session, key: str) -> OfferTerms | None:
    """The last words of an offer, approved or not; None where there is no such offer."""
    query = (
        select(col(OfferVersion.terms)).join(OfferRow, col(OfferRow.id) == col(OfferVersion.offer_id))
        .where(col(OfferRow.key) == key).order_by(col(OfferVersion.n).desc()).limit(1)
    )  # fmt: skip
    terms = session.execute(query).scalar_one_or_none()
    return None if terms is None else OfferTerms.model_validate(terms)


def receipts(session: Session, since: datetime, until: datetime) -> int:
    query = select(func.count()).select_from(Receipt).where(col(Receipt.at) >= since, col(Receipt.at) < until)
    return int(session.execute(query).scalar_one())


def bought(session: Session, since: datetime, until: datetime, every: int) -> Iterator[Bought]:
    """Receipts of every so many-th customer, and of those without one every so many-th, each with its lines."""
    whose = col(Receipt.customer_id)
    sampled = or_(and_(whose.is_not(None), whose % every == 0), and_(whose.is_(None), col(Receipt.id) % every == 0))
    query = (
        select(
            col(Receipt.id), whose, col(Receipt.outlet), col(Receipt.at), col(PurchaseLine.product),
            col(PurchaseLine.product_group), col(PurchaseLine.quantity), col(PurchaseLine.amount),
        )
        .join(PurchaseLine, col(PurchaseLine.receipt_id) == col(Receipt.id))
        .where(col(Receipt.at) >= since, col(Receipt.at) < until, sampled)
        .order_by(col(Receipt.at), col(Receipt.id), col(PurchaseLine.n))
    )  # fmt: skip
    rows = session.execute(query, execution_options={"yield_per": AT_ONCE})
    known = earlier(session, since)
    for (id, customer, outlet, at), lines in groupby(rows, key=lambda row: tuple(row[:4])):
        is_first = customer is not None and customer not in known
        known |= {customer} if is_first else set()
        yield Bought(id, customer, outlet, at, is_first, tuple((row[4], row[5], row[6], row[7]) for row in lines))


def earlier(session: Session, until: datetime) -> set[int]:
    """Who had bought before."""
    query = select(col(Receipt.customer_id)).where(col(Receipt.at) < until, col(Receipt.customer_id).is_not(None))
    return {customer for customer in session.execute(query.distinct()).scalars() if customer is not None}


def members(session: Session, keys: Collection[str]) -> dict[int, frozenset[str]]:
    """Which of these groups each customer is in now."""
    found: dict[int, set[str]] = defaultdict(set)
    for customer, key in session.execute(belonging(keys)).tuples() if keys else ():
        found[customer].add(key)
    return {customer: frozenset(names) for customer, names in found.items()}


def audience(keys: Collection[str]) -> Select[Any]:
    """The customers of these groups."""
    of_groups = belonging(keys).subquery()
    return select(of_groups.c.customer_id)


def counted(session: Session, query: Select[Any]) -> int:
    return int(session.execute(select(func.count()).select_from(query.distinct().subquery())).scalar_one())


def used_before(session: Session, until: datetime) -> tuple[int, int]:
    """Of the codes of one's own that have ended, how many there were, and how many of them were used."""
    ends = func.coalesce(col(Coupon.ends_at), col(OfferRow.ends_at))
    query = (
        select(func.count(), func.count().filter(col(Coupon.used) > 0))
        .join(OfferRow, col(OfferRow.id) == col(Coupon.offer_id))
        .where(ends < until, col(Coupon.state) == CouponState.LIVE, col(Coupon.most) == 1)
    )
    issued, used = session.execute(query).one()
    return int(issued), int(used)
