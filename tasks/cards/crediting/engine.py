"""Points by the calendar: counted of receipts, ended when their time is over, summed up for the registry.

It knows no Prefect. Each receipt is counted once however often a run is killed, for the ledger knows its key; one that
was told otherwise afterwards is counted anew by the difference.
"""

from collections.abc import Sequence
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
from tasks.cards.program import points_for
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tasks.registry.rows import record

OPERATION, SUBJECT, PORTION = "B8", "points", 500


@dataclass(frozen=True)
class Due:
    """A receipt that is to be counted, how it was counted before, and what it comes to now."""

    receipt: Receipt
    counted: PointsCounted | None
    points: int

    @property
    def turn(self) -> int:
        return self.counted.turn + 1 if self.counted else 1

    def order(self, points: int) -> Wanted:
        return Wanted(f"receipt:{self.receipt.id}:{self.turn}", self.receipt.customer_id or 0, points, by="program")

    def mark(self, at: datetime) -> PointsCounted:
        return PointsCounted(
            receipt_id=self.receipt.id or 0, customer_id=self.receipt.customer_id or 0, amount=self.receipt.amount,
            points=self.points, turn=self.turn, at=at,
        )  # fmt: skip


class Upkeep:
    """What is done for the points of one house every night."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.ledger = house, house.clock, Ledger(house)

    def count(self) -> int:
        """Count receipts by the program in force; returns how many. A cut leaves whole receipts done."""
        with self.house.reads() as session:
            terms, now = rows.program(session), now_by(self.clock, session)
        if terms is None:
            return 0
        since, done, after = self._midnight(terms.since), 0, 0
        while True:
            with self.house.reads() as session:
                found = rows.uncounted(session, since, after, PORTION)
                whose = [receipt.customer_id or 0 for receipt, _ in found]
                spent = rows.spent(session, whose, now - timedelta(days=terms.window)) if terms.tiers else {}
            due = [
                Due(receipt, counted, points_for(terms, receipt.amount, spent.get(receipt.customer_id or 0, 0)))
                for receipt, counted in found
            ]
            plain = [one for one in due if one.counted is None and one.points >= 0]
            in_one(self.house.sessions, partial(self._count_all, due=plain, terms=terms))
            for one in due:
                if one.counted is not None or one.points < 0:
                    self._count(one, terms, now)
            done += len(found)
            if len(found) < PORTION:
                return done
            after = found[-1][0].id or 0

    def _count_all(self, session: Session, due: Sequence[Due], terms: ProgramTerms) -> None:
        """New purchases, many at a time: their points and their marks in one transaction."""
        now = now_by(self.clock, session)
        orders = [one.order(one.points) for one in due if one.points]
        self.ledger.earn_all(session, orders, self._last_day(terms, now))
        rows.count_all(session, [one.mark(now) for one in due])

    def _count(self, due: Due, terms: ProgramTerms, now: datetime) -> None:
        """What is taken, or told otherwise: first by a key that it is done once by, then the receipt is marked."""
        more = due.points - (due.counted.points if due.counted else 0)
        if more > 0:
            self.ledger.earn(due.order(more), self._last_day(terms, now))
        elif more < 0:
            self.ledger.take(due.order(-more), whole=False)
        with self.house.sessions.begin() as session:
            rows.count(session, due.mark(now))

    def _last_day(self, terms: ProgramTerms, now: datetime) -> date | None:
        return now.astimezone(self._zone).date() + timedelta(days=terms.days) if terms.days else None

    def expire(self) -> int:
        """Let points end whose last day is over; returns how many."""
        return self.ledger.expire()

    def tell(self) -> int:
        """Write yesterday's points and today's liability into the registry; returns how many facts were new."""
        currency = self.house.workspace.company.currency
        with self.house.sessions.begin() as session:
            now = now_by(self.clock, session)
            today = now.astimezone(self._zone).date()
            since, until = self._midnight(today - timedelta(days=1)), self._midnight(today)
            terms, points = rows.program(session), rows.outstanding(session)
            moved = rows.moved_between(session, since, until)
            levels = {"cards_good": rows.issued(session), "points_open": points}
            if terms and terms.worth:
                levels["points_liability"] = points * terms.worth
            flows = {
                "points_given": moved.get(Moved.EARNED, 0), "points_spent": -moved.get(Moved.SPENT, 0),
                "points_ended": -moved.get(Moved.EXPIRED, 0),
            }  # fmt: skip
            return record(session, [
                *(_fact(metric, value, until, today, currency) for metric, value in levels.items()),
                *(_fact(metric, value, since, today, currency) for metric, value in flows.items() if value),
            ], self.clock)  # fmt: skip

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.house.workspace.company.zone)


def _fact(metric: str, value: int, at: datetime, day: date, currency: str) -> Observation:
    return Observation(
        operation=OPERATION, subject_kind="program", subject_id=SUBJECT, metric=metric, value=value, observed_at=at,
        source="measured", currency=currency if metric == "points_liability" else "", key=f"{metric}:{day}",
    )  # fmt: skip
