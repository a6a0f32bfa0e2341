"""Offers whose coupons are due to be looked at. Sessions are given; nothing here opens or commits one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.redemptions import Coupon, OfferRow, OfferStage

LOOKED_AT = (OfferStage.OPEN, OfferStage.STOPPED, OfferStage.ENDED)


def due(session: Session, since: datetime, now: datetime) -> Sequence[int]:
    """Offers that have begun, and ended not before `since`; those too whose codes were put off until then."""
    longer = exists().where(col(Coupon.offer_id) == col(OfferRow.id), col(Coupon.ends_at) >= since)
    query = select(col(OfferRow.id)).where(
        col(OfferRow.stage).in_(LOOKED_AT), col(OfferRow.approved_hash) != "",
        or_(col(OfferRow.starts_at).is_(None), col(OfferRow.starts_at) <= now),
        or_(col(OfferRow.ends_at).is_(None), col(OfferRow.ends_at) >= since, longer),
    )  # fmt: skip
    return [id for id in session.execute(query.order_by(col(OfferRow.id))).scalars() if id]


def of_key(session: Session, key: str) -> int | None:
    return session.execute(select(col(OfferRow.id)).where(col(OfferRow.key) == key)).scalar_one_or_none()
