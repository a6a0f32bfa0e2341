"""Points go into the clients' ledger in the transaction of the redemption, and out of it in that of the return.

A session is given. Balances are locked in the order of clients, behind coupons and before counters.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.database import now_by
from tasks.cards.program import last_day
from tasks.cards.rows import program
from tasks.loyalty.engine import Points, Wanted
from tasks.loyalty.rows import move_of
from tasks.redeeming.calls import GiveBack
from tasks.redeeming.planning import Planned
from tasks.redeeming.returning import Restored, points_due
from tasks.schedule.wall import local

Entered = tuple[Planned, int]


def move_key(redemption: int) -> str:
    """The order of points that a redemption is."""
    return f"coupon:{redemption}"


def post(session: Session, points: Points, entered: Iterable[Entered], by: str) -> None:
    """Put on clients' accounts what these redemptions give; who has none gets none. They are good as long as others."""
    due = [(one.customer, id, sum(given.points for given in one.off.given), one.offered.key) for one, id in entered]
    due = sorted(one for one in due if one[0] and one[2])
    ends_on = last_day_of_today(session, points) if due else None
    for customer, id, number, offer in due:
        assert customer is not None
        told = points.earn_in(session, Wanted(move_key(id), customer, number, said=offer, by=by), ends_on)
        assert not told.refusal, told.refusal.code


def last_day_of_today(session: Session, points: Points) -> date | None:
    """The last day of points that come today, by the company's program; None where they do not end."""
    terms, zone = program(session), points.house.workspace.company.zone
    return last_day(terms, local(now_by(points.clock, session), zone).date()) if terms else None


def take_back(session: Session, points: Points, row: Any, done: Restored, call: GiveBack) -> int:
    """Take back what a redemption gave, as far as its lines have come back; returns how many points."""
    number = sum(one.get("points", 0) for one in row.answer.get("given", ()))
    before = points_due(row.lines, number)
    after = number if done.whole else points_due(done.lines, number)
    former = move_of(session, move_key(row.id)) if after > before else None
    if former is None:
        return 0
    key, by = _back_key(row.id, call), call.by or call.till
    order = Wanted(key, former.customer_id, after - before, said=former.said, by=by)
    told = points.take_back_in(session, order, of=former.key)
    assert not told.refusal, told.refusal.code
    return -told.points


def taken_back(session: Session, redemption: int, call: GiveBack) -> int:
    """What this return took back when it came first."""
    move = move_of(session, _back_key(redemption, call))
    return -move.points if move else 0


def _back_key(redemption: int, call: GiveBack) -> str:
    return f"{move_key(redemption)}:back:{call.till}:{call.key}"
