"""Whose clock a time is of: each outlet's own; and from there to UTC and back, for all rows at once. Pure.

A time without a zone is the outlet's. Read as UTC, one line in six would change its day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"
PARTS, HOURS_ONLY = r"(:\d{2}:\d{2})[.,]\d+", r"(:\d{2}[+-]\d{2})$"
HOUR = pl.duration(hours=1)


@dataclass(frozen=True)
class Clocks:
    """The zone of each outlet that has one of its own, and of all others."""

    zone: str
    outlets: Mapping[str, str] = field(default_factory=dict)

    def _by_zone(self, outlet: pl.Expr, ask: Callable[[str], pl.Expr]) -> pl.Expr:
        told = ask(self.zone)
        for zone in sorted(set(self.outlets.values()) - {self.zone}):
            there = [name for name, own in self.outlets.items() if own == zone]
            told = pl.when(outlet.is_in(there)).then(ask(zone)).otherwise(told)
        return told

    def to_utc(self, local: pl.Expr, outlet: pl.Expr) -> pl.Expr:
        """Naive UTC of an outlet's naive local time: the earlier one where clocks went back over it, an hour later
        where they sprang over it.
        """

        def of(zone: str) -> pl.Expr:
            told = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
            later = (local + HOUR).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
            return pl.coalesce(told, later).dt.convert_time_zone("UTC").dt.replace_time_zone(None)

        return self._by_zone(outlet, of)

    def to_local(self, utc: pl.Expr, outlet: pl.Expr) -> pl.Expr:
        """The outlet's naive local time of naive UTC."""

        def of(zone: str) -> pl.Expr:
            return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)

        return self._by_zone(outlet, of)

    def as_local(self, frame: pl.DataFrame, name: str) -> pl.DataFrame:
        """A column of texts without parts of seconds; those that name their zone (…Z, …+03:00, …+03) turned into the
        outlet's own time.
        """
        if name not in frame.columns:
            return frame
        frame = frame.with_columns(pl.col(name).str.replace(PARTS, "$1").str.replace(HOURS_ONLY, "$1:00"))
        said = pl.col(name).str.replace(" ", "T", literal=True).str.replace(r"Z$", "+00:00")
        utc = pl.coalesce(
            said.str.to_datetime(form, strict=False, time_zone="UTC", time_unit="us").dt.replace_time_zone(None)
            for form in ("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z")
        )
        outlet = pl.col("outlet") if "outlet" in frame.columns else pl.lit("")
        local = self.to_local(utc, outlet).dt.strftime("%Y-%m-%d %H:%M:%S")
        has_zone = pl.col(name).str.contains(r":\d{2}.*" + OFFSET) & local.is_not_null()
        return frame.with_columns(pl.when(has_zone).then(local).otherwise(pl.col(name)).alias(name))
