"""Coupons of invitations, with what was answered and who came. Sessions are given; nothing here changes anything."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.offers import Invitation, OfferTerms
from models.redemptions import (
    Coupon,
    CouponState,
    Limit,
    OfferCounter,
    OfferRow,
    OfferVersion,
    Redeemed,
    Redemption,
    RedemptionTake,
)
from tasks.answering.counting import Counted
from tasks.answering.standing import Answer, Facts, Invitee
from tasks.redeeming.calls import ANSWERS

IN_FORCE = (col(OfferVersion.offer_id) == col(OfferRow.id)) & (col(OfferVersion.hash) == col(OfferRow.approved_hash))


def invitee(session: Session, customer: int, coupon: int = 0, offer: str = "") -> Invitee | None:
    """The coupon of this customer: the one of this number, or the one of this offer that works, else the newest."""
    which = col(Coupon.id) == coupon if coupon else col(OfferRow.key) == offer
    left = or_(col(Coupon.most) == 0, col(Coupon.used) < col(Coupon.most))
    is_live = col(Coupon.state) == CouponState.LIVE
    works = and_(is_live, left)  # the one whose code the letter shows
    query = (
        select(Coupon, OfferRow, col(OfferVersion.terms)).join(OfferRow, col(OfferRow.id) == col(Coupon.offer_id))
        .join(OfferVersion, IN_FORCE).where(col(Coupon.customer_id) == customer, which)
        .order_by(works.desc(), is_live.desc(), col(Coupon.id).desc(), col(OfferVersion.n).desc())
    )  # fmt: skip
    found = session.execute(query.limit(1)).first()
    return _invitee(customer, *found) if found else None


def _invitee(customer: int, coupon: Coupon, offer: OfferRow, said: dict[str, Any]) -> Invitee | None:
    terms = OfferTerms.model_validate(said)
    if not isinstance(terms.gives, Invitation):
        return None
    ends = [at for at in (coupon.ends_at, offer.ends_at) if at is not None] if offer.ends_at else []
    return Invitee(
        coupon=coupon.id or 0, code=coupon.code, customer=customer, state=coupon.state, most=coupon.most,
        used=coupon.used, ends_at=max(ends, default=None), offer=offer.id or 0, key=offer.key, stage=offer.stage,
        terms=terms,
    )  # fmt: skip


def stopped(session: Session, one: Invitee) -> list[int]:
    """The coupons of the same customer and invitation that hold seats by an answer and let nobody in any more."""
    theirs = (col(Coupon.customer_id) == one.customer, col(Coupon.offer_id) == one.offer)
    held = (col(Redemption.till) == ANSWERS, col(Redemption.state) == Redeemed.HELD)
    query = select(col(Coupon.id)).join(Redemption, col(Redemption.coupon_id) == col(Coupon.id))
    found = session.execute(query.where(*theirs, *held, col(Coupon.state) == CouponState.STOPPED)).scalars()
    return [id for id in found if id is not None]


def facts(session: Session, one: Invitee, now: datetime) -> Facts:
    counter = (col(OfferCounter.offer_id) == one.offer, col(OfferCounter.kind) == Limit.SEATS)
    query = select(col(OfferCounter.scope), col(OfferCounter.used) + col(OfferCounter.held)).where(*counter)
    gone = {scope: int(n) for scope, n in session.execute(query).tuples()}
    seats = (col(RedemptionTake.redemption_id) == col(Redemption.id)) & (col(RedemptionTake.kind) == Limit.SEATS)
    rows = session.execute(
        select(Redemption, col(RedemptionTake.scope), col(RedemptionTake.n))
        .join(RedemptionTake, seats).where(col(Redemption.coupon_id) == one.coupon).order_by(col(Redemption.id))
    ).tuples().all()  # fmt: skip
    held = [(row, Answer(scope, n)) for row, scope, n in rows if row.state == Redeemed.HELD and _holds(row, now)]
    came = [Answer(scope, n) for row, scope, n in rows if row.state == Redeemed.REDEEMED]
    return Facts(
        gone=gone, answer=next((answer for row, answer in held if row.till == ANSWERS), None),
        came=came[-1] if came else None, is_at_till=any(row.till != ANSWERS for row, _ in held),
    )  # fmt: skip


def counted(session: Session, offer: int, now: datetime) -> dict[str, Counted]:
    """What was answered by sitting, in guests, and how many of them came or did not; declined answers are none.

    Whoever came without an answer stands in the counter of seats only.
    """
    found: dict[str, Counted] = {}
    for scope, comes, missed in session.execute(_answers(offer, now)).tuples():
        found[scope] = Counted(expected=int(comes), not_come=int(missed))
    for scope, came, missed in session.execute(_came(offer)).tuples():
        found[scope] = (found.get(scope) or Counted()).with_came(int(came), int(missed))
    return found


def _answers(offer: int, now: datetime) -> Any:
    """The seats that answers hold, and those that they held until their day was over."""
    state, until, settled = col(Redemption.state), col(Redemption.until), col(Redemption.settled_at)
    comes = and_(state == Redeemed.HELD, until > now)
    missed = or_(and_(state == Redeemed.HELD, until <= now), and_(state == Redeemed.RELEASED, settled >= until))
    scope, n = col(RedemptionTake.scope), col(RedemptionTake.n)
    seats = (col(RedemptionTake.redemption_id) == col(Redemption.id)) & (col(RedemptionTake.kind) == Limit.SEATS)
    return (
        select(scope, func.sum(case((comes, n), else_=0)), func.sum(case((missed, n), else_=0)))
        .select_from(Redemption).join(RedemptionTake, seats)
        .where(col(Redemption.offer_id) == offer, col(Redemption.till) == ANSWERS).group_by(scope)
    )  # fmt: skip


def _came(offer: int) -> Any:
    """The guests who had answered and whose coupon a till has taken, or is taking, by the sitting of their answer.

    Who came with fewer, or to another sitting, left the others' seats empty.
    """
    said = col(Redemption.answer)["answered"]
    scope, guests = said["scope"].as_string(), said["guests"].as_integer()
    seats = (col(RedemptionTake.redemption_id) == col(Redemption.id)) & (col(RedemptionTake.kind) == Limit.SEATS)
    let_in = func.coalesce(col(RedemptionTake.n), 0)
    came = case((let_in < guests, let_in), else_=guests)
    taken = col(Redemption.state).in_((Redeemed.REDEEMED, Redeemed.HELD))
    mine = (col(Redemption.offer_id) == offer, taken, col(Redemption.till) != ANSWERS, scope.is_not(None))
    return (
        select(scope, func.sum(came), func.sum(guests - came)).select_from(Redemption)
        .outerjoin(RedemptionTake, seats & (col(RedemptionTake.scope) == scope)).where(*mine).group_by(scope)
    )  # fmt: skip


def _holds(row: Redemption, now: datetime) -> bool:
    return row.until is None or row.until > now
