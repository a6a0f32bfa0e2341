"""Rounding, and splitting a sum so that its parts add up to it exactly. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from babel.numbers import get_currency_precision

from models.offers import Split

HALF = Fraction(1, 2)


def half_up(exact: Fraction) -> int:
    return floor(exact + HALF)


def rounded(exact: Fraction, step: Fraction) -> int:
    """The nearest multiple of `step`, half a step up, in whole coins."""
    return floor(half_up(exact / step) * step)


def step_of(to: Decimal, currency: str) -> Fraction:
    """A step in minor units; never finer than the smallest coin."""
    return max(Fraction(to.scaleb(get_currency_precision(currency))), Fraction(1))


def split(total: int, weights: Sequence[int | Fraction], caps: Sequence[int], how: Split) -> list[int]:
    """`total` in parts as the weights are, none above its cap; all of it where the caps have room for it.

    What rounding down leaves goes, coin by coin, to the largest remainders, or to the last part and, where that is
    full, to the one before it.
    """
    total, whole = min(total, sum(caps)), sum(weights)
    shares: list[Fraction] = [Fraction(total) * weight / whole if whole else Fraction(0) for weight in weights]
    parts = [min(floor(share), cap) for share, cap in zip(shares, caps, strict=True)]
    if how is Split.LARGEST:
        remainders: list[Fraction] = [share - floor(share) for share in shares]
        order = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        _coin_by_coin(total - sum(parts), parts, shares, caps, order)
    else:
        order = list(reversed(range(len(parts))))
    _fill(total - sum(parts), parts, caps, order)
    return parts


def _coin_by_coin(
    left: int, parts: list[int], shares: Sequence[Fraction], caps: Sequence[int], order: Sequence[int]
) -> None:
    for n in order:
        if left and parts[n] < shares[n] and parts[n] < caps[n]:
            parts[n] += 1
            left -= 1


def _fill(left: int, parts: list[int], caps: Sequence[int], order: Sequence[int]) -> None:
    for n in order:
        more = min(left, caps[n] - parts[n])
        parts[n] += more
        left -= more
