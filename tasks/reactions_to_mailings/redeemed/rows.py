"""The coupons of a mailing's letters and what was bought with them. Sessions are given; none is opened here."""

from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.delivery import OUT
from models.mailings import Mailing, Message
from models.redemptions import BatchKind, Coupon, CouponBatch, OfferRow, Redeemed, Redemption
from tasks.mailing.coupons.rows import USED
from tasks.reactions_to_mailings.values import CouponLine
from tasks.returns.owed.rows import CONTROL


def coupon_lines(session: Session, mailing: Mailing) -> tuple[CouponLine, ...]:
    """By variant; none where the mailing carries no offer."""
    offer = session.execute(select(col(OfferRow.id)).where(col(OfferRow.key) == mailing.offer)).scalar()
    if offer is None or not mailing.offer:
        return ()
    issued = _issued(session, mailing.id or 0, offer)
    redeemed = _redeemed(session, mailing, offer)
    variants = sorted({*issued, *redeemed} - {"", CONTROL})
    return tuple(CouponLine(name, issued.get(name, 0), *redeemed.get(name, (0, 0))) for name in variants)


def _issued(session: Session, mailing: int, offer: int) -> dict[str, int]:
    """Letters whose customers have a code, or all of them where one code is everybody's."""
    mine = (col(Coupon.offer_id) == offer, col(Coupon.customer_id) == col(Message.customer_id))
    generic = exists().where(col(CouponBatch.offer_id) == offer, col(CouponBatch.kind) == BatchKind.GENERIC)
    query = select(col(Message.variant), func.count()).where(
        col(Message.mailing_id) == mailing, col(Message.why) != USED, or_(exists().where(*mine), generic)
    )
    found = session.execute(query.group_by(col(Message.variant))).tuples()
    return {variant: int(number) for variant, number in found}


def _redeemed(session: Session, mailing: Mailing, offer: int) -> dict[str, tuple[int, int]]:
    """How many coupons were redeemed, and what was paid with them, owed to this mailing's letters."""
    letter, later = aliased(Message), aliased(Message)
    used, at = col(Redemption.offer_id) == offer, col(Redemption.at)
    first = select(col(Message.customer_id)).where(col(Message.id) == col(Coupon.message_id)).scalar_subquery()
    holder = func.coalesce(col(Coupon.customer_id), col(Redemption.customer_id), first)
    others = select(col(Mailing.id)).where(col(Mailing.offer) == mailing.offer)
    overtaken = exists().where(
        col(later.customer_id) == col(letter.customer_id), col(later.mailing_id).in_(others), *_went(later, at),
        or_(col(later.sent_at) > col(letter.sent_at),
            and_(col(later.sent_at) == col(letter.sent_at), col(later.id) > col(letter.id))),
    )  # fmt: skip
    paid = func.sum(col(Redemption.base) - col(Redemption.amount))
    query = (
        select(letter.variant, func.count(col(Redemption.coupon_id).distinct()), paid)  # type: ignore[call-overload]
        .select_from(Redemption).join(Coupon, col(Coupon.id) == col(Redemption.coupon_id))
        .join(letter, and_(col(letter.customer_id) == holder, col(letter.mailing_id) == mailing.id))
        .where(used, col(Redemption.state) == Redeemed.REDEEMED, *_went(letter, at), ~overtaken)
    )  # fmt: skip
    found = session.execute(query.group_by(letter.variant))
    return {variant: (int(number), int(amount or 0)) for variant, number, amount in found}


def _went(letter: Any, before: Any) -> tuple[Any, ...]:
    return col(letter.state).in_(OUT), col(letter.sent_at) <= before
