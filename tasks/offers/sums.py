"""Rounding, and splitting a sum so that its parts add up to it exactly. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor

from babel.numbers import get_currency_precision

from models.offers import Split

Exact = int | Fraction


def half_up(exact: Exact) -> int:
    return int((2 * exact + 1) // 2)


def rounded(exact: Exact, step: Exact) -> int:
    """The nearest multiple of `step`, half a step up, in whole coins."""
    return floor((2 * exact + step) // (2 * step) * step)


@cache
def step_of(to: Decimal, currency: str) -> Exact:
    """A step in minor units; never finer than the smallest coin."""
    step = max(Fraction(to.scaleb(get_currency_precision(currency))), Fraction(1))
    return step.numerator if step.denominator == 1 else step


def split(total: int, weights: Sequence[Exact], caps: Sequence[int], how: Split) -> list[int]:
    """`total` in parts as the weights are, none above its cap; all of it where the caps have room for it.

    What rounding down leaves goes, coin by coin, to the largest remainders, or to the last part and, where that is
    full, to the one before it.
    """
    total, whole = min(total, sum(caps)), sum(weights)
    shares: list[tuple[int, Exact]] = [divmod(total * weight, whole) if whole else (0, 0) for weight in weights]
    parts = [min(share, cap) for (share, _), cap in zip(shares, caps, strict=True)]
    order = list(reversed(range(len(parts))))
    if how is Split.LARGEST:
        remainders: list[Exact] = [remainder for _, remainder in shares]
        order = sorted(range(len(parts)), key=lambda n: (-remainders[n], n))
        for n in order[: total - sum(parts)]:
            parts[n] += bool(remainders[n]) and parts[n] < caps[n]
    _fill(total - sum(parts), parts, caps, order)
    return parts


def _fill(left: int, parts: list[int], caps: Sequence[int], order: Sequence[int]) -> None:
    for n in order:
        more = min(left, caps[n] - parts[n])
        parts[n] += more
        left -= more
