"""Samples of two columns at once: means, variances and how they go together; and CUPED. Pure.

Deng, Xu, Kohavi and Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment
Data" (2013): what is known of a customer from before takes away that part of the spread which the offer cannot have
caused, and shifts nothing, for the arms were drawn without looking at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tasks.returns.sums.intervals import Sample


@dataclass(frozen=True, slots=True)
class Moments:
    """`x` is what was before, `y` what is asked about; variances and covariance are the unbiased ones."""

    size: int
    x: float
    y: float
    xx: float
    yy: float
    xy: float

    @property
    def sample(self) -> Sample:
        return Sample(self.size, self.y, self.yy)

    def adjusted(self, theta: float, centre: float) -> Sample:
        """The sample of y − theta · (x − centre)."""
        spread = self.yy + theta * theta * self.xx - 2 * theta * self.xy
        return Sample(self.size, self.y - theta * (self.x - centre), max(0.0, spread))


def by_arm(whole: pl.DataFrame, before: str, after: str) -> dict[str, Moments]:
    """The moments of two columns in each arm."""
    x, y = pl.col(before).cast(pl.Float64), pl.col(after).cast(pl.Float64)
    found = whole.group_by("arm").agg(
        pl.len(), x.mean().alias("x"), y.mean().alias("y"), x.var().alias("xx"), y.var().alias("yy"),
        pl.cov(x, y).alias("xy"),
    )  # fmt: skip
    return {row[0]: Moments(row[1], *(float(value or 0) for value in row[2:])) for row in found.rows()}


def theta_of(arms: Sequence[Moments]) -> float:
    """The coefficient of CUPED: within the arms, all of them together; 0 where nobody bought before."""
    inner = sum((one.size - 1) * one.xx for one in arms)
    return sum((one.size - 1) * one.xy for one in arms) / inner if inner else 0.0


def centre_of(arms: Sequence[Moments]) -> float:
    size = sum(one.size for one in arms)
    return sum(one.size * one.x for one in arms) / size if size else 0.0


def correlation(arms: Sequence[Moments]) -> float:
    """How x and y go together within the arms: −1 to 1."""
    together = sum((one.size - 1) * one.xy for one in arms)
    spread = sum((one.size - 1) * one.xx for one in arms) * sum((one.size - 1) * one.yy for one in arms)
    return max(-1.0, min(1.0, together / spread**0.5)) if spread > 0 else 0.0


def pooled(arms: Mapping[str, Moments]) -> float:
    """The variance of y within the arms."""
    freedom = sum(one.size - 1 for one in arms.values())
    return sum((one.size - 1) * one.yy for one in arms.values()) / freedom if freedom > 0 else 0.0
