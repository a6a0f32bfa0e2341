"""Receipts as they are told to the database: moments in UTC, buyers by the one form each is known by. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tasks.customers.addresses import Found, Unreadable, read_email, read_phone

if TYPE_CHECKING:
    import polars

KNOWN_WAYS = 200_000
DAY = timedelta(days=1)
Way = Callable[[str], str | None]


@dataclass(frozen=True)
class Conventions:
    """What a company's own ways of writing mean: the zone of each outlet that has one, the keys of outlets by name."""

    country: str
    zone: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def latest(self, now: datetime) -> datetime:
        """What the wall clock of the outlet farthest east says: by none of them anything was bought later."""
        return max(now.astimezone(zone).replace(tzinfo=None) for zone in (self.zone, *self.zones.values()))


def placed(lines: polars.DataFrame, at: Conventions) -> polars.DataFrame:
    """With outlets by their keys, and the product group that the feed has where the table names none."""
    import polars as pl

    outlet = _meant(lines["outlet"], at.outlets, "outlet")
    lines = lines.join(outlet, on="outlet", how="left", maintain_order="left")
    lines = lines.with_columns(pl.coalesce("meant", "outlet").alias("outlet")).drop("meant")
    if not at.groups:
        return lines
    lines = lines.join(_meant(lines["product"], at.groups, "product"), on="product", how="left", maintain_order="left")
    own = pl.when(pl.col("product_group") != "").then("product_group")
    return lines.with_columns(pl.coalesce(own, "meant").fill_null("").alias("product_group")).drop("meant")


def _meant(said: polars.Series, known: Mapping[str, str], name: str) -> polars.DataFrame:
    """What each way of writing means, where it means anything."""
    import polars as pl

    ways = said.unique().to_frame(name)
    known_ = pl.DataFrame(
        {"way": list(known), "meant": list(known.values())}, schema=dict.fromkeys(("way", "meant"), pl.String)
    )
    return ways.with_columns(pl.col(name).str.to_lowercase().alias("way")).join(known_, on="way").select(name, "meant")


class Telling:
    """Receipts of one table; each way of naming a buyer is read once."""

    def __init__(self, at: Conventions) -> None:
        self.at = at
        self.phone = lru_cache(KNOWN_WAYS)(lambda text: _way(lambda: read_phone(text, at.country)))
        self.email = lru_cache(KNOWN_WAYS)(lambda text: _way(lambda: read_email(text)))
        self.shift = lru_cache(KNOWN_WAYS)(self._shift)

    def told(self, receipts: polars.DataFrame) -> polars.DataFrame:
        """With `at` as a moment in UTC, and code, phone and email null where nobody can be known by them."""
        import polars as pl

        ways = [_read(receipts["phone"], self.phone), _read(receipts["email"], self.email)]
        code = pl.when(pl.col("code") != "").then("code").alias("code")
        return receipts.with_columns(self._moments(receipts), code, *ways)

    def _moments(self, receipts: polars.DataFrame) -> polars.Series:
        """Wall time is an outlet's; on a day when its clocks change each moment is looked up alone."""
        import polars as pl

        said = receipts.select("outlet", "at", pl.col("at").dt.date().alias("day"))
        days = said.select("outlet", "day").unique()
        shifts = [self.shift(outlet, day) for outlet, day in days.rows()]
        told = said.join(days.with_columns(pl.Series("shift", shifts, pl.Duration("us"))), on=["outlet", "day"],
                         how="left", maintain_order="left")  # fmt: skip
        moments = told.select((pl.col("at") - pl.col("shift")).dt.replace_time_zone("UTC")).to_series()
        if not moments.null_count():
            return moments.alias("at")
        alone = [self._moment(outlet, at) for outlet, at in told.select("outlet", "at").rows()]
        return moments.fill_null(pl.Series(alone, dtype=moments.dtype)).alias("at")

    def _shift(self, outlet: str, day: date) -> timedelta | None:
        """By how much the wall is ahead of UTC all that day; None where that changes."""
        begins = self._moment(outlet, datetime.combine(day, time()))
        ends = self._moment(outlet, datetime.combine(day, time()) + DAY)
        return datetime.combine(day, time(), UTC) - begins if ends - begins == DAY else None

    def _moment(self, outlet: str, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self.at.zones.get(outlet, self.at.zone)).astimezone(UTC)


def _read(said: polars.Series, way: Way) -> polars.Series:
    """Each as the one form it is known by; read once however often it stands there."""
    import polars as pl

    ways = said.filter(said != "").unique()
    if not len(ways):
        return pl.Series(said.name, [None] * len(said), pl.String)
    read = pl.DataFrame({"way": ways, "read": pl.Series([way(one) for one in ways.to_list()], dtype=pl.String)})
    return said.to_frame("way").join(read, on="way", how="left", maintain_order="left")["read"].alias(said.name)


def _way(reading: Callable[[], Found]) -> str | None:
    try:
        return reading().value
    except Unreadable:
        return None
