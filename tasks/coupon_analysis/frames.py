"""The columns that every analysis of coupons reads, whether from our tables or from a stranger's files. Pure.

Moments named `..._at` are naive UTC, for durations; `local` is the clock of the outlet, by which days and hours are
judged. Amounts are minor units, quantities thousandths. Keys are whatever the source has: numbers of ours, texts of
others; null is not known, never zero.
"""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

MOMENT = pl.Datetime("us")
COUPONS: dict[str, Any] = {
    "coupon": pl.Int64, "customer": pl.Int64, "issued_at": MOMENT, "ends_at": MOMENT, "most": pl.Int64,
    "delivered": pl.Boolean, "viewed": pl.Boolean, "is_live": pl.Boolean,
}  # fmt: skip
REDEMPTIONS: dict[str, Any] = {
    "redemption": pl.Int64, "coupon": pl.Int64, "customer": pl.Int64, "outlet": pl.String, "cashier": pl.String,
    "redeemed_at": MOMENT, "local": MOMENT, "amount": pl.Int64,
}  # fmt: skip
LINES: dict[str, Any] = {
    "customer": pl.Int64, "product": pl.String, "product_group": pl.String, "local": MOMENT, "quantity": pl.Int64,
    "amount": pl.Int64,
}  # fmt: skip
ARMS: dict[str, Any] = {"customer": pl.Int64, "arm": pl.String}
REFUSALS: dict[str, Any] = {"place": pl.String, "local": MOMENT}
COSTS: dict[str, Any] = {"product": pl.String, "cost": pl.Int64}


def nothing(schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class History:
    """All there is to analyse of one offer.

    One row of `coupons` is one code to one customer (`most` uses, 0 is no limit; `delivered` and `viewed` are null
    where nobody can know; of an invitation it has `answered` too), of `redemptions` one use that stands, whatever it
    was given on. `lines` are what the customers of the comparison bought; `costs` what a unit of a product costs us,
    where that is known.
    """

    coupons: pl.DataFrame = field(default_factory=lambda: nothing(COUPONS))
    redemptions: pl.DataFrame = field(default_factory=lambda: nothing(REDEMPTIONS))
    lines: pl.LazyFrame = field(default_factory=lambda: nothing(LINES).lazy())
    arms: pl.DataFrame = field(default_factory=lambda: nothing(ARMS))
    refusals: pl.DataFrame = field(default_factory=lambda: nothing(REFUSALS))
    costs: pl.DataFrame = field(default_factory=lambda: nothing(COSTS))
