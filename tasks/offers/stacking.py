"""Several offers on one basket: in which order, which go together, and what comes off each line. Pure.

The lower rank comes first, then the key. An exclusive offer is given only where none was before it, and none after it
is. Points for what is paid are counted when everything else has come off.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.basket import Basket, Buyer, LineOff, Off, Place
from models.offers import OfferTerms, Points
from tasks.offers import refusals as no
from tasks.offers.goods import ANYTHING, Assortment
from tasks.offers.pricing import NOTHING_GONE, priced
from tasks.offers.refusals import Refusal, refused


class Offered(NamedTuple):
    """An offer that is laid on the basket; `until` is its coupon's own end, `guests` how many have come with it.

    `buyer` is who buys as far as this one goes: a coupon may be somebody's, and nobody else has named themselves.
    `place` is where and when it is used: a seat is taken now for a later day.
    """

    key: str
    terms: OfferTerms
    until: datetime | None = None
    guests: int = 1
    buyer: Buyer | None = None
    place: Place | None = None


class Outcome(NamedTuple):
    """What became of one of them."""

    offered: Offered
    result: Off | Refusal


class Stack(NamedTuple):
    """What became of all, in the order in which they were given."""

    outcomes: tuple[Outcome, ...]

    @property
    def given(self) -> dict[str, Off]:
        return {one.offered.key: one.result for one in self.outcomes if isinstance(one.result, Off)}

    @property
    def refused(self) -> list[Outcome]:
        return [one for one in self.outcomes if isinstance(one.result, Refusal)]

    @property
    def off(self) -> Off:
        """All of it as one: what comes off each line, and what is handed over."""
        offs = [*self.given.values()]
        lines = [LineOff(n=n, amount=amount, quantity=most) for n, (amount, most) in sorted(_by_line(offs).items())]
        handed = tuple(given for one in offs for given in one.given)
        return Off(lines=tuple(lines), given=handed, units=sum(one.units for one in offs))

    @property
    def amount(self) -> int:
        return sum(off.amount for off in self.given.values())

    def by_line(self) -> dict[int, dict[str, int]]:
        """What each offer takes off each line, in minor units."""
        found: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for key, off in self.given.items():
            for line in off.lines:
                found[line.n][key] = line.amount
        return dict(sorted(found.items()))


def in_rank(offered: Offered) -> tuple[int, str]:
    return offered.terms.stacking.rank, offered.key


def stacked(
    offers: Iterable[Offered], basket: Basket, buyer: Buyer, place: Place, assortment: Assortment = ANYTHING
) -> Stack:
    """Lay the offers on the basket, each on what those before it have left."""
    outcomes: list[Outcome] = []
    for offered in sorted(offers, key=in_rank):
        refusal = _does_not_go(offered, outcomes)
        gone = _gone(outcomes)
        outcomes.append(Outcome(offered, refusal or _priced(offered, basket, buyer, place, assortment, gone)))
    gone = _gone(outcomes)
    for n, (offered, result) in enumerate(outcomes):
        if isinstance(offered.terms.gives, Points) and isinstance(result, Off):
            outcomes[n] = Outcome(offered, _priced(offered, basket, buyer, place, assortment, gone))
    return Stack(tuple(outcomes))


def _priced(
    offered: Offered, basket: Basket, buyer: Buyer, place: Place, assortment: Assortment, gone: Mapping[int, int]
) -> Off | Refusal:
    whoever, there = offered.buyer or buyer, offered.place or place
    return priced(offered.terms, basket, whoever, there, assortment, gone, offered.until, offered.guests)


def _does_not_go(offered: Offered, outcomes: Sequence[Outcome]) -> Refusal | None:
    """Why it is not given beside those given already; None where it may be."""
    before = [one.offered for one in outcomes if isinstance(one.result, Off)]
    if any(one.key == offered.key for one in before):
        return refused(no.SAME_OFFER, "same_offer")
    if alone := next((one for one in before if one.terms.stacking.exclusive), None):
        return no.not_with(alone.terms.title, no.BESIDE_EXCLUSIVE)
    if before and offered.terms.stacking.exclusive:
        return no.not_with(before[0].terms.title)
    return None


def _gone(outcomes: Iterable[Outcome]) -> Mapping[int, int]:
    offs = [one.result for one in outcomes if isinstance(one.result, Off)]
    return {n: amount for n, (amount, _) in _by_line(offs).items()} or NOTHING_GONE


def _by_line(offs: Iterable[Off]) -> dict[int, tuple[int, int]]:
    """What comes off each line in all, and of how much of it at most."""
    found: dict[int, tuple[int, int]] = {}
    for line in (line for off in offs for line in off.lines):
        amount, most = found.get(line.n, (0, 0))
        found[line.n] = amount + line.amount, max(most, line.quantity)
    return found
