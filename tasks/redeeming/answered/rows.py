"""Seats that were answered for: whoever is let in takes them over, and a till that lets go gives them back.

An answer is a reservation of `ANSWERS`, one of a coupon. A till's own reservation holds what both need, so neither
asks for room twice, and going back to the answer needs none. Who was let in by mistake is expected again. A session is
given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """An answer, and what it takes; not `is_held` where the till's reservation has taken it over already."""

    id: int
    takes: Sequence[Take]
    is_held: bool = True

    @property
    def seat(self) -> Take | None:
        return next((take for take in self.takes if take.kind is Limit.SEATS), None)

    @property
    def guests(self) -> int:
        return self.seat.n if self.seat else 0

    @property
    def kept(self) -> dict[str, Any]:
        """What the redemption keeps of it."""
        return {"id": self.id, "scope": self.seat.scope if self.seat else "", "guests": self.guests}


def answered(
    session: Session, till: str, planned: Sequence[Planned], former: Sequence[Any] = (), locking: bool = True
) -> dict[int, Answered]:
    """The answers of these coupons, by their numbers; `former` is what the call of this till holds already."""
    coupons = [one.offered.id for one in planned if isinstance(one.terms.gives, Invitation)]
    if not coupons or till == ANSWERS:
        return {}
    query = select(R.id, R.coupon_id, R.state).where(R.coupon_id.in_(coupons), R.till == ANSWERS).order_by(R.id)
    found = session.execute(query.with_for_update() if locking else query).all()
    ours = {row.answer.get("answered", {}).get("id") for row in former if row.state == Redeemed.HELD}
    mine = [row for row in found if row.state == Redeemed.HELD or row.id in ours]
    takes = rows.takes_of(session, [row.id for row in mine]) if mine else {}
    return {row.coupon_id: Answered(row.id, takes[row.id], row.state == Redeemed.HELD) for row in mine}


def sittings_answered(session: Session, coupons: Sequence[int]) -> dict[int, str]:
    """The sittings that these coupons are answered for, by their numbers: whoever comes that day means those.

    An answer that was taken back means nothing; one that a till holds does.
    """
    if not coupons:
        return {}
    seats = (TAKE.c.redemption_id == R.id) & (TAKE.c.kind == Limit.SEATS.value)
    which = (R.coupon_id.in_(coupons), or_(R.till == ANSWERS, R.state == Redeemed.HELD))
    query = select(R.id, R.coupon_id, R.till, R.state, R.answer, TAKE.c.scope).join(TAKE, seats).where(*which)
    found = session.execute(query).all()
    at_tills = {row.answer.get("answered", {}).get("id") for row in found if row.till != ANSWERS}
    return {
        row.coupon_id: row.scope for row in found
        if row.till == ANSWERS and (row.state == Redeemed.HELD or row.id in at_tills)
    }  # fmt: skip


def make_way(session: Session, answers: Iterable[Answered], now: datetime) -> None:
    """Close the answers that are taken over; what they take is the business of who takes it."""
    for one in answers:
        if one.is_held:
            rows.settle(session, one.id, state=Redeemed.RELEASED.value, settled_at=now)


def answers_behind(session: Session, redemptions: Sequence[int], state: Redeemed = Redeemed.HELD) -> list[int]:
    """The answers that these have taken over, locked."""
    held = (R.id.in_(redemptions), R.state == state, R.till != ANSWERS)
    found = session.execute(select(R.answer).where(*held)).scalars()
    ids = sorted(one["answered"]["id"] for one in found if one.get("answered"))
    if ids:
        session.execute(select(R.id).where(R.id.in_(ids)).order_by(R.id).with_for_update())
    return ids


def expect_again(session: Session, row: Any, taken: Sequence[Take], now: datetime) -> None:
    """Let the answer behind a redemption that came back hold again, of its seats those that are free by that."""
    said: dict[str, Any] = row.answer.get("answered", {})
    seat = next((take for take in taken if take.kind is Limit.SEATS), None)
    if said and seat and seat.scope == said["scope"]:
        hold_again(session, [said["id"]], now, min(seat.n, said["guests"]))


def hold_again(session: Session, answers: Sequence[int], now: datetime, seats: int = 0) -> None:
    """Let these answers hold what was held for them until now, or so many `seats` of it; not after their day."""
    for id in answers:
        stands = (R.id == id, R.state == Redeemed.RELEASED, R.until > now)
        to: Mapping[str, Any] = {"state": Redeemed.HELD.value, "settled_at": None}
        stood = update(REDEMPTION).where(*stands).values(to).returning(R.coupon_id, R.offer_id)
        row = session.execute(stood).first()
        if row is not None:
            if seats:
                mine = (TAKE.c.redemption_id == id, TAKE.c.kind == Limit.SEATS.value)
                session.execute(update(TAKE).where(*mine).values(n=seats))
            taken = _in_order(session, id)
            rows.give_coupon(session, row.coupon_id, held=1)
            rows.give(session, [Change(row.offer_id, take.kind, take.scope, held=take.n) for take in taken])


def _in_order(session: Session, redemption: int) -> list[Take]:
    """What it takes, in the order of locks."""
    found = rows.takes_of(session, [redemption])[redemption]
    return sorted(found, key=lambda take: Change(0, take.kind, take.scope).place)
