"""Points corrected by hand, taken by receipts, and ended with their client: lines of the same ledger, with both sides.

It knows no Prefect.
"""

from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from models.loyalty import Account, Moved, PointsTold
from models.reason import Reason, because
from tasks.loyalty import rows
from tasks.loyalty.engine import NOT_ENOUGH, Points, Wanted
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

    def close(self, session: Session, customer: int) -> int:
        """Let all points of a client end who is erased, in the transaction that does it; returns how many."""
        points = rows.locked(session, customer)
        if points:
            order = Wanted(key=ERASED.format(customer=customer), customer=customer, points=points)
            id = self._move(session, order, Moved.EXPIRED, -points, Account.EXPIRED)
            rows.use(session, id, [(lot, lot.left) for lot in rows.lots(session, customer)])
        return points

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
