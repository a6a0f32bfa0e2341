"""What trade tells the registry: of offers and outlets, never of customers and codes. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from models.redemptions import OfferRow
from models.registry import Observation

OPERATION = "C9"


def of_instruction(metric: str, id: int, offer: OfferRow, outlet: str, at: datetime, run: str = "") -> Observation:
    """An outlet was sent the instruction, or has confirmed it: once."""
    return _fact(offer, metric, 1, at, f"{OPERATION}:{metric}:{id}", outlet, run)


def of_redemptions(
    offers: Mapping[int, OfferRow], found: Sequence[Any], currency: str, run: str
) -> Iterator[Observation]:
    """Running totals of an offer in an outlet; the same total is the same fact."""
    for row in found:
        offer = offers[row.offer_id]
        totals = {"coupons_in_outlet": row.number, "coupons_discount": row.amount, "coupons_given_back": row.back}
        for metric, value in totals.items():
            key = f"{OPERATION}:{metric}:{offer.key}:{row.outlet}:{int(value)}"
            money = currency if metric != "coupons_in_outlet" else ""
            yield _fact(offer, metric, int(value), row.last, key, row.outlet, run, money)


def of_oversold(offer: OfferRow, exceeded: int, at: datetime, run: str) -> Observation:
    """How many limits of an offer are exceeded; its target is 0. Once a day, and whenever it is another."""
    return _fact(
        offer, "coupons_oversold", exceeded, at, f"{OPERATION}:oversold:{offer.key}:{at:%Y-%m-%d}:{exceeded}", "", run
    )


def _fact(
    offer: OfferRow, metric: str, value: int, at: datetime, key: str, outlet: str, run: str, currency: str = ""
) -> Observation:
    subject = f"{offer.key}@{outlet}" if outlet else offer.key
    return Observation(
        operation=OPERATION, subject_kind="offer", subject_id=subject, metric=metric, value=value, observed_at=at,
        source="measured", campaign=offer.campaign, goal=offer.goal, outlet=outlet, currency=currency, key=key, run=run,
    )  # fmt: skip
