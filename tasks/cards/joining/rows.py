"""Cards, points and coupons of a customer who turned out to be another. Sessions are given; none is opened here.

Only whose they are is changed: every move, lot and use stays as it is, so that what a former one redeemed or earned can
still be brought back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, case, delete, exists, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.cards import PointsCounted
from models.customers import Customer
from models.database import portions
from models.loyalty import Card, PointsBalance, PointsLot, PointsMove
from models.purchases import Receipt
from models.redemptions import Coupon, OfferArm, Redemption
from tasks.cards.ledger.rows import change_balances, hold
from tasks.delivery.statements import QUICK

CARD, COUPON, REDEMPTION, ARM, MOVE, LOT, COUNTED = (
    table.__table__  # type: ignore[union-attr]
    for table in (Card, Coupon, Redemption, OfferArm, PointsMove, PointsLot, PointsCounted)
)


def move(session: Session, into: Mapping[int, int]) -> None:
    """Let them be the other's, as {former: now}: before the former are removed, and their receipts another's.

    Who is removed is locked first: a till that has just used what is theirs is waited for, and one that comes later
    finds nobody.
    """
    for some in portions(sorted(into)):
        whose = {former: into[former] for former in some}
        gone = select(col(Customer.id)).where(col(Customer.id).in_(some)).order_by(col(Customer.id))
        session.execute(gone.with_for_update())
        for table in (CARD, COUPON):
            _give(session, table, whose)
        _move_points(session, whose)
        _give(session, REDEMPTION, whose)
        _give_arms(session, whose)


def _give(session: Session, table: Table, whose: Mapping[int, int]) -> None:
    change = update(table).where(table.c.customer_id.in_(whose))
    session.execute(change.values(customer_id=case(whose, value=table.c.customer_id)), execution_options=QUICK)


def _move_points(session: Session, whose: Mapping[int, int]) -> None:
    there = select(col(PointsBalance.customer_id)).where(col(PointsBalance.customer_id).in_(whose))
    former = session.execute(there).scalars().all()
    if not former:
        return
    held = hold(session, {*former, *(whose[one] for one in former)})
    for one in former:
        _relabel(session, LOT, LOT.c.move_id, select(MOVE.c.id).where(MOVE.c.customer_id == one), whose[one])
        _relabel(session, COUNTED, COUNTED.c.receipt_id, _receipts(one), whose[one])
        change_balances(session, {whose[one]: held[one]})
    _give(session, MOVE, {one: whose[one] for one in former})
    session.execute(delete(PointsBalance).where(col(PointsBalance.customer_id).in_(former)))


def _receipts(customer: int) -> Select[Any]:
    return select(col(Receipt.id)).where(col(Receipt.customer_id) == customer)


def _relabel(session: Session, table: Table, by: ColumnElement[int], which: Select[Any], now: int) -> None:
    session.execute(update(table).where(by.in_(which)).values(customer_id=now), execution_options=QUICK)


def _give_arms(session: Session, whose: Mapping[int, int]) -> None:
    """Whether they were to get an offer's coupon; where it was settled for both, the other's stays."""
    other = ARM.alias()
    for former, now in _in_an_arm(session, whose):
        settled = exists().where(other.c.offer_id == ARM.c.offer_id, other.c.customer_id == now)
        session.execute(update(ARM).where(ARM.c.customer_id == former, ~settled).values(customer_id=now))


def _in_an_arm(session: Session, whose: Mapping[int, int]) -> Sequence[tuple[int, int]]:
    found = session.execute(select(ARM.c.customer_id).where(ARM.c.customer_id.in_(whose)).distinct()).scalars()
    return [(former, whose[former]) for former in sorted(found)]
