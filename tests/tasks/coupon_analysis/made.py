"""Histories made for the tests of the analysis of coupons: small ones by hand, large ones by a seeded lot."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from tasks.coupon_analysis.frames import COUPONS, LINES, REDEMPTIONS, History
from tasks.coupon_analysis.periods import Periods

BEGINS, DAY, HOUR = datetime.fromisoformat("2026-03-02T09:00"), timedelta(days=1), timedelta(hours=1)  # a Monday
ENDS = BEGINS + 30 * DAY
NOW = datetime.fromisoformat("2026-05-31T12:00")
PERIODS = Periods(date(2026, 3, 2), date(2026, 4, 1), date(2026, 5, 30), before=56, after=28)


def coupons(number: int, **more: Any) -> pl.DataFrame:
    """So many codes, numbered from 1, each to the customer of its number; `more` are whole columns, or one value."""
    usual: dict[str, Any] = {
        "coupon": range(1, number + 1), "customer": range(1, number + 1), "issued_at": BEGINS, "ends_at": ENDS,
        "most": 1, "delivered": None, "viewed": None, "is_live": True,
    }  # fmt: skip
    return _frame(usual | more, COUPONS, number)


def redemptions(of: Sequence[int], **more: Any) -> pl.DataFrame:
    """A redemption of each of these coupons, by the customer of its number, at noon of the next day."""
    usual: dict[str, Any] = {
        "redemption": range(1, len(of) + 1), "coupon": list(of), "customer": list(of), "outlet": "nevsky",
        "cashier": "nina", "redeemed_at": BEGINS + DAY, "local": BEGINS + DAY + 3 * HOUR, "amount": 10_000,
    }  # fmt: skip
    return _frame(usual | more, REDEMPTIONS, len(of))


def lines(rows: Sequence[tuple[int, str, datetime, int]]) -> pl.LazyFrame:
    """Lines of (customer, product group, local, amount); the product is called as its group."""
    told = [(who, group, group, at, 1000, amount) for who, group, at, amount in rows]
    return pl.DataFrame(told, schema=LINES, orient="row").lazy()


def _frame(columns: dict[str, Any], schema: dict[str, Any], size: int) -> pl.DataFrame:
    each = {
        name: list(value) if isinstance(value, list | range | tuple) else [value] * size
        for name, value in columns.items()
    }  # fmt: skip
    return pl.DataFrame(each, schema=schema)


def arms(treated: int, control: int) -> pl.DataFrame:
    said = ["treated"] * treated + ["control"] * control
    return pl.DataFrame({"customer": range(1, len(said) + 1), "arm": said})


def crowd(seed: int, treated: int, control: int, lift: int, habit: float = 0.8) -> History:
    """Customers with a habit of their own: what they bought before says much of what they buy; the coupon adds `lift`
    to what the treated buy of tea, and takes a third of it from their coffee.
    """
    chance, rows = Random(seed), []
    for who in range(1, treated + control + 1):
        usual = chance.lognormvariate(10, 0.6)
        for week in range(-8, 4):
            at = BEGINS + timedelta(weeks=week, hours=chance.randrange(0, 48))
            amount = habit * usual + (1 - habit) * chance.lognormvariate(10, 0.6)
            is_given = who <= treated and 0 <= week < 4
            rows.append((who, "tea", at, int(amount) + (lift // 4 if is_given else 0)))
            rows.append((who, "coffee", at, int(amount) - (lift // 12 if is_given else 0)))
    return History(coupons(treated), redemptions(range(1, treated // 5 + 1)), lines(rows), arms(treated, control))
