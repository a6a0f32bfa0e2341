"""How far a sum of purchases could have been another, by drawing it again and again (Efron 1979, percentiles). Pure.

Nearly all recipients buy nothing, so only the buyers are drawn: how many there are is binomial, who they are is by
chance among them, which is what drawing all recipients with replacement comes to. The same seed gives the same answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import polars as pl

from tasks.returns.sums.intervals import CONFIDENCE, Interval, Sample

TIMES = 2_000
BUYERS_LEAST = 30  # below it a few receipts decide, and an interval would pretend to know
EXACT_TO = 60  # expected buyers up to which their number is drawn exactly, beyond by the normal curve
AT_ONCE = 4_000_000
LARGE_SHARE = 0.2
ALL_BITS = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Spent:
    """What recipients bought: `amounts` of those who bought something, in minor units; `size` is all recipients."""

    amounts: tuple[int, ...]
    size: int

    @property
    def per_thousand(self) -> float:
        return 1000 * sum(self.amounts) / self.size if self.size else 0.0

    @property
    def too_few(self) -> bool:
        return len(self.amounts) < BUYERS_LEAST

    @property
    def hangs_on_one(self) -> bool:
        """Whether one buyer makes so much of it that the next mailing will tell another story."""
        return bool(self.amounts) and max(self.amounts) > LARGE_SHARE * sum(self.amounts)

    @property
    def sample(self) -> Sample:
        """Means and variance per recipient, those who bought nothing among them."""
        if self.size < 2:
            return Sample(self.size, 0.0, 0.0)
        mean = sum(self.amounts) / self.size
        squares = sum((amount - mean) ** 2 for amount in self.amounts) + (self.size - len(self.amounts)) * mean**2
        return Sample(self.size, mean, squares / (self.size - 1))


def per_thousand_interval(spent: Spent, seed: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Where revenue per thousand recipients lies; None where too few bought."""
    return None if spent.too_few else _middle(_thousands(spent, seed), confidence)


def difference_interval(one: Spent, other: Spent, seed: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Where the difference (one less other) per thousand lies; None where too few bought in either."""
    if one.too_few or other.too_few:
        return None
    drawn = zip(_thousands(one, seed), _thousands(other, seed + 1), strict=True)
    return _middle([first - second for first, second in drawn], confidence)


def _thousands(spent: Spent, seed: int) -> list[float]:
    return [1000 * total / spent.size for total in totals(spent, seed)]


def _middle(drawn: Sequence[float], confidence: float) -> Interval:
    ordered, tail = sorted(drawn), (1 - confidence) / 2
    first = int(tail * len(ordered))
    return Interval(ordered[first], ordered[len(ordered) - 1 - first])


def totals(spent: Spent, seed: int, times: int = TIMES) -> list[float]:
    """The totals of so many samples drawn with replacement."""
    numbers = list(_buyers(len(spent.amounts), spent.size, times, seed))
    amounts = pl.Series("amount", spent.amounts, dtype=pl.Float64)
    found: list[float] = []
    portion = max(1, AT_ONCE // max(1, len(spent.amounts)))
    for first in range(0, times, portion):
        some = numbers[first : first + portion]
        drawn = amounts.sample(sum(some), with_replacement=True, seed=(seed + first) & (2**32 - 1)).cum_sum().to_list()
        ends = list(_running(some))
        reached = [drawn[end - 1] if end else 0.0 for end in ends]
        found += [now - before for now, before in zip(reached, [0.0, *reached], strict=False)]
    return found


def _running(numbers: Sequence[int]) -> Iterator[int]:
    total = 0
    for number in numbers:
        total += number
        yield total


def _buyers(buyers: int, size: int, times: int, seed: int) -> Iterator[int]:
    """How many buyers each sample has: binomial, of `size` draws."""
    share = buyers / size
    draws = uniforms(seed, times)
    if buyers <= EXACT_TO or size - buyers <= EXACT_TO:
        yield from (_binomial(draw, size, share) for draw in draws)
        return
    curve = NormalDist(buyers, sqrt(buyers * (1 - share)))
    yield from (min(size, max(0, round(curve.inv_cdf(draw)))) for draw in draws)


def _binomial(draw: float, size: int, share: float) -> int:
    """The number whose distribution function first reaches `draw`, counted on the rarer side."""
    if share > 0.5:
        return size - _binomial(1 - draw, size, 1 - share)
    chance, number = (1 - share) ** size, 0
    reached = chance
    while reached < draw and number < size:
        chance *= (size - number) / (number + 1) * share / (1 - share)
        number += 1
        reached += chance
        if not chance:
            break
    return number


def uniforms(seed: int, number: int) -> Iterator[float]:
    """Numbers between 0 and 1, neither included: SplitMix64 (Steele, Lea and Flood, 2014)."""
    state = seed & ALL_BITS
    for _ in range(number):
        state = (state + 0x9E3779B97F4A7C15) & ALL_BITS
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & ALL_BITS
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & ALL_BITS
        yield (((mixed ^ (mixed >> 31)) >> 11) + 0.5) / 2**53
