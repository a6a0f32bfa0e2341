"""A stranger's history put together from tables: coupons, redemptions, purchases and costs, as one offer after another.

Pure. What is wrong with a table is told by its column and the rows' numbers; the rest of it counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import IO, Any
from zoneinfo import ZoneInfo

import polars as pl

from integrations.errors import Refused
from models.desk.drop import Wrong
from models.locale import mark
from models.reason import because
from models.redemptions import Arm
from tasks.coupon_analysis.clocks import Clocks
from tasks.coupon_analysis.columns import COSTS, COUPONS, REDEMPTIONS, column_of, places
from tasks.coupon_analysis.crediting import credited
from tasks.coupon_analysis.frames import REDEMPTIONS as REDEEMED
from tasks.coupon_analysis.frames import History
from tasks.coupon_analysis.periods import DAY, Periods
from tasks.coupon_analysis.reading import WRONGS, Read, read_costs, read_coupons, read_redemptions
from tasks.purchases.columns import column_of as of_purchases
from tasks.purchases.columns import places as places_of_purchases
from tasks.purchases.frames import Table
from tasks.purchases.lines import read_lines
from tasks.purchases.records import tidied

KINDS = ("coupons", "redemptions", "purchases", "costs")
HEADINGS = {"coupons": COUPONS, "redemptions": REDEMPTIONS, "costs": COSTS}
NO_KIND = mark("A table of {kind} is not read here. There are coupons, redemptions, purchases and costs.")
SHOWN = 12
NOTES = ("again", "same_line")  # rows that cost nothing: they stand once already, or may well be meant
SAME_LINE = mark("The very same line stands in the receipt again. It counts: two may have been bought.")
REASONS = WRONGS | {"same_line": because(SAME_LINE, code="same_line")}
LINES: dict[str, Any] = {
    "customer": pl.String, "product": pl.String, "product_group": pl.String, "local": pl.Datetime("us"),
    "quantity": pl.Int64, "amount": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Foreign:
    """What was read; None is a table that was not given. `wrong` is by kind of table."""

    coupons: pl.DataFrame | None = None
    redemptions: pl.DataFrame | None = None
    purchases: pl.DataFrame | None = None
    costs: pl.DataFrame | None = None
    wrong: Mapping[str, tuple[Wrong, ...]] = field(default_factory=dict)
    no_discounts: bool = False  # the table of redemptions has no such column

    @property
    def uncredited(self) -> tuple[int, int]:
        """How many rows of redemptions could not be counted, and how many uses could."""
        left_out = sum(one.number for one in self.wrong.get("redemptions", ()) if one.left_out)
        return left_out, 0 if self.redemptions is None else len(self.redemptions)

    def offers(self) -> list[str]:
        """The keys of its offers; "" where the table names none."""
        return [] if self.coupons is None else sorted(self.coupons["offer"].unique().to_list())


def familiar(kind: str, heading: str) -> bool:
    """Whether a table of this kind has such a heading."""
    return bool(of_purchases(heading) if kind == "purchases" else column_of(heading, HEADINGS[kind]))


def of_parquet(opened: IO[bytes]) -> Table:
    """The table of a Parquet file, as text: the same rules read it as any other."""
    frame = pl.read_parquet(opened)
    texts = frame.select(_text(name, kind) for name, kind in frame.schema.items())

    def frames(at: dict[str, int]) -> Iterator[pl.DataFrame]:
        wanted = texts.select(texts[texts.columns[place]].alias(name) for name, place in at.items())
        yield tidied(wanted.with_row_index("row", 1).cast({"row": pl.Int64}))

    return Table(tuple(frame.columns), 0, frames)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    told = pl.col(name)
    if isinstance(kind, pl.Datetime):
        zone = "+00:00" if kind.time_zone else ""
        told = told.dt.convert_time_zone("UTC") if kind.time_zone else told
        return told.dt.strftime("%Y-%m-%dT%H:%M:%S" + zone).fill_null("")
    if kind.is_float():
        whole = pl.when(told == told.round()).then(told.round().cast(pl.Int64, strict=False).cast(pl.String))
        return whole.otherwise(told.round(6).cast(pl.String)).fill_null("")
    return told.cast(pl.String).fill_null("")


def with_table(found: Foreign, kind: str, table: Table, clocks: Clocks, now: datetime, currency: str) -> Foreign:
    """The history with one more table. Raises Refused where it cannot be used; `now` is naive, by the clocks' zone."""
    if kind not in KINDS:
        raise Refused(because(NO_KIND, code="kind", kind=kind))
    at, problem = places_of_purchases(table.header) if kind == "purchases" else places(table.header, HEADINGS[kind])
    if table.refusal or problem:
        raise Refused(table.refusal or problem)
    read = _read(found, kind, table.frames(at), clocks, now, currency, at)
    told = dict(found.wrong) | {kind: _told(read.wrongs, table.header, at)}
    no_discounts = "amount" not in at if kind == "redemptions" else found.no_discounts
    return replace(found, **{kind: read.found}, wrong=told, no_discounts=no_discounts)


def _read(
    found: Foreign, kind: str, frames: Iterator[pl.DataFrame], clocks: Clocks, now: datetime, currency: str,
    at: dict[str, int],
) -> Read:  # fmt: skip
    if kind == "purchases":
        return _purchases(frames, clocks, now, currency)
    frame = pl.concat([pl.DataFrame(schema={"row": pl.Int64} | dict.fromkeys(at, pl.String)), *frames])
    if kind == "coupons":
        return read_coupons(frame, clocks)
    if kind == "costs":
        return read_costs(frame, currency, now)
    read = read_redemptions(frame, clocks, now, currency)
    if found.coupons is None:
        return read
    given = credited(read.found, found.coupons)
    return Read(given.found, pl.concat([read.wrongs, given.wrongs]).sort("row", "column", "code"))


def _purchases(frames: Iterator[pl.DataFrame], clocks: Clocks, now: datetime, currency: str) -> Read:
    """Lines of whoever is named, by the first of code, phone and e-mail that stands there; of one portion of the file
    after another, so that its text is never whole in memory.
    """
    lines, wrongs = [pl.DataFrame(schema=LINES)], [_no_wrongs()]
    named = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("code", "phone", "email")]
    for frame in frames:
        read, unread = read_lines(clocks.as_local(frame, "on"), now, currency)
        same = pl.int_range(pl.len()).over([name for name in read.columns if name != "row"]) > 0
        again = read.filter(same & (pl.col("receipt") != "")).select(
            pl.col("row").cast(pl.Int64), pl.lit("product").alias("column"), pl.lit("same_line").alias("code")
        )
        wrongs += [unread.select(pl.col("row").cast(pl.Int64), "column", "code"), again]
        told = read.with_columns(pl.coalesce(named).alias("customer"), pl.col("at").cast(LINES["local"]).alias("local"))
        lines.append(
            told.filter(pl.col("customer").is_not_null()).select(
                pl.col(name).cast(kind) for name, kind in LINES.items()
            )
        )
    return Read(pl.concat(lines), pl.concat(wrongs).sort("row"))


def _no_wrongs() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int64, "column": pl.String, "code": pl.String})


def _told(wrongs: pl.DataFrame, header: tuple[str, ...], at: Mapping[str, int]) -> tuple[Wrong, ...]:
    counted = wrongs.group_by("column", "code", maintain_order=True).agg(pl.len(), pl.col("row").head(SHOWN))
    return tuple(
        Wrong(field=header[at[column]] if column in at else "", reason=REASONS[code], number=number, rows=tuple(rows),
              left_out=code not in NOTES)
        for column, code, number, rows in counted.rows()
    )  # fmt: skip


def history_of(found: Foreign, offer: str, periods: Periods | None = None) -> tuple[History, bool]:
    """One offer of it, and whether it has a control group.

    Where it has none the arms are those who got it and the others who bought, in these periods: whoever bought years
    ago, and nothing since, is none to compare with. Without a table of coupons there is nothing to analyse: an empty
    history.
    """
    if found.coupons is None:
        return History(), False
    mine = found.coupons.filter(pl.col("offer") == offer)
    arms = mine.filter(pl.col("customer").is_not_null()).select("customer", "arm").unique(maintain_order=True)
    by_lot = Arm.CONTROL in set(arms["arm"])
    lines = pl.DataFrame(schema=LINES) if found.purchases is None else found.purchases
    if not by_lot:
        local = pl.col("local")
        near = lines if periods is None else lines.filter(local >= periods.begins, local < periods.after_ends)
        others = near.select("customer").unique().join(arms, on="customer", how="anti").sort("customer")
        arms = pl.concat([arms, others.with_columns(pl.lit(Arm.CONTROL.value).alias("arm"))])
    redeemed = _redeemed(found, offer)
    costs = {} if found.costs is None else {"costs": found.costs}
    issued = mine.filter(pl.col("arm") == Arm.TREATED)
    return History(issued, redeemed, lines.lazy(), arms, **costs), by_lot


def _redeemed(found: Foreign, offer: str) -> pl.DataFrame:
    if found.redemptions is None or "coupon" not in found.redemptions.columns:
        return pl.DataFrame(schema=REDEEMED | {"coupon": pl.String, "customer": pl.String})
    return found.redemptions.filter(pl.col("offer") == offer)


def last_seen(found: Foreign, zone: str) -> datetime | None:
    """Up to when the history knows anything, naive UTC: the end of the last day that something of it is of, for many
    tables say no more than the day; never before its last redemption. None: nothing.
    """
    known = [one for one in (found.purchases, found.redemptions) if one is not None and len(one)]
    if not known:
        return None
    last = max(_moment(one["local"].max()) for one in known).date()
    ends = datetime.combine(last + DAY, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    used = known[-1]["redeemed_at"].max() if found.redemptions is known[-1] else None
    return ends if used is None else max(ends, _moment(used))


def _moment(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value


def periods_of(found: Foreign, offer: str, seen_to: date, before: int, after: int) -> Periods | None:
    """The days of an offer as its coupons say them; None where it has none. Without an end it runs on.

    Days that the purchases do not reach, at either end, are not days without purchases.
    """
    if found.coupons is None:
        return None
    mine = found.coupons.filter(pl.col("offer") == offer, pl.col("arm") == Arm.TREATED)
    if mine.is_empty():
        return None
    first, last = mine["first"].min(), mine["last"].max()
    assert isinstance(first, date)
    bought = found.purchases
    if bought is None or bought.is_empty():
        return Periods(first, last if isinstance(last, date) else seen_to, seen_to)
    known_to = min(seen_to, _moment(bought["local"].max()).date())
    whole = Periods(first, last if isinstance(last, date) else known_to, seen_to, before, after, known_to)
    return whole.known_from(_moment(bought["local"].min()).date())
