"""Where nobody was left out: those who got it beside those who did not, allowing for how they differed before. Pure.

A difference in differences (Card and Krueger 1994) with one number a customer, so that weeks of one customer are not
taken for many customers (Bertrand, Duflo and Mullainathan 2004). It holds only if both would have gone on alike; that
they went alike before is asked first, and proves nothing even so. It is never causal.
"""

from dataclasses import dataclass

import polars as pl

from models.redemptions import Arm
from tasks.coupon_analysis.periods import Periods
from tasks.coupon_analysis.spending import weekly
from tasks.returns.sums.intervals import Interval, Sample, welch, welch_interval
from tasks.returns.sums.trials import ALPHA

WEEKS_LEAST = 3  # below it a trend is a line through two points


@dataclass(frozen=True, slots=True)
class Difference:
    """`apart` is the change of a customer who got it less that of one who did not, for the offer's days, minor units.

    `trend` is how much faster purchases of the former grew, a week, before the offer; None where too little is known.
    """

    treated: int
    others: int
    apart: float
    interval: Interval
    p: float
    trend: Interval | None = None
    trend_p: float | None = None

    @property
    def has_gone_apart_before(self) -> bool:
        return self.trend_p is not None and self.trend_p < ALPHA

    @property
    def is_told(self) -> bool:
        """Whether there is a difference, and nothing speaks against it: still not causal."""
        known = self.trend_p is not None and not self.has_gone_apart_before
        return known and self.p < ALPHA and not self.interval.holds(0)


def compared(whole: pl.DataFrame, lines: pl.LazyFrame, periods: Periods) -> Difference | None:
    """`whole` is what `spending.by_customer` gave, the arms being who got it and who did not; None without a before, or
    without a day of the offer.
    """
    if not periods.before or not periods.during_days:
        return None
    scale = periods.during_days / periods.before
    changes = whole.select("arm", (pl.col("during") - pl.col("before") * scale).alias("change"))
    one, other = (_sample(changes, arm, "change") for arm in (Arm.TREATED, Arm.CONTROL))
    if min(one.size, other.size) < 2:
        return None
    trend, p = _trend(whole, lines, periods)
    return Difference(
        one.size, other.size, one.mean - other.mean, welch_interval(one, other), welch(one, other), trend, p
    )


def _trend(whole: pl.DataFrame, lines: pl.LazyFrame, periods: Periods) -> tuple[Interval | None, float | None]:
    """The difference of the slopes of both before the offer, each customer's slope being one number."""
    number = periods.weeks_before
    if number < WEEKS_LEAST:
        return None, None
    weeks = range(-number, 0)
    middle = sum(weeks) / number
    spread = sum((week - middle) ** 2 for week in weeks)
    slope = ((pl.col("week") - middle) * pl.col("amount")).sum() / spread
    slopes = weekly(lines, whole, periods, weeks).group_by("customer").agg(slope.alias("slope"))
    told = whole.select("customer", "arm").join(slopes, on="customer", how="left").with_columns(
        pl.col("slope").fill_null(0.0)
    )  # fmt: skip
    one, other = (_sample(told, arm, "slope") for arm in (Arm.TREATED, Arm.CONTROL))
    return welch_interval(one, other), welch(one, other)


def _sample(told: pl.DataFrame, arm: str, what: str) -> Sample:
    values = told.filter(pl.col("arm") == arm)[what].cast(pl.Float64)
    return Sample(len(values), float(values.mean() or 0), float(values.var() or 0))  # type: ignore[arg-type]
