"""Seats that were answered for: whoever is let in takes them over, and a till that lets go gives them back.

An answer is a reservation of `ANSWERS`, one of a coupon. A till's own reservation holds what both need, so neither
asks for room twice, and going back to the answer needs none. Who was let in by mistake is expected again. A session is
given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.offers import Invitation
from models.redemptions import Limit, Redeemed
from tasks.redeeming import rows
from tasks.redeeming.calls import ANSWERS
from tasks.redeeming.limits import Change, Take
from tasks.redeeming.planning import Planned
from tasks.redeeming.statements import REDEMPTION, TAKE, R


@dataclass(frozen=True)
class Answered:
    """An answer, and what it takes; not `is_held` where the till's reservation has taken it over, at `since`, or where
    it `ran_out` before a till told that they had come.
    """

    id: int
    takes: Sequence[Take]
    is_held: bool = True
    ran_out: bool = False
    since: datetime | None = None

    @property
    def seat(self) -> Take | None:
        return next((take for take in self.takes if take.kind is Limit.SEATS), None)

    @property
    def guests(self) -> int:
        return self.seat.n if self.seat else 0

    def kept(self, now: datetime) -> dict[str, Any]:
        """What the redemption keeps of it; `at` is when it was taken over: given again since, it is another answer."""
        at = self.since or now
        return {"id": self.id, "scope": self.seat.scope if self.seat else "", "guests": self.guests,
                "at": at.isoformat()}  # fmt: skip


def answered(
    session: Session, till: str, planned: Sequence[Planned], former: Sequence[Any] = (), locking: bool = True,
    came_at: datetime | None = None,
) -> dict[int, Answered]:  # fmt: skip
    """The answers of these coupons, by their numbers; `former` is what the call of this till holds already.

    `came_at`: they came then, and the till tells of it only now. An answer that ran out since was no empty promise.
    """
    coupons = [one.offered.id for one in planned if isinstance(one.terms.gives, Invitation)]
    if not coupons or till == ANSWERS:
        return {}
    which = (R.coupon_id.in_(coupons), R.till == ANSWERS)
    query = select(R.id, R.coupon_id, R.state, R.until, R.settled_at).where(*which).order_by(R.id)
    found = session.execute(query.with_for_update() if locking else query).all()
    ours = {_taken_over(row) for row in former if row.state == Redeemed.HELD}
    mine = {row.id: Answered(row.id, (), row.state == Redeemed.HELD, since=row.settled_at) for row in found
            if row.state == Redeemed.HELD or (row.id, row.settled_at) in ours}  # fmt: skip
    if came_at is not None:
        mine |= {row.id: Answered(row.id, (), is_held=False, ran_out=True) for row in found
                 if _ran_out(row) and came_at < row.until}  # fmt: skip
    takes = rows.takes_of(session, [*mine]) if mine else {}
    return {row.coupon_id: replace(mine[row.id], takes=takes[row.id]) for row in found if row.id in mine}


def _taken_over(row: Any) -> tuple[int, datetime] | None:
    """The answer that this redemption has taken over, and when."""
    said = row.answer.get("answered")
    return (said["id"], datetime.fromisoformat(said["at"])) if said else None


def _ran_out(row: Any) -> bool:
    return bool(row.state == Redeemed.RELEASED and row.settled_at >= row.until)


def sittings_answered(session: Session, coupons: Sequence[int]) -> dict[int, str]:
    """The sittings that these coupons are answered for, by their numbers: whoever comes that day means those.

    An answer that was taken back means nothing; one that a till holds, or that ran out while a till was without its
    network, does.
    """
    if not coupons:
        return {}
    seats = (TAKE.c.redemption_id == R.id) & (TAKE.c.kind == Limit.SEATS.value)
    which = (R.coupon_id.in_(coupons), or_(R.till == ANSWERS, R.state == Redeemed.HELD))
    told = (R.id, R.coupon_id, R.till, R.state, R.until, R.settled_at, R.answer, TAKE.c.scope)
    found = session.execute(select(*told).join(TAKE, seats).where(*which)).all()
    at_tills = {_taken_over(row) for row in found if row.till != ANSWERS}
    return {
        row.coupon_id: row.scope for row in found if row.till == ANSWERS
        and (row.state == Redeemed.HELD or (row.id, row.settled_at) in at_tills or _ran_out(row))
    }  # fmt: skip


def make_way(session: Session, answers: Iterable[Answered], now: datetime) -> None:
    """Close the answers that are taken over; what they take is the business of who takes it."""
    for one in answers:
        if one.is_held or one.ran_out:
            rows.settle(session, one.id, state=Redeemed.RELEASED.value, settled_at=now)


def answers_behind(
    session: Session, redemptions: Sequence[int], state: Redeemed = Redeemed.HELD
) -> list[Mapping[str, Any]]:  # fmt: skip
    """The answers that these have taken over, locked, as they keep them."""
    held = (R.id.in_(redemptions), R.state == state, R.till != ANSWERS)
    found = session.execute(select(R.answer).where(*held)).scalars()
    behind = sorted((one["answered"] for one in found if one.get("answered")), key=lambda said: said["id"])
    if behind:
        session.execute(select(R.id).where(R.id.in_([said["id"] for said in behind])).order_by(R.id).with_for_update())
    return behind


def expect_again(session: Session, row: Any, taken: Sequence[Take], now: datetime) -> None:
    """Let the answer behind a redemption that came back hold again, of its seats those that are free."""
    said: dict[str, Any] = row.answer.get("answered", {})
    seat = next((take for take in taken if take.kind is Limit.SEATS), None)
    if said and seat and seat.scope == said["scope"]:
        fewer = min(seat.n, said["guests"])
        held = hold_again(session, [said], now, fewer)
        missing = Change(row.offer_id, Limit.SEATS, said["scope"], held=said["guests"] - fewer)
        if held and missing.held and rows.take_if_free(session, missing):
            _keep_seats(session, said["id"], said["guests"])


def hold_again(session: Session, answers: Sequence[Mapping[str, Any]], now: datetime, seats: int = 0) -> int:
    """Let these answers hold what was held for them until now, or so many `seats` of it; not after their day.

    One that has been given otherwise since holds what it holds: no room was kept for more. Returns how many hold.
    """
    held = 0
    for said in answers:
        since = datetime.fromisoformat(said["at"])
        stands = (R.id == said["id"], R.state == Redeemed.RELEASED, R.settled_at == since, R.until > now)
        to: Mapping[str, Any] = {"state": Redeemed.HELD.value, "settled_at": None}
        stood = update(REDEMPTION).where(*stands).values(to).returning(R.coupon_id, R.offer_id)
        row = session.execute(stood).first()
        if row is not None:
            if seats:
                _keep_seats(session, said["id"], seats)
            taken = _in_order(session, said["id"])
            rows.give_coupon(session, row.coupon_id, held=1)
            rows.give(session, [Change(row.offer_id, take.kind, take.scope, held=take.n) for take in taken])
            held += 1
    return held


def _keep_seats(session: Session, answer: int, seats: int) -> None:
    mine = (TAKE.c.redemption_id == answer, TAKE.c.kind == Limit.SEATS.value)
    session.execute(update(TAKE).where(*mine).values(n=seats))


def _in_order(session: Session, redemption: int) -> list[Take]:
    """What it takes, in the order of locks."""
    found = rows.takes_of(session, [redemption])[redemption]
    return sorted(found, key=lambda take: Change(0, take.kind, take.scope).place)
