"""Points corrected by hand, taken by receipts, and ended with their client: lines of the same ledger, with both sides.

It knows no Prefect.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models.database import in_one, now_by
from models.loyalty import Account, Moved, PointsTold
from models.reason import Reason, because
from tasks.cards.ledger import rows as many
from tasks.loyalty import rows
from tasks.loyalty.engine import NOT_ENOUGH, PORTION, Points, Wanted
from tasks.loyalty.lots import first_ending, taken

ERASED = "erased:{customer}"


class Ledger(Points):
    """The ledger of one house, as the department works with it."""

    def add(self, order: Wanted, ends_on: date | None = None) -> PointsTold:
        """Give points by hand, with the reason in `said`."""
        return self._once(order, Moved.CORRECTED, partial(self._add, order=order, ends_on=ends_on))

    def take(self, order: Wanted, whole: bool = True) -> PointsTold:
        """Take points by hand, those that end first; `whole`: refused where there are not as many, else what is there.

        What was not there any more stands in `short`.
        """
        return self._once(order, Moved.CORRECTED, partial(self._take, order=order, whole=whole))

    def take_in(self, session: Session, order: Wanted, whole: bool = True) -> PointsTold:
        """The same within somebody else's transaction."""
        return self._do(session, order, Moved.CORRECTED, partial(self._take, order=order, whole=whole))

    def close(self, session: Session, customer: int) -> int:
        """Let all points of a client end who is erased, in the transaction that does it; returns how many."""
        points = rows.locked(session, customer)
        if points:
            order = Wanted(key=ERASED.format(customer=customer), customer=customer, points=points)
            id = self._move(session, order, Moved.EXPIRED, -points, Account.EXPIRED)
            rows.use(session, id, [(lot, lot.left) for lot in rows.lots(session, customer)])
        return points

    def earn_all(self, session: Session, orders: Sequence[Wanted], ends_on: date | None) -> None:
        """Give points to many, in the transaction of whoever asks; an order that was done before is passed over."""
        many.hold(session, {one.customer for one in orders})
        now = now_by(self.clock, session)
        new = many.add_moves(session, [_move(one, Moved.EARNED, one.points, now) for one in orders], Account.PROMISED)
        given, fresh = Counter[int](), [one for one in orders if one.key in new]
        for one in fresh:
            given[one.customer] += one.points
        many.add_lots(session, [
            {"move_id": new[one.key], "customer_id": one.customer, "left": one.points, "ends_on": ends_on}
            for one in fresh
        ])  # fmt: skip
        many.change_balances(session, given)

    def expire(self) -> int:
        """Let points end whose last day is over, a portion of clients in one transaction; returns how many."""
        done, after = 0, 0
        while True:
            with self.house.reads() as session:
                found = rows.ended(session, self._today(now_by(self.clock, session)), after, PORTION)
            done += in_one(self.house.sessions, partial(self._expire_all, customers=found))
            if len(found) < PORTION:
                return done
            after = found[-1]

    def _expire_all(self, session: Session, customers: Sequence[int]) -> int:
        held, now = many.hold(session, customers), now_by(self.clock, session)
        today = self._today(now)
        over = many.ended_lots(session, customers, today)
        # A lot ends once, but points that were given back to it just before its end do so anew.
        orders = {
            whose: Wanted(f"ended:{whose}:{max(lot.id for lot in lots)}:{today}:{held[whose]}", whose,
                          sum(lot.left for lot in lots))
            for whose, lots in over.items()
        }  # fmt: skip
        moves = [_move(one, Moved.EXPIRED, -one.points, now) for one in orders.values()]
        new = many.add_moves(session, moves, Account.EXPIRED)
        many.empty_lots(session, {new[orders[whose].key]: lots for whose, lots in over.items()})
        many.change_balances(session, {whose: -one.points for whose, one in orders.items()})
        return sum(one.points for one in orders.values())

    def _add(self, session: Session, order: Wanted, ends_on: date | None) -> PointsTold:
        id = self._move(session, order, Moved.CORRECTED, order.points, Account.PROMISED)
        rows.add_lot(session, id, order.customer, order.points, ends_on)
        return self._told(session, order, order.points)

    def _take(self, session: Session, order: Wanted, whole: bool) -> PointsTold | Reason:
        self._end(session, order.customer)
        found = taken(first_ending(rows.lots(session, order.customer)), order.points)
        points = sum(part for _, part in found)
        if whole and points < order.points:
            return because(NOT_ENOUGH, code="not_enough", balance=points, points=order.points)
        rows.use(session, self._move(session, order, Moved.CORRECTED, -points, Account.PROMISED), found)
        return self._told(session, order, -points)


def _move(order: Wanted, what: Moved, points: int, at: datetime) -> Mapping[str, Any]:
    return {
        "key": order.key, "customer_id": order.customer, "what": what, "points": points, "asked": order.points,
        "short": 0, "of": None, "said": order.said, "by": order.by, "at": at,
    }  # fmt: skip
