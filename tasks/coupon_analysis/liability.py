"""What was promised: coupons that ran out unused (breakage), and what those still open may cost. Pure."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tasks.coupon_analysis.survival import HOURS_OF_A_DAY, Curve
from tasks.returns.sums.intervals import Interval, wilson

ENDLESS = 10**7  # hours: a code without an end


@dataclass(frozen=True, slots=True)
class Breakage:
    """Codes that have ended, and how many of them nobody ever redeemed."""

    ended: int
    unused: int

    @property
    def share(self) -> float | None:
        return self.unused / self.ended if self.ended else None

    @property
    def interval(self) -> Interval:
        return wilson(self.unused, self.ended)


@dataclass(frozen=True, slots=True)
class Liability:
    """Codes still open. `uses` is what they and the offer allow yet, None where nothing bounds them.

    `most` is what all those uses would cost, by what a redemption has cost until now, and no more than the budget has
    left; `expected` and `between` are of uses by the codes' ends. Money is None where nothing was redeemed yet; what
    is expected is too where no code was watched for longer than those that are open have waited, and where codes may
    be used `again`: the curve is of first uses. `is_whole`: the codes' ends lie within what was watched; else more is
    to come than is expected here.
    """

    open: int
    uses: int | None
    each: float | None
    most: float | None
    expected: float | None
    between: Interval | None
    is_whole: bool = True
    again: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What the limits of the offer itself leave of it: uses, and money in minor units; None is no limit."""

    uses: int | None = None
    money: int | None = None

    def most(self, uses: int | None, each: float | None) -> float | None:
        """What so many uses may cost at most; None where nothing bounds it, or no use has cost anything yet."""
        told = [] if self.money is None else [float(self.money)]
        return min([*told, *([each * uses] if each is not None and uses is not None else [])], default=None)


NO_LIMITS = Left()


def breakage(coupons: pl.DataFrame, redemptions: pl.DataFrame, now: datetime) -> Breakage:
    """Of the codes that can be used no more; `now` is naive UTC. Those stopped before their end are no breakage."""
    ended = coupons.filter(pl.col("ends_at") < now, pl.col("is_live").fill_null(True))
    return Breakage(len(ended), len(ended.join(redemptions.select("coupon"), on="coupon", how="anti")))


def liability(
    coupons: pl.DataFrame, redemptions: pl.DataFrame, curve: Curve, now: datetime, left: Left = NO_LIMITS,
    beside: float | None = 0.0,
) -> Liability:  # fmt: skip
    """`beside` is what a use gives that stands in no receipt; None: it does, and nobody knows what that costs."""
    still = coupons.filter(pl.col("is_live").fill_null(True), pl.col("ends_at").is_null() | (pl.col("ends_at") >= now))
    times = redemptions.group_by("coupon").agg(pl.len().cast(pl.Int64).alias("times"))
    still = still.join(times, on="coupon", how="left").with_columns(pl.col("times").fill_null(0))
    is_known = len(redemptions) > 0 and beside is not None
    each = float(redemptions["amount"].mean()) + (beside or 0.0) if is_known else None  # type: ignore[arg-type]
    is_endless, again = (bool(still.select(which.any()).item()) for which in (pl.col("most") < 1, pl.col("most") != 1))
    uses = None if is_endless else int(still.select((pl.col("most") - pl.col("times")).clip(0).sum()).item())
    uses = min((number for number in (uses, left.uses) if number is not None), default=None)
    most = left.most(uses, each)
    number, between, is_whole = _expected(still.filter(pl.col("times") == 0), curve, now)
    open_ = len(still) if is_endless else len(still.filter(pl.col("times") < pl.col("most")))
    if each is None or number is None or again:
        return Liability(open_, uses, each, most, None, None, is_whole and not again, again)
    expected, low, high = (
        each * one if most is None else min(each * one, most) for one in (number, between.low, between.high)
    )
    return Liability(open_, uses, each, most, expected, Interval(low, high), is_whole)


def _expected(waiting: pl.DataFrame, curve: Curve, now: datetime) -> tuple[float | None, Interval, bool]:
    """How many of those that wait will be redeemed by their ends, as the curve goes; the ends of all intervals added.

    Codes of the same day and end are one question. None where the curve says nothing of any of them; and whether it
    goes as far as all their ends.
    """
    waited, until = ((one - pl.col("issued_at")).dt.total_hours() for one in (pl.lit(now), pl.col("ends_at")))
    asked = waiting.select(waited.alias("waited"), until.fill_null(ENDLESS).alias("until"))
    expected = low = high = 0.0
    is_seen, is_whole = asked.is_empty(), True
    for hours, end, number in asked.group_by("waited", "until").agg(pl.len()).rows():
        since, to = max(0, hours) / HOURS_OF_A_DAY, end / HOURS_OF_A_DAY
        likely, between = curve.still(since, to)
        expected, low, high = expected + number * likely, low + number * between.low, high + number * between.high
        is_seen, is_whole = is_seen or since < curve.until, is_whole and to <= curve.until
    return expected if is_seen else None, Interval(low, high), is_whole
