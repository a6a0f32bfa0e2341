"""A shop with an offer and its codes: simple honest prices, a house small enough for a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.basket import Basket, BasketLine, Buyer, Given, LineOff, Off, Place
from models.content import fingerprint
from models.database import Clock, DatabaseClock, only_looking
from models.offers import AmountOff, Invitation, Limits, OfferTerms, PercentOff
from models.reason import Reason, because
from models.redemptions import Coupon, CouponBatch, OfferRow, OfferStage, OfferVersion
from models.written import minor_units
from tasks.redeeming.calls import Call, Presented
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW

FIRST, LAST = date(2020, 1, 1), date(2099, 12, 31)


class PlainPrices:
    """Percent and amount off everything in the basket, seats of an invitation; days are asked, nothing else."""

    def of(self, terms: OfferTerms, basket: Basket, buyer: Buyer, place: Place) -> Off | Reason:
        if not terms.first_day <= place.at.date() <= terms.last_day:
            return because("not on this day", code="day")
        gives = terms.gives
        if isinstance(gives, Invitation):
            return Off(given=(Given(seats=gives.guests),))
        units = sum(line.quantity for line in basket.lines) // 1000
        if isinstance(gives, PercentOff):
            parts = [int(line.amount * gives.percent / 100) for line in basket.lines]
        elif isinstance(gives, AmountOff):
            parts = shared(min(minor_units(gives.amount, basket.currency), basket.amount), basket)
        else:
            raise AssertionError(f"no price for {gives.kind} here")
        lines = zip(basket.lines, parts, strict=True)
        return Off(lines=tuple(LineOff(n=one.n, amount=off, quantity=one.quantity) for one, off in lines), units=units)


def shared(amount: int, basket: Basket) -> list[int]:
    """An amount over the lines, what is left of rounding on the last that has room."""
    parts = [amount * line.amount // basket.amount if basket.amount else 0 for line in basket.lines]
    for n in reversed(range(len(parts))):
        more = min(amount - sum(parts), basket.lines[n].amount - parts[n])
        parts[n] += more
    return parts


@dataclass
class Counter:
    """A house as far as coupons go."""

    engine: Engine
    clock: Clock = DatabaseClock()  # noqa: RUF009

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def reads(self) -> sessionmaker[Session]:
        return sessionmaker(only_looking(self.engine), expire_on_commit=False)

    def printed(self, kind: str, value: str) -> str:
        return sha256(f"{kind} {value}".encode()).hexdigest()


def redeeming(engine: Engine, clock: Clock | None = None) -> Redeeming:
    return Redeeming(Counter(engine, clock or DatabaseClock()), PlainPrices())


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
