"""What the program of a till is told beside the ledger's answer. A session is given."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.offers import OfferTerms
from models.piece import OfferRow as Product
from models.redemptions import Coupon, OfferRow, OfferVersion, Redeemed, Redemption

NAMES = select(col(Product.id), col(Product.name)).where(col(Product.id).in_(bindparam("ids", expanding=True)))
SOLD = (Redeemed.REDEEMED, Redeemed.RETURNED)


def names(session: Session, products: Collection[str]) -> dict[str, str]:
    """What the feed calls these products."""
    if not products:
        return {}
    return dict(session.execute(NAMES, {"ids": sorted(products)}).tuples().all())


def terms(session: Session, code: str) -> OfferTerms | None:
    """What is approved of the offer that this code is of."""
    query = (
        select(col(OfferVersion.terms)).join(OfferRow, col(OfferRow.id) == col(OfferVersion.offer_id))
        .join(Coupon, col(Coupon.offer_id) == col(OfferRow.id))
        .where(col(Coupon.code) == code, col(OfferVersion.hash) == col(OfferRow.approved_hash))
        .order_by(col(OfferVersion.n).desc()).limit(1)
    )  # fmt: skip
    found = session.execute(query).scalar()
    return OfferTerms.model_validate(found) if found else None


def sales_of(session: Session, outlet: str, receipt: str) -> Sequence[tuple[str, str]]:
    """The sales of this outlet with this number of a receipt, as (till, key); two are enough to know it is unclear."""
    query = (
        select(col(Redemption.till), col(Redemption.key)).distinct()
        .where(col(Redemption.outlet) == outlet, col(Redemption.receipt) == receipt, col(Redemption.state).in_(SOLD))
        .order_by(col(Redemption.till), col(Redemption.key)).limit(2)
    )  # fmt: skip
    return session.execute(query).tuples().all()
