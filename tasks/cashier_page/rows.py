"""What the cashier's page reads of offers, codes and redemptions. Sessions are given; nothing here changes anything."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.offers import Gift, OfferTerms
from models.piece import OfferRow as Product
from models.redemptions import Coupon as Row
from models.redemptions import (
    CouponState,
    JournalEntry,
    OfferRow,
    OfferStage,
    OfferVersion,
    Redeemed,
    Redemption,
)
from tasks.cashier_page.joining import Coupon

IN_FORCE = (col(OfferVersion.offer_id) == col(OfferRow.id)) & (col(OfferVersion.hash) == col(OfferRow.approved_hash))
SHOWN = (Redeemed.REDEEMED, Redeemed.RETURNED)
LINES_MOST = 500


def found(session: Session, code: str, n: int = 0) -> Coupon:
    """A code with what its offer says; nothing where there is no such code, or nothing of its offer is in force."""
    query = (
        select(col(OfferRow.key), col(OfferVersion.terms), Row).select_from(Row)
        .join(OfferRow, col(OfferRow.id) == col(Row.offer_id)).join(OfferVersion, IN_FORCE)
        .where(col(Row.code) == code).order_by(col(OfferVersion.n).desc()).limit(1)
    )  # fmt: skip
    row = session.execute(query).first()
    if row is None:
        return Coupon(n, code)
    key, terms, coupon = row
    full = bool(coupon.most) and coupon.used >= coupon.most
    return Coupon(n, code, key, OfferTerms.model_validate(terms), coupon.customer_id is not None, full)


def unknown(session: Session, codes: Sequence[str]) -> int:
    """How many of these there are not."""
    query = select(func.count()).select_from(Row).where(col(Row.code).in_(codes))
    return len(codes) - int(session.execute(query).scalar_one())


def titles(session: Session, terms: Iterable[OfferTerms]) -> dict[str, str]:
    """What the products that these name are called."""
    named = {one for each in terms for one in (*each.goods.products, *each.goods.but_products)}
    named |= {each.gives.product for each in terms if isinstance(each.gives, Gift)}
    if not named:
        return {}
    query = select(col(Product.id), col(Product.name)).where(col(Product.id).in_(named))
    return {id: name for id, name in session.execute(query).tuples()}  # noqa: C416  a Result has keys()


def in_force(session: Session) -> dict[str, OfferTerms]:
    """What the open offers say, by their keys."""
    query = select(col(OfferRow.key), col(OfferVersion.terms)).join(OfferVersion, IN_FORCE)
    rows = session.execute(query.where(col(OfferRow.stage) == OfferStage.OPEN).order_by(col(OfferVersion.n))).tuples()
    return {key: OfferTerms.model_validate(terms) for key, terms in rows}


def live(session: Session) -> int:
    """How many codes a device would have to hold."""
    query = select(func.count()).select_from(Row).join(OfferRow, col(OfferRow.id) == col(Row.offer_id))
    alive = (col(Row.state) == CouponState.LIVE, col(OfferRow.stage) == OfferStage.OPEN)
    return int(session.execute(query.where(*alive)).scalar_one())


def redeemed(session: Session, till: str, shift: int) -> Sequence[Any]:
    """The redemptions of a shift, the newest first, with the title of their offer and the code."""
    query = (
        select(Redemption, col(OfferRow.title), col(Row.code))
        .join(OfferRow, col(OfferRow.id) == col(Redemption.offer_id))
        .join(Row, col(Row.id) == col(Redemption.coupon_id))
        .where(col(Redemption.till) == till, col(Redemption.key).like(f"{shift}-%"), col(Redemption.state).in_(SHOWN))
        .order_by(col(Redemption.id).desc()).limit(LINES_MOST)
    )  # fmt: skip
    return session.execute(query).all()


def told(session: Session, till: str, keys: Sequence[str]) -> Mapping[str, JournalEntry]:
    """What the journal keeps of these, by key."""
    query = select(JournalEntry).where(col(JournalEntry.till) == till, col(JournalEntry.key).in_(keys))
    return {row.key: row for row in session.execute(query).scalars()}


def of_calls(session: Session, till: str, keys: Sequence[str]) -> dict[str, tuple[str, int]]:
    """What became of these sales: returned where all their coupons were, and how much came off."""
    query = select(col(Redemption.key), col(Redemption.state), col(Redemption.amount)).where(
        col(Redemption.till) == till, col(Redemption.key).in_(keys), col(Redemption.state).in_(SHOWN)
    )
    found: dict[str, tuple[str, int]] = {}
    for key, state, amount in session.execute(query).tuples():
        before, sum_ = found.get(key, (state, 0))
        found[key] = (before if state == Redeemed.RETURNED else state, sum_ + amount)
    return found
