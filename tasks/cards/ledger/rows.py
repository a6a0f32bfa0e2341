"""The ledger of points, many clients at a time. Sessions are given; nothing here opens or commits one.

Balances are locked in the order of their clients, so that two who work on many wait for each other and never crosswise.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.loyalty import Account, PointsBalance, PointsEntry, PointsLot, PointsMove, PointsUse
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.loyalty.lots import Lot


def hold(session: Session, customers: Collection[int]) -> dict[int, int]:
    """What these clients have; nobody else changes it until this transaction ends."""
    if not customers:
        return {}
    empty = [{"customer_id": customer, "points": 0} for customer in sorted(customers)]
    session.execute(insert_quietly(session, PointsBalance, ["customer_id"]), empty)
    whose = col(PointsBalance.customer_id)
    query = select(whose, col(PointsBalance.points)).where(whose.in_(customers)).order_by(whose).with_for_update()
    return {int(customer): int(points) for customer, points in session.execute(query).tuples()}


def add_moves(session: Session, moves: Sequence[Mapping[str, Any]], other: Account) -> dict[str, int]:
    """Write moves down with both sides; returns those that are new, by their keys. Their balances are held."""
    there = set(_ids(session, [one["key"] for one in moves]))
    new = [one for one in moves if one["key"] not in there]
    if not new:
        return {}
    session.execute(insert(PointsMove), new)
    ids = _ids(session, [one["key"] for one in new])
    sides = [
        {"move_id": ids[one["key"]], "account": account, "points": points}
        for one in new for account, points in ((Account.CLIENT, one["points"]), (other, -one["points"]))
    ]  # fmt: skip
    session.execute(insert(PointsEntry), sides)
    return ids


def _ids(session: Session, keys: Collection[str]) -> dict[str, int]:
    query = select(col(PointsMove.key), col(PointsMove.id)).where(col(PointsMove.key).in_(keys))
    return {key: int(id or 0) for key, id in session.execute(query).tuples()}


def change_balances(session: Session, by: Mapping[int, int]) -> None:
    """Add to these balances, or take of them: one statement, executed for each."""
    if by:
        balances = PointsBalance.__table__  # type: ignore[attr-defined]
        done = update(balances).where(balances.c.customer_id == bindparam("whose"))
        done = done.values(points=balances.c.points + bindparam("more"))
        session.connection().execute(done, [{"whose": whose, "more": points} for whose, points in by.items()])


def add_lots(session: Session, lots: Sequence[Mapping[str, Any]]) -> None:
    if lots:
        session.execute(insert(PointsLot), list(lots))


def ended_lots(session: Session, customers: Collection[int], today: date) -> dict[int, list[Lot]]:
    """By client, the lots that ended before today and in which something is left."""
    found: dict[int, list[Lot]] = {}
    mine = (col(PointsLot.customer_id).in_(customers), col(PointsLot.left) > 0, col(PointsLot.ends_on) < today)
    for row in session.execute(select(PointsLot).where(*mine).order_by(col(PointsLot.id))).scalars():
        found.setdefault(row.customer_id, []).append(Lot(row.id or 0, row.left, row.ends_on))
    return found


def empty_lots(session: Session, by_move: Mapping[int, Sequence[Lot]]) -> None:
    """Take all that is left of these lots, by the moves that take it."""
    parts = [
        {"move_id": move, "lot_id": lot.id, "points": lot.left, "back": 0}
        for move, lots in by_move.items()
        for lot in lots
    ]
    if parts:
        session.execute(insert(PointsUse), parts)
        emptied = update(PointsLot).where(col(PointsLot.id).in_([part["lot_id"] for part in parts])).values(left=0)
        session.execute(emptied, execution_options=QUICK)
