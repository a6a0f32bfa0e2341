"""What a comparison could find out at all, before it is begun. Pure.

The usual formula for two means (Lehr 1992 is its rule of thumb: 16 variances over the square of the difference).
"""

from dataclasses import dataclass
from math import ceil, inf, sqrt

from tasks.returns.sums.intervals import NORMAL, quantile
from tasks.returns.sums.trials import ALPHA, POWER


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison to be: how many get the coupon, how many are left out, how purchases of one customer spread.

    `correlation` is that of what is bought before and during (CUPED takes its square off the variance).
    """

    treated: int
    control: int
    variance: float
    correlation: float = 0.0


def detectable(plan: Plan, alpha: float = ALPHA, power: float = POWER) -> float:
    """The smallest true difference a customer that would be found with this power; infinite where nothing would be."""
    if min(plan.treated, plan.control) < 2:
        return inf
    spread = plan.variance * (1 - plan.correlation**2)
    return (quantile(1 - alpha) + NORMAL.inv_cdf(power)) * sqrt(spread * (1 / plan.treated + 1 / plan.control))


def control_needed(plan: Plan, difference: float, alpha: float = ALPHA, power: float = POWER) -> int | None:
    """How many of all customers of the plan have to be left out to find such a difference; None: half are not enough.

    The fewest: whoever is left out gets no coupon.
    """
    if difference <= 0:
        raise ValueError("a difference above zero")
    whole = plan.treated + plan.control
    spread = plan.variance * (1 - plan.correlation**2)
    most = difference**2 / (quantile(1 - alpha) + NORMAL.inv_cdf(power)) ** 2 / spread if spread else inf
    # 1 / n + 1 / (whole - n) <= most, so n (whole - n) >= whole / most: the smaller root.
    inside = whole * whole / 4 - whole / most if most else -1.0
    if whole < 4 or inside < 0:
        return None
    return max(2, ceil(whole / 2 - sqrt(inside)))
