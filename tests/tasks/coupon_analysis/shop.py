"""A house with an offer, and short words for what happens to its coupons."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from models.customers import Customer
from models.offers import OfferTerms
from models.purchases import PurchaseLine, Receipt
from models.redemptions import (
    Arm,
    Coupon,
    CouponBatch,
    OfferArm,
    OfferRow,
    OfferStage,
    OfferVersion,
    Redeemed,
    Redemption,
)
from tasks.coupon_analysis.engine import CouponAnalysis
from tasks.house import House

BEGINS = datetime(2026, 3, 1, 21, tzinfo=UTC)  # midnight in Moscow
NOW, DAY, HOUR = datetime(2026, 5, 20, 9, tzinfo=UTC), timedelta(days=1), timedelta(hours=1)
OUTLETS = """\
outlets:
  - {key: west, name: West, city: Moscow}
  - {key: east, name: East, city: Vladivostok, zone: Asia/Vladivostok}
"""
TERMS = {
    "title": "Tea for less", "gives": {"kind": "percent", "percent": "10"}, "goods": {"groups": ["Tea"]},
    "first_day": "2026-03-02", "last_day": "2026-03-31",
}  # fmt: skip


class Shop:
    """A house with an offer, and short words for what happens to its coupons."""

    def __init__(self, house: House, **terms: Any) -> None:
        self.house, self.numbers = house, count(1)
        self.add(OfferRow(id=1, key="tea", title="Tea", stage=OfferStage.OPEN, approved_hash="h", made_at=BEGINS,
                          ends_at=BEGINS + 30 * DAY))  # fmt: skip
        terms = OfferTerms.model_validate(TERMS | terms).model_dump(mode="json")
        self.add(OfferVersion(id=1, offer_id=1, n=1, hash="h", terms=terms, made_at=BEGINS))
        self.add(CouponBatch(id=1, offer_id=1, once="1", made_at=BEGINS))

    def add(self, *rows: Any) -> None:
        with self.house.sessions.begin() as session:
            session.add_all(rows)

    def customers(self, number: int) -> None:
        self.add(*(Customer(id=n, created_at=BEGINS, changed_at=BEGINS) for n in range(1, number + 1)))

    def coupon(self, id: int, customer: int | None = None, **more: Any) -> None:
        told = {"most": 1, "made_at": BEGINS} | more
        self.add(Coupon(id=id, code=f"C{id}", offer_id=1, batch_id=1, customer_id=customer, **told))

    def redeem(self, coupon: int, at: datetime = BEGINS + DAY, **more: Any) -> None:
        n = next(self.numbers)
        told = {"state": Redeemed.REDEEMED, "outlet": "west", "amount": 1000, "customer_id": None} | more
        self.add(Redemption(key=f"k{n}", till="t", offer_id=1, version_id=1, coupon_id=coupon, at=at, **told))

    def buy(self, customer: int | None, at: datetime, tea: int, coffee: int = 0, outlet: str = "west") -> None:
        n = next(self.numbers)
        self.add(Receipt(id=n, key=f"r{n}", customer_id=customer, at=at, outlet=outlet, amount=tea + coffee))
        self.add(PurchaseLine(receipt_id=n, n=1, product="p", product_group="tea", amount=tea),
                 PurchaseLine(receipt_id=n, n=2, product="q", product_group="coffee", amount=coffee))  # fmt: skip

    def found(self, **more: Any) -> Any:
        return CouponAnalysis(self.house).findings(1, **more)

    def compared(self, lift: int = 300, size: int = 60) -> None:
        """As many who were to get the coupon as were left out; the former spend `lift` more on tea, a third of it less
        on coffee; what comes before evens out.
        """
        self.customers(2 * size)
        rows: list[Any] = []
        lines: list[Any] = []
        for n in range(1, 2 * size + 1):
            arm = Arm.TREATED if n <= size else Arm.CONTROL
            rows.append(OfferArm(offer_id=1, customer_id=n, arm=arm, at=BEGINS))
            given = lift if arm is Arm.TREATED else 0
            for at, more in ((BEGINS - 10 * DAY, 0), (BEGINS + 5 * DAY, given)):
                key = next(self.numbers)
                rows.append(Receipt(id=key, key=f"r{key}", customer_id=n, at=at, outlet="west"))
                usual = 1000 + n % size * 10 + (n * 31 % 17 if at > BEGINS else 0)
                for place, (group, amount) in enumerate((("tea", usual + more + n % 5), ("Coffee", usual - more // 3))):
                    lines.append(
                        PurchaseLine(receipt_id=key, n=place, product=group, product_group=group, amount=amount)
                    )
        self.add(*rows)
        self.add(*lines)
        self.buy(None, BEGINS + 40 * DAY, 100)  # purchases are loaded beyond the offer's last day
        for n in range(1, size + 1):
            self.coupon(n, n)
