"""What customers who were to get the coupon bought more than those who were kept without one. Pure.

Everybody of an arm counts, whether they used the coupon or not: whoever uses it would have bought more anyway. The rule
is fixed beforehand: CUPED wherever something is known from before, Welch's interval, and where few buy or one buyer
weighs much a drawn one too; a difference is believed only where all of them say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

import polars as pl

from models.redemptions import Arm
from tasks.coupon_analysis.moments import Moments, by_arm, centre_of, correlation, pooled, theta_of
from tasks.coupon_analysis.power import Plan, detectable
from tasks.returns.sums.intervals import CONFIDENCE, Interval, welch, welch_interval
from tasks.returns.sums.resampling import BUYERS_LEAST, LARGE_SHARE, TIMES, totals
from tasks.returns.sums.resampling import Spent as Drawn
from tasks.returns.sums.trials import ALPHA

DRAWN_TO = 5_000  # customers of an arm up to which its mean is drawn always; beyond, the normal curve is as good
SCALE = 100  # parts of a minor unit that a drawn amount is kept in


class Told(StrEnum):
    MORE = "more"
    LESS = "less"
    NOT_TOLD = "not_told"
    TOO_FEW = "too_few"
    NO_CONTROL = "no_control"


@dataclass(frozen=True, slots=True)
class Increment:
    """A customer's difference in minor units, treated less control. `apart` and `interval` are what is reported: where
    Welch's interval and the drawn one do not agree whether there is a difference, from the lower end to the higher.

    `plain` is without CUPED; `saved` the share of the variance that CUPED took away, None where it was not used.
    `drawn` is None where it was not needed; `least` the smallest difference these arms would have shown.
    """

    told: Told
    treated: int = 0
    control: int = 0
    apart: float = 0.0
    interval: Interval | None = None
    p: float = 1.0
    plain: Interval | None = None
    drawn: Interval | None = None
    saved: float | None = None
    least: float | None = None
    mean_control: float = 0.0

    def total(self) -> tuple[float, Interval] | None:
        """Of all treated together."""
        if self.interval is None:
            return None
        return self.apart * self.treated, Interval(self.interval.low * self.treated, self.interval.high * self.treated)


def measured(whole: pl.DataFrame, what: str = "during", before: str = "before", alpha: float = ALPHA) -> Increment:
    """The increment of one column; `whole` has a row for everybody: customer, arm, `before` and `what`."""
    arms = by_arm(whole, before, what)
    treated, control = arms.get(Arm.TREATED), arms.get(Arm.CONTROL)
    if treated is None or control is None:
        return Increment(Told.NO_CONTROL, treated.size if treated else 0, control.size if control else 0)
    if _too_few(whole, what):
        return Increment(Told.TOO_FEW, treated.size, control.size, treated.y - control.y)
    both = (treated, control)
    theta, centre = theta_of(both), centre_of(both)
    one, other = treated.adjusted(theta, centre), control.adjusted(theta, centre)
    interval, p = welch_interval(one, other, 1 - alpha), welch(one, other)
    drawn = _drawn(whole, what, before, (theta, centre), alpha)
    apart = one.mean - other.mean
    return Increment(
        told=_told(apart, p, interval, drawn, alpha), treated=treated.size, control=control.size, apart=apart,
        interval=_reported(interval, drawn), p=p, drawn=drawn,
        plain=welch_interval(treated.sample, control.sample, 1 - alpha), saved=_saved(treated, control, theta),
        mean_control=control.y,
        least=detectable(Plan(treated.size, control.size, pooled(arms), correlation(both) if theta else 0.0)),
    )  # fmt: skip


def _told(apart: float, p: float, interval: Interval, drawn: Interval | None, alpha: float) -> Told:
    is_proven = p < alpha and not interval.holds(0) and (drawn is None or not drawn.holds(0))
    return (Told.MORE if apart > 0 else Told.LESS) if is_proven else Told.NOT_TOLD


def _reported(interval: Interval, drawn: Interval | None) -> Interval:
    """Nobody is to read that a difference cannot be told from zero beside an interval without it."""
    if drawn is None or drawn.holds(0) == interval.holds(0):
        return interval
    return Interval(min(interval.low, drawn.low), max(interval.high, drawn.high))


def _too_few(whole: pl.DataFrame, what: str) -> bool:
    """Whether in an arm so few bought that a few receipts decide."""
    buyers = whole.group_by("arm").agg((pl.col(what) != 0).sum().alias("buyers"))
    return bool(buyers.select((pl.col("buyers") < BUYERS_LEAST).any()).item())


def _saved(treated: Moments, control: Moments, theta: float) -> float | None:
    if not theta:
        return None
    plain, adjusted = (
        one.variance / one.size + other.variance / other.size
        for one, other in (
            (treated.sample, control.sample), (treated.adjusted(theta, 0.0), control.adjusted(theta, 0.0)),
        )
    )  # fmt: skip
    return 1 - adjusted / plain if plain else None


def _drawn(whole: pl.DataFrame, what: str, before: str, shift: tuple[float, float], alpha: float) -> Interval | None:
    """The drawn interval, where an arm is small or hangs on one buyer; what draws it is seeded from the data."""
    values = {arm: _adjusted(whole, arm, what, before, *shift) for arm in (Arm.TREATED, Arm.CONTROL)}
    if not any(len(one) <= DRAWN_TO or _hangs_on_one(one) for one in values.values()):
        return None
    return bootstrap(values, 1 - alpha)


def _hangs_on_one(values: pl.Series) -> bool:
    apart = values.to_frame("value").select(((pl.col("value") - pl.col("value").mean()) ** 2).alias("square"))
    most, whole = (
        float(one or 0) for one in apart.select(pl.col("square").max(), pl.sum("square").alias("sum")).row(0)
    )
    return most > LARGE_SHARE * whole > 0


def _adjusted(whole: pl.DataFrame, arm: str, what: str, before: str, theta: float, centre: float) -> pl.Series:
    return whole.filter(pl.col("arm") == arm).select(pl.col(what) - theta * (pl.col(before) - centre)).to_series()


def bootstrap(values: Mapping[Arm, pl.Series], confidence: float = CONFIDENCE, times: int = TIMES) -> Interval:
    """Where the difference of the means of treated and control lies, by drawing both again and again (percentiles).

    The same values give the same interval, in whatever order they come.
    """
    means: list[list[float]] = []
    for place, arm in enumerate((Arm.TREATED, Arm.CONTROL)):
        amounts, size = _bins(values[arm]), len(values[arm])
        drawn = totals(Drawn(amounts, len(amounts)), seed_of(amounts) + place, times)
        means.append([total / SCALE / size for total in drawn])
    apart = sorted(one - other for one, other in zip(*means, strict=True))
    cut = int((1 - confidence) / 2 * len(apart))
    return Interval(apart[cut], apart[len(apart) - 1 - cut])


def _bins(values: pl.Series) -> tuple[int, ...]:
    """What is drawn: each customer, or of many the sums of as many lots, whose mean spreads as theirs does."""
    amounts = (values.cast(pl.Float64) * SCALE).round().cast(pl.Int64).sort()
    if len(amounts) > DRAWN_TO:
        seed = seed_of((len(amounts), int(amounts.sum())))
        mixed = amounts.sample(fraction=1.0, shuffle=True, seed=seed).to_frame("amount").with_row_index("n")
        amounts = mixed.group_by(pl.col("n") % DRAWN_TO).agg(pl.col("amount").sum())["amount"].sort()
    return tuple(amounts.to_list())


def seed_of(amounts: tuple[int, ...]) -> int:
    """A seed that is the data's own: nobody may draw again until the answer pleases."""
    return crc32(repr((len(amounts), sum(amounts), amounts[:3], amounts[-3:])).encode())
