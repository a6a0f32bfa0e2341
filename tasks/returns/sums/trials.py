"""Whether one variant of a mailing is better than the others, and when that may be said. Pure.

The rule is fixed before anything is sent: one metric, one moment of decision, a two-sided error of 5 % shared among all
pairs (Bonferroni), a least sample. There is one look: whoever looks every day and stops at the first success finds one
by chance four times as often (Armitage, McPherson and Rowe, 1969), so before the moment the answer is "not yet".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import ceil, sqrt

from models.locale import mark
from models.reason import Reason, because
from tasks.returns.sums.intervals import NORMAL, Interval, difference, quantile, two_shares, welch
from tasks.returns.sums.resampling import BUYERS_LEAST, Spent, difference_interval

ALPHA = 0.05
Pair = tuple[str, str]

SUCCESSES_LEAST = 10  # and failures: below it the normal curve is no picture of a share
POWER = 0.8

NOT_YET = mark("It is decided on {at}, not before: an early look finds winners by chance.")
TOO_FEW = mark("Too few have answered to say anything: at least {least} in each variant.")
NO_WINNER = mark("No difference is proven between the best variants; take the one you like.")
WINNER = mark(
    "Variant {variant} is better than each of the others; by chance this happens in fewer than {percent} of 100."
)
ALONE = mark("There is one variant only, so there is nothing to compare.")


@dataclass(frozen=True, slots=True)
class Rule:
    """What was settled before sending. `decides_at` is the only moment at which anything is said."""

    decides_at: datetime
    alpha: float = ALPHA


@dataclass(frozen=True, slots=True)
class Verdict:
    """`winner` is empty where none is proven. `p` and `apart` are by pair, the better one first."""

    winner: str
    reason: Reason
    p: Mapping[Pair, float]
    apart: Mapping[Pair, Interval]


def best_share(counted: Mapping[str, tuple[int, int]], rule: Rule, now: datetime) -> Verdict:
    """Which variant has the largest share; `counted` are (successes, of) by variant."""
    if objection := _objection(len(counted), rule, now):
        return _none(objection)
    if any(min(number, of - number) < SUCCESSES_LEAST for number, of in counted.values()):
        return _none(because(TOO_FEW, code="too_few", least=SUCCESSES_LEAST))
    ordered = sorted(counted, key=lambda one: (-counted[one][0] / counted[one][1], one))
    alpha = rule.alpha / _pairs(len(ordered))
    pairs = list(combinations(ordered, 2))
    p = {(one, other): two_shares(*counted[one], *counted[other]) for one, other in pairs}
    apart = {(one, other): difference(*counted[one], *counted[other], 1 - alpha) for one, other in pairs}
    return _decided(ordered, p, apart, alpha, rule)


def best_revenue(spent: Mapping[str, Spent], rule: Rule, now: datetime, seed: int) -> Verdict:
    """Which variant brings most per recipient: Welch's test and the drawn interval must both say so.

    Purchases have heavy tails: where one large receipt makes the mean, the test alone would believe it.
    """
    if objection := _objection(len(spent), rule, now):
        return _none(objection)
    if any(one.too_few for one in spent.values()):
        return _none(because(TOO_FEW, code="too_few", least=BUYERS_LEAST))
    ordered = sorted(spent, key=lambda one: (-spent[one].per_thousand, one))
    alpha = rule.alpha / _pairs(len(ordered))
    p: dict[Pair, float] = {}
    apart: dict[Pair, Interval] = {}
    for one, other in combinations(ordered, 2):
        drawn = difference_interval(spent[one], spent[other], seed, 1 - alpha)
        assert drawn is not None
        apart[one, other] = drawn
        p[one, other] = 1.0 if drawn.holds(0) else welch(spent[one].sample, spent[other].sample)
    return _decided(ordered, p, apart, alpha, rule)


def sample_needed(share: float, better: float, variants: int = 2, alpha: float = ALPHA, power: float = POWER) -> int:
    """How many each variant needs to find out that `better` is better than `share` (Fleiss 1981, uncorrected)."""
    if not (0 < share < 1 and 0 < better < 1 and share != better):
        raise ValueError("two different shares between 0 and 1")
    z, strength = quantile(1 - alpha / _pairs(variants)), NORMAL.inv_cdf(power)
    middle = (share + better) / 2
    spread = z * sqrt(2 * middle * (1 - middle)) + strength * sqrt(share * (1 - share) + better * (1 - better))
    return ceil((spread / (share - better)) ** 2)


def _pairs(variants: int) -> int:
    return max(1, variants * (variants - 1) // 2)


def _objection(variants: int, rule: Rule, now: datetime) -> Reason | None:
    if variants < 2:
        return because(ALONE, code="alone")
    if now < rule.decides_at:
        return because(NOT_YET, code="not_yet", at=f"{rule.decides_at:%d.%m.%Y %H:%M}")
    return None


def _none(reason: Reason) -> Verdict:
    return Verdict("", reason, {}, {})


def _decided(
    ordered: list[str], p: dict[Pair, float], apart: dict[Pair, Interval], alpha: float, rule: Rule
) -> Verdict:
    first = ordered[0]
    if all(p[first, other] < alpha for other in ordered[1:]):
        told = because(WINNER, code="winner", variant=first, percent=ceil(100 * rule.alpha))
        return Verdict(first, told, p, apart)
    return Verdict("", because(NO_WINNER, code="no_winner"), p, apart)
