"""The ledger of points in the database. Sessions are given; nothing here opens or commits one.

A balance's row is locked before its lots are looked at: of two tills with one card the second waits for the first.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.loyalty import Account, Card, CardState, PointsBalance, PointsEntry, PointsLot, PointsMove, PointsUse
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.loyalty.lots import Lot, Used

# Balances.


def locked(session: Session, customer: int) -> int:
    """What the client has; nobody else changes it until this transaction ends."""
    session.execute(insert_quietly(session, PointsBalance, ["customer_id"]), [{"customer_id": customer, "points": 0}])
    query = select(col(PointsBalance.points)).where(col(PointsBalance.customer_id) == customer)
    return int(session.execute(query.with_for_update()).scalar_one())


def change(session: Session, customer: int, points: int) -> int | None:
    """Add to a balance, or take of it; None where there is not as much. Returns what there is now."""
    has = col(PointsBalance.points)
    mine = (col(PointsBalance.customer_id) == customer, has + points >= 0)
    done = update(PointsBalance).where(*mine).values(points=has + points).returning(has)
    return session.execute(done, execution_options=QUICK).scalar()


def balance(session: Session, customer: int) -> int:
    query = select(col(PointsBalance.points)).where(col(PointsBalance.customer_id) == customer)
    return session.execute(query).scalar() or 0


# Moves.


def move_of(session: Session, key: str) -> PointsMove | None:
    return session.execute(select(PointsMove).where(col(PointsMove.key) == key)).scalar_one_or_none()


def add_move(session: Session, move: PointsMove, other: Account) -> int:
    """Write a move down with its two sides."""
    session.add(move)
    session.flush()
    assert move.id is not None
    sides = ((Account.CLIENT, move.points), (other, -move.points))
    session.execute(
        insert(PointsEntry), [{"move_id": move.id, "account": one, "points": points} for one, points in sides]
    )
    return move.id


def undone(session: Session, move: int) -> int:
    """How many points of a move were asked to be undone so far."""
    query = select(func.coalesce(func.sum(col(PointsMove.asked)), 0)).where(col(PointsMove.of) == move)
    return int(session.execute(query).scalar_one())


# Lots.


def lots(session: Session, customer: int) -> list[Lot]:
    """The client's lots in which something is left."""
    mine = (col(PointsLot.customer_id) == customer, col(PointsLot.left) > 0)
    return [_lot(row) for row in session.execute(select(PointsLot).where(*mine)).scalars()]


def lots_of(session: Session, move: int) -> list[Lot]:
    return [_lot(row) for row in session.execute(select(PointsLot).where(col(PointsLot.move_id) == move)).scalars()]


def _lot(row: PointsLot) -> Lot:
    return Lot(row.id or 0, row.left, row.ends_on)


def add_lot(session: Session, move: int, customer: int, points: int, ends_on: date | None) -> None:
    session.execute(insert(PointsLot), [{"move_id": move, "customer_id": customer, "left": points, "ends_on": ends_on}])


def use(session: Session, move: int, parts: Sequence[tuple[Lot, int]]) -> None:
    """Take these points of these lots."""
    _change_lots(session, {lot.id: -points for lot, points in parts})
    if parts:
        session.execute(
            insert(PointsUse), [{"move_id": move, "lot_id": lot.id, "points": points} for lot, points in parts]
        )


def used(session: Session, move: int) -> list[Used]:
    """What a move took of lots and nobody has given back."""
    rest = col(PointsUse.points) - col(PointsUse.back)
    query = (
        select(PointsLot, rest).join(PointsUse, col(PointsUse.lot_id) == col(PointsLot.id))
        .where(col(PointsUse.move_id) == move, rest > 0)
    )  # fmt: skip
    return [Used(_lot(row), points) for row, points in session.execute(query).tuples()]


def give_back(session: Session, move: int, parts: Sequence[tuple[Lot, int]], into: Collection[int]) -> None:
    """Say that so much of what a move took of lots was given back; into these of them it returns."""
    back = {lot.id: points for lot, points in parts}
    if not back:
        return
    mine = (col(PointsUse.move_id) == move, col(PointsUse.lot_id).in_(back))
    done = update(PointsUse).where(*mine).values(back=col(PointsUse.back) + _by(col(PointsUse.lot_id), back))
    session.execute(done, execution_options=QUICK)
    _change_lots(session, {lot: points for lot, points in back.items() if lot in into})


def _change_lots(session: Session, by: Mapping[int, int]) -> None:
    if not by:
        return
    done = (
        update(PointsLot).where(col(PointsLot.id).in_(by)).values(left=col(PointsLot.left) + _by(col(PointsLot.id), by))
    )
    session.execute(done, execution_options=QUICK)


def _by(id: Any, values: Mapping[int, int]) -> ColumnElement[int]:
    return case(values, value=id, else_=0)


def ended(session: Session, today: date, after: int, most: int) -> list[int]:
    """Clients who have points that ended before today, by their numbers from `after` on."""
    customer = col(PointsLot.customer_id)
    mine = (col(PointsLot.left) > 0, col(PointsLot.ends_on) < today, customer > after)
    return list(session.execute(select(customer).where(*mine).distinct().order_by(customer).limit(most)).scalars())


# Whether everything adds up.


def unbalanced(session: Session) -> list[int]:
    """Moves of which the sides do not come to nothing, or to what the client got."""
    client = func.sum(case((col(PointsEntry.account) == Account.CLIENT, col(PointsEntry.points)), else_=0))
    query = (
        select(col(PointsMove.id)).join(PointsEntry, col(PointsEntry.move_id) == col(PointsMove.id), isouter=True)
        .group_by(col(PointsMove.id), col(PointsMove.points))
        .having((func.coalesce(func.sum(col(PointsEntry.points)), 1) != 0) | (client != col(PointsMove.points)))
    )  # fmt: skip
    return [int(id or 0) for id in session.execute(query).scalars()]


def wrong_balances(session: Session) -> list[int]:
    """Clients whose balance is not the sum of their moves, or of their lots."""
    customer = col(PointsBalance.customer_id)
    moved = _sum(col(PointsMove.points), col(PointsMove.customer_id) == customer)
    left = _sum(col(PointsLot.left), (col(PointsLot.customer_id) == customer) & (col(PointsLot.left) > 0))
    has = col(PointsBalance.points)
    return list(session.execute(select(customer).where((moved != has) | (left != has))).scalars())


def _sum(what: Any, of: ColumnElement[bool]) -> ColumnElement[int]:
    found: ColumnElement[int] = select(func.coalesce(func.sum(what), 0)).where(of).scalar_subquery()
    return found


# Cards.


def add_card(session: Session, card: Card) -> bool:
    """Put a card in; False where another has its number."""
    row = card.model_dump(exclude={"id"})
    done = session.execute(insert_quietly(session, Card, ["number"]).values(row).returning(col(Card.id)))
    return done.scalar() is not None


def card(session: Session, number: str) -> Card | None:
    return session.execute(select(Card).where(col(Card.number) == number)).scalar_one_or_none()


def card_of(session: Session, customer: int) -> Card | None:
    """The client's card that is good; the newest of several."""
    mine = (col(Card.customer_id) == customer, col(Card.state) == CardState.LIVE)
    return session.execute(select(Card).where(*mine).order_by(col(Card.id).desc()).limit(1)).scalar_one_or_none()


def turn_card(session: Session, card: int, to: CardState, why: str, at: datetime) -> bool:
    """Block it, or put it out of use for another; False where it is not good any more."""
    mine = (col(Card.id) == card, col(Card.state) == CardState.LIVE)
    done = update(Card).where(*mine).values(state=to, why=why, changed_at=at)
    return bool(session.execute(done, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]
