"""What an offer would have given off on purchases that were made without it: its liability before launch. Pure.

Nobody buys more in it because of the offer, nor is a purchase moved to its days: it is what the habits of today cost.
Customers use it or not, each by themselves; the interval is of that chance, and of the sample that was looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from models.offers import CodeKind, Limits, OfferTerms
from tasks.returns.sums.intervals import CONFIDENCE, Interval, quantile


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt that it would have been given on: `who` tells buyers apart, `off` is in minor units."""

    who: str
    at: datetime
    off: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """All that one buyer would have taken."""

    uses: int
    off: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """If this share of those who could had used it. `is_capped`: a limit of the offer would have stopped it."""

    share: float
    uses: float
    off: float
    between: Interval
    is_capped: bool = False


def most_uses(terms: OfferTerms) -> int:
    """How often one buyer may use it; 0 is any number. A code of one's own is one buyer's."""
    own = terms.limits.per_code if terms.codes.kind != CodeKind.GENERIC else 0
    limits = [most for most in (own, terms.limits.per_customer) if most]
    return min(limits, default=0)


def buyers(given: Iterable[Given], most: int) -> list[Buyer]:
    """What each would have taken, the first uses first."""
    by: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        by[one.who].append(one)
    found = []
    for uses in by.values():
        taken = sorted(uses, key=lambda one: one.at)[: most or None]
        found.append(Buyer(len(taken), sum(one.off for one in taken)))
    return found


def scenario(
    taken: Sequence[Buyer], share: float, limits: Limits, budget: int, sampled: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Scenario:  # fmt: skip
    """`sampled` is which share of all buyers `taken` are; `budget` in minor units, 0 is none."""
    uses = share * sum(one.uses for one in taken) / sampled
    off = share * sum(one.off for one in taken) / sampled
    squares = sum(one.off**2 for one in taken)
    by_chance = share * (1 - share) * squares / sampled
    by_sample = share**2 * (1 - sampled) * squares / sampled**2
    half = quantile(confidence) * sqrt(by_chance + by_sample)
    low, high = max(0.0, off - half), off + half
    fits = min(1.0, limits.total / uses) if limits.total and uses else 1.0
    most = float(budget) if budget else float("inf")
    is_capped = fits < 1 or fits * off > most
    return Scenario(share, uses * fits, min(fits * off, most), Interval(min(fits * low, most), min(fits * high, most)),
                    is_capped)  # fmt: skip
