"""Whether the coupon took from other goods what it gave to its own: differences by product group. Pure.

Among a dozen groups one goes down by chance every other time, so the intervals are those of all of them together
(Bonferroni): all hold at once with 95 %.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from models.redemptions import Arm
from tasks.returns.sums.intervals import Interval, Sample, welch_interval
from tasks.returns.sums.trials import ALPHA

BUYERS_LEAST = 30


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a customer of the treated bought more of a product group than one of the control, in minor units.

    `interval` is None where too few bought of it in either arm.
    """

    group: str
    is_promoted: bool
    treated: float
    control: float
    interval: Interval | None

    @property
    def apart(self) -> float:
        return self.treated - self.control

    @property
    def has_lost(self) -> bool:
        return self.interval is not None and self.interval.high < 0

    @property
    def has_won(self) -> bool:
        return self.interval is not None and self.interval.low > 0


def by_group(
    spent: pl.DataFrame, arms: pl.DataFrame, promoted: Collection[str], what: str = "during", alpha: float = ALPHA
) -> list[GroupChange]:
    """Every product group, those that lost most first; empty where there is no control."""
    sizes: dict[str, int] = dict(arms.group_by("arm").agg(pl.len()).rows())
    if min(sizes.get(arm, 0) for arm in (Arm.TREATED, Arm.CONTROL)) < 2:
        return []
    amount = pl.col(what).cast(pl.Float64)
    counted = spent.join(arms.select("customer", "arm"), on="customer", how="inner").group_by("product_group", "arm")
    sums = counted.agg(
        amount.sum().alias("sum"), amount.pow(2).sum().alias("squares"), (pl.col(what) != 0).sum().alias("buyers")
    )
    samples = {
        (group or "", arm): (_sample(sizes[arm], total, squares), buyers)
        for group, arm, total, squares, buyers in sums.rows()
    }
    groups = sorted({group for group, _ in samples})
    share = alpha / max(1, len(groups))
    found = [_change(group, group in promoted, samples, sizes, share) for group in groups]
    return sorted(found, key=lambda one: (one.apart, one.group))


def _sample(size: int, total: float, squares: float) -> Sample:
    """Of everybody of the arm, those who bought nothing of the group among them."""
    mean = total / size
    return Sample(size, mean, max(0.0, (squares - size * mean * mean) / (size - 1)))


def _change(
    group: str, is_promoted: bool, samples: dict[tuple[str, str], tuple[Sample, int]], sizes: dict[str, int],
    alpha: float,
) -> GroupChange:  # fmt: skip
    (treated, some), (control, others) = (
        samples.get((group, arm), (Sample(sizes[arm], 0.0, 0.0), 0)) for arm in (Arm.TREATED, Arm.CONTROL)
    )
    interval = welch_interval(treated, control, 1 - alpha) if min(some, others) >= BUYERS_LEAST else None
    return GroupChange(group, is_promoted, treated.mean, control.mean, interval)


def taken_share(changes: Collection[GroupChange]) -> float | None:
    """Of each rouble that the promoted groups won, how much the others lost; None where nothing is proven won or lost.

    Only groups whose change is proven count: noise of many groups would add up to anything.
    """
    won = sum(one.apart for one in changes if one.is_promoted and one.has_won)
    lost = -sum(one.apart for one in changes if not one.is_promoted and one.has_lost)
    return lost / won if won > 0 and lost > 0 else None
