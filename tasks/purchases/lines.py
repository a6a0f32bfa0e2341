"""Lines of purchases read all at once, column by column: there are millions of them. Pure.

A frame goes in with the columns that the table has, as tidy text, and `row`, the number of each row in the file. What
is written in the usual ways is read by the frame's own means; each other value is read once, by the rules for tables of
expenses, however many rows have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision

from models.locale import mark
from models.reason import Reason, because
from tasks.registry.amounts import Unclear, read_money

if TYPE_CHECKING:
    import polars

DAYS = ("%Y-%m-%d", "%d.%m.%y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y")  # the short year first: the long would take 26
TIMES = ("", " %H:%M", " %H:%M:%S")
FORMATS = tuple(f"{day}{time}" for day in DAYS for time in TIMES)
OLDEST = 1900  # nothing was bought before; 20/11/26 would be a day of the year 20
SPACES = r"[\s\x{00a0}\x{202f}\x{2009}'’]"
USUAL_AMOUNTS = (r"^-?\d{1,12}$", r"^-?\d{1,12}(?:[.,]\d)?$", r"^-?\d{1,12}(?:[.,]\d{1,2})?$")  # by decimals
USUAL_QUANTITY = r"^-?\d{1,9}(?:[.,]\d{1,3})?$"
NOT_A_DATE = mark("This is not a date. Write it as 2026-11-25 or 25.11.2026.")
NOT_AN_AMOUNT = mark("This is not an amount. Write a number: 450 or 450,50.")
NOT_A_QUANTITY = mark("This is not a quantity. Write a number: 2 or 0,350.")
NO_AMOUNT = mark("The row has neither an amount nor a price.")
IN_FUTURE = mark("The date is in the future. Check the year.")
MILLI = 1000
LARGEST = 2.0**62  # a price times a quantity beyond it would come round below zero, without a word
WRONGS: dict[str, Reason] = {
    "date": because(NOT_A_DATE, code="date"),
    "future": because(IN_FUTURE, code="future"),
    "amount": because(NOT_AN_AMOUNT, code="amount"),
    "quantity": because(NOT_A_QUANTITY, code="quantity"),
    "no_amount": because(NO_AMOUNT, code="no_amount"),
}


def read_lines(frame: polars.DataFrame, now: Any, currency: str) -> tuple[polars.DataFrame, polars.DataFrame]:
    """The lines that could be read, and what is wrong with the others.

    Lines have row, receipt, code, phone, email, product, product_group, outlet (text, "" where nothing stands), at (a
    naive moment of the outlet's clock), quantity (thousandths) and amount (minor units, below zero for a return).
    Wrongs have row, column and code, one of `WRONGS`. `now` is the naive moment after which nothing can have been
    bought.
    """
    import polars as pl

    texts = ("receipt", "code", "phone", "email", "product", "product_group", "outlet", "on", "at", "amount", "price",
             "quantity")  # fmt: skip
    had = [name for name in texts if name in frame.columns]
    told = frame.select("row", *had).with_columns(pl.lit("").alias(name) for name in texts if name not in had)
    told = _quantities(told.with_columns(_when(told)))
    told = _amounts(_amounts(told, "amount", currency), "price", currency).with_columns(_sum().alias("sum"))
    wrongs = _wrongs(told, now)
    sound = told if wrongs.is_empty() else told.join(wrongs.select("row").unique(), on="row", how="anti")
    lines = sound.select(
        "row", *texts[:7], pl.col("when").alias("at"), pl.col("milli").alias("quantity"), pl.col("sum").alias("amount")
    )
    return lines, wrongs


def _when(told: polars.DataFrame) -> polars.Series:
    """When each line was bought: of lines that follow one another and say the same it is read once."""
    import polars as pl

    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("on", "at")).fill_null(True)
    is_head = told.select(begins).to_series()
    read = moments(told.filter(is_head).select(_whole()).to_series())
    return read.gather(is_head.cum_sum() - 1).alias("when")


def _whole() -> polars.Expr:
    """The day and the time as one text."""
    import polars as pl

    day, time = pl.col("on").str.replace("T", " ", literal=True).str.strip_suffix("Z"), pl.col("at")
    return pl.when((time != "") & ~day.str.contains(":", literal=True)).then(day + " " + time).otherwise(day)


def moments(said: polars.Series) -> polars.Series:
    """What is said as moments, each by the first of the formats that fits; null where none does.

    A table has one format as a rule, so that of the first row is tried before the others.
    """
    import polars as pl

    first = said.filter(said != "").head(1).to_frame("said")
    usual = next((form for form in FORMATS if first.select(_by(form)).item(0, 0)), FORMATS[0]) if len(first) else ""
    told = said.to_frame("said").with_columns(_by(usual).alias("read"))
    if not told["read"].null_count():
        return told["read"]
    odd = told.filter(pl.col("read").is_null()).select(pl.col("said").unique())
    odd = odd.with_columns(pl.coalesce(_by(form) for form in FORMATS).alias("odd"))
    joined = told.join(odd, on="said", how="left", maintain_order="left")
    return joined.select(pl.coalesce("read", "odd")).to_series()


def _by(form: str) -> polars.Expr:
    import polars as pl

    read = pl.col("said").str.to_datetime(form, strict=False)
    return pl.when(read.dt.year() >= OLDEST).then(read)


def _scaled(name: str, usual: str, scale: int) -> polars.Expr:
    """A number written in the usual way as so many parts of one; null where it is not."""
    import polars as pl

    said = pl.col(name).str.replace_all(SPACES, "").str.replace("−", "-", literal=True)
    number = said.str.replace(",", ".", literal=True).cast(pl.Decimal(18, 3), strict=False) * scale
    return pl.when(said.str.contains(usual)).then(number).otherwise(None).cast(pl.Int64, strict=False)


def _quantities(told: polars.DataFrame) -> polars.DataFrame:
    """Quantities in thousandths; where none stands it is one."""
    import polars as pl

    milli = pl.when(pl.col("quantity") == "").then(MILLI).otherwise(_scaled("quantity", USUAL_QUANTITY, MILLI))
    ways = told.select(pl.col("quantity").unique()).with_columns(milli.alias("milli"))
    return told.join(ways, on="quantity", how="left", maintain_order="left")


def _amounts(told: polars.DataFrame, name: str, currency: str) -> polars.DataFrame:
    """Amounts in minor units; those written unusually are read one by one, each way of writing once."""
    import polars as pl

    digits = get_currency_precision(currency)
    usual = _scaled(name, USUAL_AMOUNTS[min(digits, len(USUAL_AMOUNTS) - 1)], 10**digits)
    ways = told.select(pl.col(name).unique()).with_columns(usual.alias(f"{name}_minor"))
    odd = ways.filter((pl.col(name) != "") & pl.col(f"{name}_minor").is_null())[name].to_list()
    read = {text: minor for text in odd if (minor := _odd(text, currency)) is not None}
    more = pl.DataFrame({name: list(read), "odd": list(read.values())}, schema={name: pl.String, "odd": pl.Int64})
    ways = ways.join(more, on=name, how="left").select(name, pl.coalesce(f"{name}_minor", "odd").alias(f"{name}_minor"))
    return told.join(ways, on=name, how="left", maintain_order="left")


def _odd(text: str, currency: str) -> int | None:
    """An amount as people write it, below zero for a return; None where it cannot be told or is of another currency."""
    bare = text.replace("−", "-").strip()
    back = bare.startswith("-")
    try:
        minor, of = read_money(bare.removeprefix("-").strip(), currency)
    except Unclear:
        return None
    return None if of != currency else -minor if back else minor


def _sum() -> polars.Expr:
    import polars as pl

    priced = pl.col("price_minor") * pl.col("milli")
    rounded = priced.sign() * ((priced.abs() + MILLI // 2) // MILLI)
    return pl.when(pl.col("amount") != "").then(pl.col("amount_minor")).otherwise(rounded)


def _rules(now: Any) -> list[tuple[str, str, polars.Expr]]:
    """What is wrong with a row: its column, the code, and how it shows."""
    import polars as pl

    is_priced = (pl.col("amount") == "") & (pl.col("price") != "")
    priced = pl.col("price_minor").cast(pl.Float64) * pl.col("milli").cast(pl.Float64)
    return [
        ("on", "date", pl.col("when").is_null()),
        ("on", "future", pl.col("when") > now),
        ("quantity", "quantity", pl.col("milli").is_null()),
        ("amount", "amount", (pl.col("amount") != "") & pl.col("amount_minor").is_null()),
        ("price", "amount", is_priced & (pl.col("price_minor").is_null() | (priced.abs() >= LARGEST))),
        ("amount", "no_amount", (pl.col("amount") == "") & (pl.col("price") == "")),
    ]


def _wrongs(told: polars.DataFrame, now: Any) -> polars.DataFrame:
    import polars as pl

    found = told.select("row", *(which.fill_null(False).alias(str(n)) for n, (_, _, which) in enumerate(_rules(now))))
    return pl.concat(
        found.filter(pl.col(str(n))).select("row", pl.lit(column).alias("column"), pl.lit(code).alias("code"))
        for n, (column, code, _) in enumerate(_rules(now))
    ).sort("row", maintain_order=True)
