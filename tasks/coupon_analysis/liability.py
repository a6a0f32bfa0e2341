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
    """Codes still open. `uses` is what they allow yet, None where one of them allows any number.

    `most` is what all those uses would cost, by what a redemption has cost until now; `expected` and `between` count
    only first uses that are to be expected by the codes' ends. Money is None where nothing was redeemed yet; what is
    expected is too where no code was watched for longer than those that are open have waited. `is_whole`: the codes'
    ends lie within what was watched; else more is to come than is expected here.
    """

    open: int
    uses: int | None
    each: float | None
    most: float | None
    expected: float | None
    between: Interval | None
    is_whole: bool = True


def breakage(coupons: pl.DataFrame, redemptions: pl.DataFrame, now: datetime) -> Breakage:
    """Of the codes that can be used no more; `now` is naive UTC. Those stopped before their end are no breakage."""
    ended = coupons.filter(pl.col("ends_at") < now, pl.col("is_live").fill_null(True))
    return Breakage(len(ended), len(ended.join(redemptions.select("coupon"), on="coupon", how="anti")))


def liability(coupons: pl.DataFrame, redemptions: pl.DataFrame, curve: Curve, now: datetime) -> Liability:
    still = coupons.filter(pl.col("is_live").fill_null(True), pl.col("ends_at").is_null() | (pl.col("ends_at") >= now))
    times = redemptions.group_by("coupon").agg(pl.len().cast(pl.Int64).alias("times"))
    still = still.join(times, on="coupon", how="left").with_columns(pl.col("times").fill_null(0))
    each = float(redemptions["amount"].mean()) if len(redemptions) else None  # type: ignore[arg-type]
    is_endless = len(still) > 0 and bool(still.select((pl.col("most") < 1).any()).item())
    uses = None if is_endless else int(still.select((pl.col("most") - pl.col("times")).clip(0).sum()).item())
    number, between, is_whole = _expected(still.filter(pl.col("times") == 0), curve, now)
    is_known = each is not None and number is not None
    return Liability(
        open=len(still) if is_endless else len(still.filter(pl.col("times") < pl.col("most"))), uses=uses, each=each,
        most=None if each is None or uses is None else each * uses, is_whole=is_whole,
        expected=each * number if each is not None and number is not None else None,
        between=Interval(each * between.low, each * between.high) if each is not None and is_known else None,
    )  # fmt: skip


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
