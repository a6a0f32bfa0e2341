"""Points by the calendar: counted of receipts, ended when their time is over, summed up for the registry.

It knows no Prefect. Each receipt is counted once however often a run is killed: its points and its mark are one
transaction. One that was told otherwise afterwards, or as another client's, is counted anew by the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.cards import PointsCounted, ProgramTerms
from models.database import in_one, now_by
from models.loyalty import Moved
from models.purchases import Receipt
from models.registry import Observation
from tasks.cards import rows
from tasks.cards.ledger.engine import Ledger
from tasks.cards.ledger.rows import hold
from tasks.cards.program import last_day, points_for, points_of_return
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tasks.registry.rows import record

OPERATION, SUBJECT, PORTION = "B8", "points", 500
OPEN, DAYS_BACK = "points_open", 31


@dataclass(frozen=True)
class Due:
    """A receipt that is to be counted, and how it was counted before."""

    receipt: Receipt
    counted: PointsCounted | None

    @property
    def turn(self) -> int:
        return self.counted.turn + 1 if self.counted else 1

    @property
    def customer(self) -> int:
        return self.receipt.customer_id or 0

    @property
    def former(self) -> int:
        """Whose it was when it was counted; 0 where it is theirs still, or was nobody's."""
        return self.counted.customer_id if self.counted and self.counted.customer_id != self.customer else 0

    @property
    def given(self) -> int:
        """What it has come to for its client so far."""
        return self.counted.points if self.counted and not self.former else 0

    def order(self, points: int, former: bool = False) -> Wanted:
        key = f"receipt:{self.receipt.id}:{self.turn}{':former' if former else ''}"
        return Wanted(key, self.former if former else self.customer, abs(points), by="program")

    def mark(self, points: int, at: datetime) -> PointsCounted:
        return PointsCounted(
            receipt_id=self.receipt.id or 0, customer_id=self.customer, amount=self.receipt.amount, points=points,
            turn=self.turn, at=at,
        )  # fmt: skip


class Upkeep:
    """What is done for the points of one house every night."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.ledger = house, house.clock, Ledger(house)

    def count(self) -> int:
        """Count receipts by the program in force; returns how many. A cut leaves whole receipts done.

        Purchases first: what is brought back takes as many points as they have given.
        """
        with self.house.reads() as session:
            terms, now = rows.program(session), now_by(self.clock, session)
        if terms is None:
            return 0
        return sum(self._count(terms, now, is_return) for is_return in (False, True))

    def _count(self, terms: ProgramTerms, now: datetime, is_return: bool) -> int:
        since, done, after = self._midnight(terms.since), 0, 0
        while True:
            with self.house.reads() as session:
                found = rows.uncounted(session, since, is_return, after, PORTION)
                whose = [receipt.customer_id or 0 for receipt, _ in found]
                spent = rows.spent(session, whose, now - timedelta(days=terms.window)) if terms.tiers else {}
            due = [Due(receipt, counted) for receipt, counted in found]
            new = [one for one in due if one.counted is None and not is_return]
            in_one(self.house.sessions, partial(self._count_all, due=new, terms=terms, spent=spent))
            for one in due:
                if one.counted is not None or is_return:
                    worth = spent.get(one.customer, 0)
                    in_one(self.house.sessions, partial(self._count_one, due=one, terms=terms, spent=worth))
            done += len(found)
            if len(found) < PORTION:
                return done
            after = found[-1][0].id or 0

    def _count_all(
        self, session: Session, due: Sequence[Due], terms: ProgramTerms, spent: Mapping[int, int]
    ) -> None:  # fmt: skip
        """New purchases, many at a time: their points and their marks in one transaction."""
        there, now = rows.stay(session, {one.customer for one in due}), now_by(self.clock, session)
        given = [
            (one, points_for(terms, one.receipt.amount, spent.get(one.customer, 0)))
            for one in due if one.customer in there
        ]  # fmt: skip
        orders = [one.order(points) for one, points in given if points]
        self.ledger.earn_all(session, orders, self._last_day(terms, now))
        rows.count_all(session, [one.mark(points, now) for one, points in given])

    def _count_one(self, session: Session, due: Due, terms: ProgramTerms, spent: int) -> None:
        """What is brought back, or told otherwise: the difference and its mark in one transaction.

        The mark says what has really moved: points that were not there to be taken are not given when it is told
        otherwise once more.
        """
        is_there = rows.stay(session, {due.customer})
        hold(session, {due.customer, due.former} - {0})
        before = rows.counted(session, due.receipt.id or 0)
        if not is_there or (before.turn if before else 0) >= due.turn:
            return
        now = now_by(self.clock, session)
        ends_on = self._last_day(terms, now)
        if due.former and before:
            self._change(session, due.order(before.points, former=True), -before.points, ends_on)
        more = self._worth(session, due.receipt, terms, spent) - due.given
        rows.count(session, due.mark(due.given + self._change(session, due.order(more), more, ends_on), now))

    def _worth(self, session: Session, receipt: Receipt, terms: ProgramTerms, spent: int) -> int:
        if receipt.amount < 0:
            with rows.counted_before(session, receipt) as history:
                return -points_of_return(history, -receipt.amount)
        return points_for(terms, receipt.amount, spent)

    def _change(self, session: Session, order: Wanted, points: int, ends_on: date | None) -> int:
        """Give so many points, or take as many of them as are there; returns how many it came to."""
        if points > 0:
            return self.ledger.earn_in(session, order, ends_on).points
        return self.ledger.take_in(session, order, whole=False).points if points else 0

    def _last_day(self, terms: ProgramTerms, now: datetime) -> date | None:
        return last_day(terms, now.astimezone(self._zone).date())

    def expire(self) -> int:
        """Let points end whose last day is over; returns how many."""
        return self.ledger.expire()

    def tell(self) -> int:
        """Write what moved on the days before and today's liability into the registry; returns how many facts are new.

        Days on which the house did not run are told with the next one that it does.
        """
        with self.house.sessions.begin() as session:
            today = now_by(self.clock, session).astimezone(self._zone).date()
            untold = rows.without_fact(session, OPEN, [today - timedelta(days=back) for back in range(DAYS_BACK)])
            facts = [fact for day in untold for fact in self._moved(session, day)]
            return record(session, [*self._levels(session, today), *facts], self.clock)

    def _levels(self, session: Session, today: date) -> list[Observation]:
        terms, points = rows.program(session), rows.outstanding(session, today)
        levels = {"cards_good": rows.issued(session), OPEN: points}
        if terms and terms.worth:
            levels["points_liability"] = points * terms.worth
        currency, at = self.house.workspace.company.currency, self._midnight(today)
        return [_fact(metric, value, at, today, currency) for metric, value in levels.items()]

    def _moved(self, session: Session, told_on: date) -> list[Observation]:
        """What moved on the day before this one."""
        since, until = self._midnight(told_on - timedelta(days=1)), self._midnight(told_on)
        moved = rows.moved_between(session, since, until)
        flows = {
            "points_given": moved.get(Moved.EARNED, 0), "points_ended": -moved.get(Moved.EXPIRED, 0),
            "points_spent": -moved.get(Moved.SPENT, 0) - moved.get(Moved.GIVEN_BACK, 0),
        }  # fmt: skip
        return [_fact(metric, value, since, told_on, "") for metric, value in flows.items() if value]

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.house.workspace.company.zone)


def _fact(metric: str, value: int, at: datetime, day: date, currency: str) -> Observation:
    return Observation(
        operation=OPERATION, subject_kind="program", subject_id=SUBJECT, metric=metric, value=value, observed_at=at,
        source="measured", currency=currency if metric == "points_liability" else "", key=rows.fact_key(metric, day),
    )  # fmt: skip
