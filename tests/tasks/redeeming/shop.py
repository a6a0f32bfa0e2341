"""A shop with an offer and its codes, in a house small enough for a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.basket import Basket, BasketLine, Place
from models.company import Company, Outlet, Workspace
from models.content import fingerprint
from models.database import Clock, DatabaseClock, only_looking
from models.offers import Limits, OfferTerms, PercentOff
from models.redemptions import Coupon, CouponBatch, OfferRow, OfferStage, OfferVersion
from tasks.redeeming.calls import Call, Presented
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW

FIRST, LAST = date(2020, 1, 1), date(2099, 12, 31)


OUTLETS = tuple(
    Outlet(key=key, name=key.title(), zone=zone)
    for key, zone in (("center", None), ("north", None), ("omsk", "Asia/Omsk"))
)
COMPANY = Company(name="Seven Cups", zone="Europe/Moscow", outlets=OUTLETS)


@dataclass
class Counter:
    """A house as far as coupons go."""

    engine: Engine
    clock: Clock = DatabaseClock()  # noqa: RUF009
    workspace: Workspace = Workspace(root="", company=COMPANY)  # noqa: RUF009

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def reads(self) -> sessionmaker[Session]:
        return sessionmaker(only_looking(self.engine), expire_on_commit=False)

    def printed(self, kind: str, value: str) -> str:
        return sha256(f"{kind} {value}".encode()).hexdigest()


def redeeming(engine: Engine, clock: Clock | None = None) -> Redeeming:
    return Redeeming(Counter(engine, clock or DatabaseClock()))


def terms(gives: Any = None, **more: Any) -> OfferTerms:
    limits = more.pop("limits", {})
    said = {"title": "Tea", "gives": gives or PercentOff(percent=Decimal(10)), "first_day": FIRST, "last_day": LAST}
    return OfferTerms(**said | more, limits=Limits(**{"per_code": 0} | limits))


def offer(
    session: Session, codes: Sequence[str], of: OfferTerms | None = None, key: str = "tea", most: int | None = None,
    owners: dict[str, int] | None = None, **more: Any,
) -> OfferRow:  # fmt: skip
    """An open offer with these codes; `most` is how often each may be used, by its terms where it is not said."""
    of = of or terms()
    said = of.model_dump(mode="json")
    row = OfferRow(**{"key": key, "title": of.title, "stage": OfferStage.OPEN, "approved_hash": fingerprint(said),
                      "made_at": NOW - timedelta(days=30)} | more)  # fmt: skip
    session.add(row)
    session.flush()
    session.add(OfferVersion(offer_id=row.id or 0, n=1, hash=fingerprint(said), terms=said, made_at=NOW))
    batch = CouponBatch(offer_id=row.id or 0, once=key, made_at=NOW)
    session.add(batch)
    session.flush()
    limit = of.limits.per_code if most is None else most
    session.add_all(
        Coupon(code=code, offer_id=row.id or 0, batch_id=batch.id or 0, most=limit, made_at=NOW,
               customer_id=(owners or {}).get(code))
        for code in codes
    )  # fmt: skip
    session.flush()
    return row


BASKET = Basket(lines=(BasketLine(n=1, product="tea", amount=10_000), BasketLine(n=2, product="cup", amount=5_001,
                                                                              quantity=3_000)))  # fmt: skip


def call(key: str, *codes: str, at: datetime = NOW, outlet: str = "center", **more: Any) -> Call:
    presented = Presented(**{name: more.pop(name) for name in ("card", "phone", "email") if name in more})
    place = Place(outlet=outlet, zone="Europe/Moscow", at=at)
    said = {"till": "till-1", "basket": BASKET, "place": place, "presented": presented, "receipt": key}
    return Call(key=key, codes=codes or ("TEA",), **said | more)
