"""How long coupons wait until they are redeemed, while most of them still wait. Pure.

Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations" (1958); Greenwood's variance (1926), intervals
on the log(−log) scale (Kalbfleisch and Prentice), which never leave [0, 1]; those of quantiles by Brookmeyer and
Crowley (1982). What has not been redeemed yet is censored, not left out: an average over the redeemed alone says how
quick the quick were.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import exp, inf, log, sqrt

import polars as pl

from tasks.returns.sums.intervals import CONFIDENCE, Interval, quantile, wilson

HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Point:
    """After `at` days this share has not been redeemed. `hazard` is Greenwood's sum up to here."""

    at: float
    share: float
    interval: Interval
    at_risk: int
    hazard: float


@dataclass(frozen=True)
class Curve:
    """The steps of a survival curve, one at each time at which something was redeemed; `until` is the last look.

    `watched` says of each time, in days, how many were looked at for so long.
    """

    size: int = 0
    redeemed: int = 0
    until: float = 0.0
    points: Sequence[Point] = field(default=())
    watched: Sequence[tuple[float, int]] = field(default=())

    @cached_property
    def _times(self) -> list[float]:
        return [point.at for point in self.points]

    def at(self, days: float) -> Point:
        """Where the curve is; before the first step nothing has been redeemed."""
        place = bisect_right(self._times, days)
        return self.points[place - 1] if place else Point(0.0, 1.0, Interval(1.0, 1.0), self.size, 0.0)

    def watched_for(self, days: float) -> int:
        """How many were looked at for so many days, or were redeemed then or later."""
        place = bisect_left(self.watched, (days, 0))
        return self.watched[place][1] if place < len(self.watched) else 0

    def redeemed_by(self, share: float) -> float | None:
        """By when this share of all is redeemed, in days; None where it has not come to that."""
        return next((point.at for point in self.points if point.share <= 1 - share + 1e-12), None)

    def interval_of(self, share: float) -> tuple[float, float | None]:
        """Between when and when that is; None is a time nobody has seen yet."""
        left = 1 - share
        low = next((point.at for point in self.points if point.interval.low <= left), None)
        high = next((point.at for point in self.points if point.interval.high <= left), None)
        return (low if low is not None else self.until, high)

    def still(self, waited: float, until: float, confidence: float = CONFIDENCE) -> tuple[float, Interval]:
        """How likely one that has waited so long is redeemed by `until`. Behind the last look nothing more is known.

        Where all or none of those who were watched that long were redeemed it is Wilson's interval of their number.
        """
        if until <= waited:
            return 0.0, Interval(0.0, 0.0)
        before, after = self.at(waited), self.at(until)
        left = after.share / before.share if before.share > 0 else 1.0
        if left <= 0 or left >= 1:
            number = self.watched_for(min(until, self.until)) if waited < self.until else 0
            return 1 - left, wilson(number if left <= 0 else 0, number, confidence)
        low, high = _between(left, after.hazard - before.hazard, confidence)
        return 1 - left, Interval(1 - high, 1 - low)


def waits(coupons: pl.DataFrame, redemptions: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Columns hours and redeemed: how long each code waited, until its first redemption or until it was last seen.

    It is last seen at its end, or `now` (naive UTC) where that is earlier: a use behind the end was none until
    then, and those that nobody looked at any more are not to be outlived by it. Codes that were stopped are left out,
    used or not: they could not be redeemed as those can that are looked forward to. Hours, so that a day's censored and
    redeemed are not thrown together.
    """
    first = redemptions.group_by("coupon").agg(pl.col("redeemed_at").min())
    alive = coupons.filter(pl.col("is_live").fill_null(True))
    told = alive.select("coupon", "issued_at", "ends_at").join(first, on="coupon", how="left")
    seen = pl.min_horizontal(pl.col("ends_at").fill_null(now), pl.lit(now))
    in_time = (pl.col("redeemed_at") <= seen).fill_null(False)
    ended = pl.when(in_time).then(pl.col("redeemed_at")).otherwise(seen)
    hours = (ended - pl.col("issued_at")).dt.total_hours()
    known = told.filter(pl.col("issued_at").is_not_null())
    return known.select(pl.max_horizontal(hours, pl.lit(0)).alias("hours"), in_time.alias("redeemed"))


def curve(waited: pl.DataFrame, confidence: float = CONFIDENCE, unit: float = HOURS_OF_A_DAY) -> Curve:
    """The curve of what `waits` told. Who is redeemed in the very hour another is last seen was redeemed before."""
    if waited.is_empty():
        return Curve()
    steps = waited.group_by("hours").agg(
        pl.col("redeemed").sum().cast(pl.Int64).alias("died"), pl.len().cast(pl.Int64).alias("left")
    ).sort("hours")  # fmt: skip
    at_risk, share, hazard, points, watched = len(waited), 1.0, 0.0, [], []
    for hours, died, left in steps.rows():
        watched.append((hours / unit, at_risk))
        if died:
            share *= 1 - died / at_risk
            hazard += died / (at_risk * (at_risk - died)) if at_risk > died else inf
            low, high = _between(share, hazard, confidence)
            points.append(Point(hours / unit, share, Interval(low, high), at_risk, hazard))
        at_risk -= left
    until = float(steps["hours"][-1]) / unit
    return Curve(len(waited), int(waited["redeemed"].sum()), until, tuple(points), tuple(watched))


def _between(share: float, hazard: float, confidence: float) -> tuple[float, float]:
    """The interval of a share that is left, from Greenwood's sum."""
    if share <= 0 or share >= 1 or hazard == inf:
        return (0.0, share) if share <= 0 else (share, share)
    spread = quantile(confidence) * sqrt(hazard) / abs(log(share))
    return share ** exp(spread), share ** exp(-spread)
