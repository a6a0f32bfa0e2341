"""A stranger's tables of coupons and redemptions, read column by column; every row that is wrong by its number. Pure.

A frame goes in with the columns of its table as tidy text and `row`, the number of each row in the file. Wrongs come
out as row, column and code, one of `WRONGS`. A row that says again what an earlier one said counts once.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from models.locale import mark
from models.reason import Reason, because
from models.redemptions import Arm
from tasks.coupon_analysis.clocks import Clocks
from tasks.customers.reading import NO
from tasks.purchases.lines import WRONGS as OF_LINES
from tasks.purchases.lines import moments, read_lines

NO_CODE = mark("The row has no code.")
NO_CUSTOMER = mark("The row is of the control group and names no client.")
ODD_ARM = mark("This is not a group of the comparison. Write “coupon” or “control”.")
TWO_ARMS = mark("The client stands in both groups of the comparison, so it counts in neither.")
ENDS_BEFORE = mark("The last day is before the day it was given.")
ODD_USES = mark("This is not a number of uses. Write a whole number; 0 is no limit.")
SAID_AGAIN = mark("The row says again what an earlier one says. It counts once.")
NOT_ISSUED = mark("No coupon with this code was given to this client, so it is credited to no offer.")
OUTSIDE = mark("The date lies outside the days of the coupon, so it is credited to no offer.")
SEVERAL = mark(
    "The code stood in several offers on this day, and the row does not say in which. It is credited to none."
)
WHOSE = mark("Several clients had this code, and the row does not say which of them used it. It is credited to none.")
NO_USE = mark("The row gives a discount back, and no use of this code stands in the table.")
ODD_COST = mark("This is not a cost. Write a number: 450 or 450,50.")
WRONGS: dict[str, Reason] = OF_LINES | {
    "no_code": because(NO_CODE, code="no_code"), "no_customer": because(NO_CUSTOMER, code="no_customer"),
    "arm": because(ODD_ARM, code="arm"), "two_arms": because(TWO_ARMS, code="two_arms"),
    "ends": because(ENDS_BEFORE, code="ends"), "uses": because(ODD_USES, code="uses"),
    "again": because(SAID_AGAIN, code="again"), "not_issued": because(NOT_ISSUED, code="not_issued"),
    "outside": because(OUTSIDE, code="outside"), "several": because(SEVERAL, code="several"),
    "whose": because(WHOSE, code="whose"),
    "no_use": because(NO_USE, code="no_use"),
    "cost": because(ODD_COST, code="cost"),
}  # fmt: skip
TREATED = ("купон", "с купоном", "тест", "тестовая", "coupon", "treated", "test", "treatment", "1")
CONTROL = ("контроль", "контрольная", "без купона", "control", "holdout", "0")
DAY = pl.duration(days=1)
SPLIT = "\x1f"


@dataclass(frozen=True)
class Read:
    """What a table says, and what is wrong with it."""

    found: pl.DataFrame
    wrongs: pl.DataFrame


def _with(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with all these columns, "" where the table has none."""
    return frame.with_columns(pl.lit("").alias(name) for name in names if name not in frame.columns)


def wrong(frame: pl.DataFrame, which: pl.Expr, column: str, code: str) -> pl.DataFrame:
    return frame.filter(which.fill_null(False)).select(
        pl.col("row").cast(pl.Int64), pl.lit(column).alias("column"), pl.lit(code).alias("code")
    )


def _told(*wrongs: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(wrongs).sort("row", "column", "code")


def _but(frame: pl.DataFrame, wrongs: pl.DataFrame) -> pl.DataFrame:
    return frame.join(wrongs.select("row").unique(), on="row", how="anti", maintain_order="left")


def read_coupons(frame: pl.DataFrame, clocks: Clocks) -> Read:
    """Columns row, coupon (the key of offer, code and client), offer, code, customer, arm, the moments by the clocks'
    own zone turned to UTC, most, delivered, viewed, is_live. Of the control group `code` is empty.
    """
    has = set(frame.columns)
    named = clocks.as_local(clocks.as_local(frame, "on"), "ends")
    told = _with(named, "code", "offer", "customer", "on", "at", "ends", "most", "arm")
    ends = told.select(_spaced("ends")).to_series()
    told = told.with_columns(_moment(told).alias("issued"), moments(ends).alias("last"), _arm(), _most(told))
    wrongs = _told(
        wrong(told, pl.col("arm_read").is_null(), "arm", "arm"),
        wrong(told, (pl.col("code") == "") & (pl.col("arm_read") == Arm.TREATED), "code", "no_code"),
        wrong(told, (pl.col("customer") == "") & (pl.col("arm_read") == Arm.CONTROL), "customer", "no_customer"),
        wrong(told, pl.col("issued").is_null() & (pl.col("arm_read") != Arm.CONTROL), "on", "date"),
        wrong(told, (pl.col("ends") != "") & pl.col("last").is_null(), "ends", "date"),
        wrong(told, pl.col("last").dt.date() < pl.col("issued").dt.date(), "ends", "ends"),
        wrong(told, pl.col("most_read").is_null(), "most", "uses"),
    )
    sound = _but(told, wrongs)
    again, kept = _once(sound, ["offer", "code", "customer", "arm_read"], has)
    both = kept.filter(pl.col("customer") != "").group_by("offer", "customer").agg(pl.col("arm_read").n_unique())
    both = both.filter(pl.col("arm_read") > 1).select("offer", "customer")
    twice = kept.join(both, on=["offer", "customer"], how="semi")
    found = kept.join(both, on=["offer", "customer"], how="anti", maintain_order="left").select(
        "row", _key().alias("coupon"), "offer", "code", _or_null("customer"), pl.col("arm_read").alias("arm"),
        clocks.to_utc(pl.col("issued"), pl.lit("")).alias("issued_at"), pl.col("issued").dt.date().alias("first"),
        clocks.to_utc(_end(), pl.lit("")).alias("ends_at"), pl.col("last").dt.date(), pl.col("most_read").alias("most"),
        _flag("delivered", has), _flag("viewed", has), pl.lit(True).alias("is_live"),
    )  # fmt: skip
    return Read(found, _told(wrongs, again, wrong(twice, pl.lit(True), "arm", "two_arms")))


def _spaced(name: str) -> pl.Expr:
    return pl.col(name).str.replace("T", " ", literal=True)


def _moment(told: pl.DataFrame) -> pl.Series:
    day, time = _spaced("on"), pl.col("at")
    whole = pl.when((time != "") & ~day.str.contains(":", literal=True)).then(day + " " + time).otherwise(day)
    return moments(told.select(whole).to_series())


def _end() -> pl.Expr:
    """The last instant: a day without a time is meant whole."""
    last = pl.col("last")
    return pl.when(last == last.dt.truncate("1d")).then(last + DAY - pl.duration(microseconds=1)).otherwise(last)


def _arm() -> pl.Expr:
    said = pl.col("arm").str.to_lowercase()
    return (
        pl.when((said == "") | said.is_in(TREATED)).then(pl.lit(Arm.TREATED.value))
        .when(said.is_in(CONTROL)).then(pl.lit(Arm.CONTROL.value)).otherwise(None).alias("arm_read")
    )  # fmt: skip


def _most(told: pl.DataFrame) -> pl.Expr:
    said = pl.when(pl.col("most") == "").then(pl.lit("1")).otherwise(pl.col("most"))
    return said.str.extract(r"^(\d{1,9})$").cast(pl.Int64, strict=False).alias("most_read")


def _flag(name: str, has: set[str]) -> pl.Expr:
    """Yes or no; a date is a yes. Nobody knows where the table has no such column."""
    if name not in has:
        return pl.lit(None, pl.Boolean).alias(name)
    said = pl.col(name).str.to_lowercase()
    return ((said != "") & ~said.is_in(list(NO))).alias(name)


def _key() -> pl.Expr:
    return pl.concat_str("offer", "code", "customer", separator=SPLIT)


def _or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name)).otherwise(None).alias(name)


def _once(sound: pl.DataFrame, keys: list[str], has: set[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that say the same again, and one of each. Products beside a code fan its row out, which is no fault."""
    place = pl.int_range(pl.len()).over(keys)
    again = [] if "product" in has else [wrong(sound, place > 0, "code", "again")]
    return _told(*again) if again else wrong(sound, pl.lit(False), "code", "again"), sound.filter(place == 0)


def read_redemptions(frame: pl.DataFrame, clocks: Clocks, now: datetime, currency: str) -> Read:
    """Columns row, redemption, offer, code, customer, outlet, cashier, local, redeemed_at, amount: a row for each use.

    Rows of one use (the same code, client, outlet, moment and receipt) are one, whatever products they name: their
    discounts are added where they differ, and are one where all say the same. Where neither receipts nor products are
    named, rows with different discounts are different uses. Where discounts of both signs stand, those of the rarer
    give back: they are taken off the last uses of that code, and a use that is given back whole is none.
    """
    has = set(frame.columns)
    told = _with(clocks.as_local(frame, "on"), "code", "offer", "customer", "outlet", "cashier", "receipt", "product")
    told = told if "amount" in has else told.with_columns(pl.lit("0").alias("amount"))
    asked = told.select("row", *(name for name in ("receipt", "outlet", "on", "at", "amount") if name in told.columns))
    lines, unread = read_lines(asked, now, currency)
    no_code = wrong(told, pl.col("code") == "", "code", "no_code")
    wrongs = _told(unread.select(pl.col("row").cast(pl.Int64), "column", "code"), no_code)
    said = _but(told.select("row", "code", "offer", "customer", "cashier", "product"), wrongs)
    said = said.join(
        lines.select("row", "receipt", "outlet", pl.col("at").alias("local"), "amount"), on="row", how="inner",
        maintain_order="left",
    )  # fmt: skip
    is_apart = (pl.col("receipt") == "") & pl.lit("product" not in has)
    said = said.with_columns(pl.when(is_apart).then(pl.col("amount")).otherwise(0).alias("apart"))
    use = ["offer", "code", "customer", "outlet", "local", "receipt", "apart"]
    minus, plus = (said.filter(which)["row"].len() for which in (pl.col("amount") < 0, pl.col("amount") > 0))
    said = said.with_columns(pl.col("amount") * (-1 if minus > plus else 1))
    place = pl.int_range(pl.len()).over([*use, "product", "amount"])
    again = wrong(said, place > 0, "code", "again")
    amount = pl.when(pl.col("amount").n_unique() > 1).then(pl.col("amount").sum()).otherwise(pl.col("amount").first())
    found = said.filter(place == 0).group_by(use, maintain_order=True).agg(
        pl.col("row").first(), pl.col("cashier").first(), amount, (pl.col("amount") < 0).any().alias("back")
    )  # fmt: skip
    found, of_nothing = _without_returned(found)
    return Read(
        found.select(
            "row", pl.int_range(1, pl.len() + 1).alias("redemption"), "offer", "code", _or_null("customer"), "outlet",
            "cashier", "local", clocks.to_utc(pl.col("local"), pl.col("outlet")).alias("redeemed_at"), "amount",
        ), _told(wrongs, again, of_nothing),
    )  # fmt: skip


def _without_returned(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Uses without what was given back of them, the last first; and what was given back of no use."""
    if not found["back"].any():
        return found, wrong(found, pl.lit(False), "amount", "no_use")
    key, is_return = ["offer", "code", "customer"], pl.col("back") & (pl.col("amount") <= 0)
    uses, returns = found.filter(~is_return), found.filter(is_return)
    backs = returns.group_by(key).agg(-pl.col("amount").sum().alias("given"))
    told = uses.sort("local").join(backs, on=key, how="left", maintain_order="left").with_columns(
        later=pl.col("amount").cum_sum(reverse=True).over(key) - pl.col("amount")
    )  # fmt: skip
    taken = (pl.col("given").fill_null(0) - pl.col("later")).clip(0, pl.col("amount"))
    left = told.with_columns(amount=pl.col("amount") - taken, is_gone=(taken > 0) & (taken == pl.col("amount")))
    of_nothing = returns.filter(pl.col("amount") < 0).join(uses, on=key, how="anti")
    kept = left.filter(~pl.col("is_gone")).select(found.columns).sort("row")
    return kept, wrong(of_nothing, pl.lit(True), "amount", "no_use")


def read_costs(frame: pl.DataFrame, currency: str, now: datetime) -> Read:
    """Columns product, cost: of a unit, in minor units; the last row of a product counts."""
    asked = frame.select("row", pl.lit(f"{now:%Y-%m-%d}").alias("on"), pl.col("cost").alias("amount"), "product")
    lines, unread = read_lines(asked, now, currency)
    found = lines.unique("product", keep="last", maintain_order=True).select("product", pl.col("amount").alias("cost"))
    return Read(found, wrong(unread, pl.lit(True), "cost", "cost"))
