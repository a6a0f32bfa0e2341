"""The door prices come in by: what an offer takes off a basket, and several of them on one. Pure.

Whoever prices asks all that the terms say of basket, buyer and place, days and hours too. Limits are the ledger's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.basket import Basket, Buyer, LineOff, Off, Place
from models.offers import Base, OfferTerms
from models.reason import Reason, because
from tasks.redeeming import refusals


class Prices(Protocol):
    def of(self, terms: OfferTerms, basket: Basket, buyer: Buyer, place: Place) -> Off | Reason:
        """What the offer gives to this basket, or why it gives nothing."""
        ...


@dataclass(frozen=True)
class Asked:
    """An offer on a receipt: `id` tells two coupons of one offer."""

    id: int
    terms: OfferTerms


def together(prices: Prices, asked: Sequence[Asked], basket: Basket, buyer: Buyer, place: Place) -> list[Off | Reason]:
    """What each of these gives on one receipt, in the order of their ranks; never more than a line is worth.

    One coupon of an offer; an exclusive offer goes alone, and the first in order stays.
    """
    found: dict[int, Off | Reason] = {}
    left = {line.n: line.amount for line in basket.lines}
    given: list[Asked] = []
    for place_in_call in sorted(range(len(asked)), key=lambda n: (asked[n].terms.stacking.rank, n)):
        one = asked[place_in_call]
        off = _beside(given, one) or _priced(prices, one.terms, basket, left, buyer, place)
        found[place_in_call] = off
        if isinstance(off, Off):
            given.append(one)
            left |= {line.n: left[line.n] - line.amount for line in off.lines}
    return [found[n] for n in range(len(asked))]


def _beside(given: Sequence[Asked], one: Asked) -> Reason:
    """Why it does not go with those that are given already; no reason where it does."""
    if any(other.id == one.id for other in given):
        return because(refusals.TWICE, code="twice")
    if given and (one.terms.stacking.exclusive or any(other.terms.stacking.exclusive for other in given)):
        return because(refusals.ALONE, code="exclusive")
    return Reason()


def _priced(
    prices: Prices, terms: OfferTerms, basket: Basket, left: dict[int, int], buyer: Buyer, place: Place
) -> Off | Reason:
    if all(line.amount == left[line.n] for line in basket.lines):
        return prices.of(terms, basket, buyer, place)
    if terms.stacking.base is Base.INITIAL:
        return _capped(prices.of(terms, basket, buyer, place), left)
    lines = tuple(line.model_copy(update={"amount": left[line.n]}) for line in basket.lines)
    return prices.of(terms, basket.model_copy(update={"lines": lines}), buyer, place)


def _capped(off: Off | Reason, left: dict[int, int]) -> Off | Reason:
    if isinstance(off, Reason):
        return off
    lines = tuple(LineOff(n=one.n, amount=min(one.amount, left[one.n]), quantity=one.quantity) for one in off.lines)
    return off.model_copy(update={"lines": lines})
