"""What each kind of benefit takes off the goods it is given on. Pure.

A percentage is rounded at the level and to the step that the terms say. Every other kind names its amount itself: it
is added up exactly and rounded once, to the smallest coin.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import floor
from typing import Any, NamedTuple

from models.basket import ONE, Given, LineOff, Off
from models.offers import (
    AmountOff,
    FixedPrice,
    ForTheFewer,
    Gift,
    OfferTerms,
    PercentOff,
    Points,
    Rounding,
    RoundingLevel,
    Split,
)
from models.written import minor_units
from tasks.offers.goods import Item, Portion, Taken, chosen, first_units, of_product, pools, portions, worth
from tasks.offers.sums import Exact, half_up, rounded, split, step_of

POINTS_MOST = 10**12  # no account of a client takes more at once, whatever a receipt comes to


class Share(NamedTuple):
    """What comes off so much of a line."""

    portion: Portion
    amount: int


def given(terms: OfferTerms, lines: Sequence[Item], everything: Sequence[Item], currency: str, seats: int) -> Off:
    """What the offer gives on the lines meant; a gift is looked for among all."""
    gives = terms.gives
    if isinstance(gives, Gift):
        return _gift(gives, terms, everything)
    if gives.kind == "delivery":
        return Off(given=(Given(delivery=True),))
    if gives.kind == "invitation":
        return Off(given=(Given(seats=seats),))
    taken = chosen(terms.goods, pools(lines))
    if isinstance(gives, Points):
        return _points(gives, taken, currency)
    return _off(OFF[type(gives)](gives, terms, taken, currency))


def _off(shares: Sequence[Share]) -> Off:
    """By line; units are counted where anything comes off at all."""
    lines = [LineOff(n=one.portion.line.n, amount=one.amount, quantity=one.portion.quantity) for one in shares]
    goods = sum(one.portion.quantity for one in shares) if any(one.amount for one in shares) else 0
    return Off(lines=tuple(line for line in lines if line.amount), units=-(-goods // ONE))


def _percent(gives: PercentOff, terms: OfferTerms, taken: Sequence[Taken], currency: str) -> list[Share]:
    rate, rounding = Fraction(gives.percent) / 100, terms.rounding
    if rounding.level is RoundingLevel.ORDER:
        shares = _shared(rounded(worth(taken) * rate, step_of(rounding.to, currency)), portions(taken), rounding.split)
    else:
        by_pool = [(one, _of_pool(one, rate, rounding, currency)) for one in taken]
        each = (_shared(amount, portions([one]), rounding.split) for one, amount in by_pool if amount)
        shares = sorted(chain.from_iterable(each))
    most, amounts = minor_units(gives.most, currency), [one.amount for one in shares]
    if most and sum(amounts) > most:
        amounts = split(most, amounts, amounts, rounding.split)
    return [Share(one.portion, amount) for one, amount in zip(shares, amounts, strict=True)]


def _of_pool(one: Taken, rate: Fraction, rounding: Rounding, currency: str) -> int:
    step = step_of(rounding.to, currency)
    if rounding.level is RoundingLevel.LINE:
        return rounded(one.worth * rate, step)
    each = rounded(one.pool.price * ONE * rate, step)
    return half_up(Fraction(each * one.quantity, ONE))


def _amount(gives: AmountOff, terms: OfferTerms, taken: Sequence[Taken], currency: str) -> list[Share]:
    return _shared(minor_units(gives.amount, currency), portions(taken), terms.rounding.split)


def _fixed_price(gives: FixedPrice, terms: OfferTerms, taken: Sequence[Taken], currency: str) -> list[Share]:
    """What is dearer than the price comes down to it."""
    price = Fraction(minor_units(gives.price, currency), ONE)
    dearer = portions(one for one in taken if one.pool.price > price)
    over = [one.worth - price * one.quantity for one in dearer]
    return _shared(half_up(sum(over)), dearer, terms.rounding.split, over)


def _n_for_m(gives: ForTheFewer, terms: OfferTerms, taken: Sequence[Taken], currency: str) -> list[Share]:
    """Sets are put together from the dearest down, as by one who pays for each set apart."""
    dearest_first = [*reversed(taken)]
    free = _free_units(gives, [one.quantity for one in dearest_first])
    found = [Taken(one.pool, quantity) for one, quantity in zip(dearest_first, free, strict=True) if quantity]
    return _shared(half_up(worth(found)), portions(found), terms.rounding.split)


def _free_units(gives: ForTheFewer, quantities: Sequence[int]) -> list[int]:
    """How much of each costs nothing, in thousandths: the tail of every full set."""
    a_set, paid = gives.take * ONE, gives.pay * ONE
    full = sum(quantities) // a_set * a_set

    def free_before(at: int) -> int:
        at = min(at, full)
        return at // a_set * (a_set - paid) + max(at % a_set - paid, 0)

    found, at = [], 0
    for quantity in quantities:
        found.append(free_before(at + quantity) - free_before(at))
        at += quantity
    return found


def _gift(gives: Gift, terms: OfferTerms, everything: Sequence[Item]) -> Off:
    """Off its line where it is in the basket; what is not there is handed over."""
    wanted = gives.quantity * ONE
    there = [line for line in of_product(gives.product, everything) if line.left]
    taken = first_units(pools(there), wanted)
    off = _off(_shared(half_up(worth(taken)), portions(taken), terms.rounding.split))
    still = wanted - sum(one.quantity for one in taken)
    handed = (Given(product=gives.product, quantity=still),) if still else ()
    return off.model_copy(update={"given": handed, "units": gives.quantity})


def _points(gives: Points, taken: Sequence[Taken], currency: str) -> Off:
    """Whole points, a fraction dropped; one point for a unit of the currency, not for a coin."""
    counted = portions(taken) if gives.percent else []
    paid = Fraction(sum(one.room for one in counted), minor_units(Decimal(1), currency))
    points = min(gives.points + floor(paid * Fraction(gives.percent) / 100), POINTS_MOST)
    lines = tuple(LineOff(n=one.line.n, amount=one.room, quantity=one.quantity) for one in counted)
    return Off(given=(Given(points=points),), paid=lines) if points else Off()


def _shared(
    whole: int, among: Sequence[Portion], how: Split, weights: Sequence[Exact] | None = None
) -> list[Share]:  # fmt: skip
    """A sum over lines as they are worth, or by other weights; never more than they cost together."""
    by_worth = [one.worth for one in among]
    most = min(whole, half_up(sum(by_worth)))
    amounts = split(most, weights or by_worth, [one.room for one in among], how)
    return [Share(one, amount) for one, amount in zip(among, amounts, strict=True)]


OFF: Mapping[type[Any], Callable[[Any, OfferTerms, Sequence[Taken], str], list[Share]]] = {
    PercentOff: _percent, AmountOff: _amount, FixedPrice: _fixed_price, ForTheFewer: _n_for_m,
}  # fmt: skip
