"""Intervals and tests for shares and means, by their formulas. Pure.

Wilson, "Probable inference, the law of succession, and statistical inference" (1927). Newcombe, "Interval estimation
for the difference between independent proportions" (1998), method 10. Welch, "The generalization of Student's problem"
(1947). The incomplete beta function: Abramowitz and Stegun, 26.5.8, evaluated by Lentz's method (1976).
"""

from dataclasses import dataclass
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
CONFIDENCE = 0.95
TINY, EXACT, STEPS = 1e-300, 1e-15, 500


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of amounts, as much of it as a test of means needs; `variance` is the unbiased one."""

    size: int
    mean: float
    variance: float


def quantile(confidence: float) -> float:
    """The z of a two-sided interval: 1.96 for 0.95."""
    return NORMAL.inv_cdf(0.5 + confidence / 2)


def wilson(number: int, of: int, confidence: float = CONFIDENCE) -> Interval:
    """Where a share lies; [0, 1] where nothing is known. It never leaves [0, 1], and stays honest near its ends."""
    if of <= 0:
        return Interval(0.0, 1.0)
    z, share = quantile(confidence), number / of
    spread = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    low = 0.0 if number == 0 else max(0.0, centre - spread)
    return Interval(low, 1.0 if number == of else min(1.0, centre + spread))


def difference(one: int, of_one: int, other: int, of_other: int, confidence: float = CONFIDENCE) -> Interval:
    """Where the difference of two shares (one less other) lies, by Newcombe's tenth method."""
    if not (of_one and of_other):
        return Interval(-1.0, 1.0)
    first, second = wilson(one, of_one, confidence), wilson(other, of_other, confidence)
    share, another = one / of_one, other / of_other
    apart = share - another
    below = sqrt((share - first.low) ** 2 + (second.high - another) ** 2)
    above = sqrt((first.high - share) ** 2 + (another - second.low) ** 2)
    return Interval(apart - below, apart + above)


def two_shares(one: int, of_one: int, other: int, of_other: int) -> float:
    """How likely two shares differ so much by chance (pooled z-test, two-sided p); 1 where nothing can be said."""
    if not (of_one and of_other):
        return 1.0
    pooled = (one + other) / (of_one + of_other)
    error = sqrt(pooled * (1 - pooled) * (1 / of_one + 1 / of_other))
    return 2 * NORMAL.cdf(-abs(one / of_one - other / of_other) / error) if error else 1.0


def welch(one: Sample, other: Sample) -> float:
    """How likely two means differ so much by chance (two-sided p); 1 where nothing can be said."""
    if min(one.size, other.size) < 2:
        return 1.0
    error = sqrt(_error(one) + _error(other))
    if not error:
        return 1.0
    return 2 * (1 - student(abs(one.mean - other.mean) / error, freedom(one, other)))


def welch_interval(one: Sample, other: Sample, confidence: float = CONFIDENCE) -> Interval:
    """Where the difference of two means (one less other) lies."""
    if min(one.size, other.size) < 2:
        return Interval(-inf, inf)
    error, apart = sqrt(_error(one) + _error(other)), one.mean - other.mean
    if not error:
        return Interval(apart, apart)
    half = student_quantile(0.5 + confidence / 2, freedom(one, other)) * error
    return Interval(apart - half, apart + half)


def freedom(one: Sample, other: Sample) -> float:
    """Degrees of freedom by Welch and Satterthwaite."""
    first, second = _error(one), _error(other)
    return (first + second) ** 2 / (first**2 / (one.size - 1) + second**2 / (other.size - 1))


def _error(sample: Sample) -> float:
    return sample.variance / sample.size


def student(t: float, degrees: float) -> float:
    """The distribution function of Student's t."""
    half = _beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return 1 - half if t >= 0 else half


def student_quantile(probability: float, degrees: float) -> float:
    """The t below which this share lies, for shares of one half and more."""
    low, high = 0.0, 1.0
    while student(high, degrees) < probability and high < 1e12:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if student(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: by its continued fraction, on the side where that converges fast."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    scale = exp(a * log(x) + b * log(1 - x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a
    return scale / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    value, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, STEPS):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / ((1 + term * lower) or TINY)
        upper = (1 + term / upper) or TINY
        value *= upper * lower
        if abs(upper * lower - 1) < EXACT:
            break
    return value
