"""What customers of a comparison spent before, during and after an offer: millions of lines reduced once. Pure.

Everything else works on what comes out of it: a row for each customer and product group.
"""

from collections.abc import Sequence

import polars as pl

from tasks.coupon_analysis.periods import WEEK, Periods

PERIODS = ("before", "during", "after")
SUMS = (*PERIODS, "known", "margin")
MILLI = 1000


def by_group(
    lines: pl.LazyFrame, arms: pl.DataFrame, periods: Periods, costs: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Columns customer, product_group and the sums of each period; `margin` is that of the offer's own days, of the
    `known` part of the purchases: where a unit's cost is known.
    """
    local = pl.col("local")
    wanted = lines.filter((local >= periods.begins) & (local < periods.after_ends))
    wanted = wanted.join(arms.lazy().select("customer"), on="customer", how="semi")
    sums = [
        _within("before", None, periods.first_day), _within("during", periods.first_day, periods.during_ends),
        _within("after", periods.during_ends, None),
    ]  # fmt: skip
    if costs is None or costs.is_empty():
        found = wanted.group_by("customer", "product_group").agg(*sums)
        return found.with_columns(pl.lit(0, pl.Int64).alias(name) for name in ("known", "margin")).collect()
    wanted = wanted.join(costs.lazy().select("product", "cost"), on="product", how="left")
    is_known = (local >= periods.first_day) & (local < periods.during_ends) & pl.col("cost").is_not_null()
    cost = (pl.col("cost") * pl.col("quantity") / MILLI).round().cast(pl.Int64)
    sums += [
        pl.when(is_known).then(pl.col("amount")).otherwise(0).sum().alias("known"),
        pl.when(is_known).then(pl.col("amount") - cost).otherwise(0).sum().alias("margin"),
    ]
    return wanted.group_by("customer", "product_group").agg(*sums).collect()


def _within(name: str, first: object, behind: object) -> pl.Expr:
    """The sum of a period; None is an end of all that is looked at."""
    is_in = pl.lit(True)
    is_in = is_in if first is None else is_in & (pl.col("local") >= first)
    is_in = is_in if behind is None else is_in & (pl.col("local") < behind)
    return pl.when(is_in).then(pl.col("amount")).otherwise(0).sum().alias(name)


def by_customer(spent: pl.DataFrame, arms: pl.DataFrame) -> pl.DataFrame:
    """A row for everybody of the comparison, those who bought nothing among them."""
    whole = spent.group_by("customer").agg(pl.col(name).sum() for name in SUMS)
    return arms.select("customer", "arm").join(whole, on="customer", how="left").with_columns(
        pl.col(name).fill_null(0) for name in SUMS
    )  # fmt: skip


def by_week(lines: pl.LazyFrame, arms: pl.DataFrame, periods: Periods) -> pl.DataFrame:
    """Columns arm, week and the mean of a customer; weeks count from the offer's first day, those before it below 0.

    Only weeks that are known whole.
    """
    weeks = range(-periods.weeks_before, periods.during_days // WEEK)
    found = weekly(lines, arms, periods, weeks).group_by("arm", "week").agg(pl.col("amount").sum())
    sizes = arms.group_by("arm").agg(pl.len().alias("size"))
    whole = sizes.join(pl.DataFrame({"week": list(weeks)}, schema={"week": pl.Int64}), how="cross")
    return whole.join(found, on=["arm", "week"], how="left").select(
        "arm", "week", (pl.col("amount").fill_null(0) / pl.col("size")).alias("mean")
    ).sort("arm", "week")  # fmt: skip


def weekly(lines: pl.LazyFrame, arms: pl.DataFrame, periods: Periods, weeks: Sequence[int]) -> pl.DataFrame:
    """Columns customer, arm, week, amount, where something was bought in one of these weeks."""
    days = (pl.col("local").dt.date() - pl.lit(periods.first_day)).dt.total_days()
    week = days.floordiv(WEEK).cast(pl.Int64).alias("week")
    local = pl.col("local")
    wanted = lines.filter((local >= periods.begins) & (local < periods.during_ends)).select("customer", week, "amount")
    wanted = wanted.filter(pl.col("week").is_in(list(weeks)))
    joined = wanted.join(arms.lazy().select("customer", "arm"), on="customer", how="inner")
    return joined.group_by("customer", "arm", "week").agg(pl.col("amount").sum()).collect()
