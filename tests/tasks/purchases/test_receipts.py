"""Lines put together to receipts: a receipt is known again, whatever else the table has by then."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.purchases.receipts import put_together

DAY = datetime.fromisoformat("2026-11-20T10:00")  # by the outlet's clock
SCHEMA = {
    "row": pl.Int64, "receipt": pl.String, "code": pl.String, "phone": pl.String, "email": pl.String,
    "product": pl.String, "product_group": pl.String, "outlet": pl.String, "at": pl.Datetime, "quantity": pl.Int64,
    "amount": pl.Int64,
}  # fmt: skip


def frame(*lines: tuple[Any, ...]) -> pl.DataFrame:
    """Lines as (receipt, code, product, amount, day)."""
    rows = [
        (n, receipt, code, "", "", product, "", "center", DAY + timedelta(days=day), 1000, amount)
        for n, (receipt, code, product, amount, day) in enumerate(lines, 2)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_lines_of_one_number_on_one_day_are_one_receipt_wherever_they_stand() -> None:
    receipts, lines = put_together(
        frame(("1", "", "tea", 100, 0), ("2", "7", "milk", 50, 0), ("1", "8", "cake", 30, 0), ("1", "", "tea", 100, 1))
    )
    assert receipts.select("code", "amount", "first", "number").rows() == [
        ("8", 130, 0, 2), ("7", 50, 2, 1), ("", 100, 3, 1),
    ]  # fmt: skip
    assert lines.select("product", "n").rows() == [("tea", 1), ("cake", 2), ("milk", 1), ("tea", 1)]


def test_lines_without_a_number_are_receipts_of_their_own() -> None:
    receipts, _ = put_together(frame(("", "7", "tea", 100, 0), ("", "7", "tea", 100, 0), ("", "8", "tea", 100, 0)))
    assert len(receipts) == 3 and receipts["key"].n_unique() == 3


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "2"]), st.sampled_from(["", "7"]), st.sampled_from(["tea", "milk"]),
        st.integers(-2, 2), st.integers(0, 1),
    ), min_size=1, max_size=12,
)  # fmt: skip


@given(LINES, LINES)
def test_a_longer_table_knows_the_receipts_of_the_shorter_one(lines: list[Any], more: list[Any]) -> None:
    """The next day's table begins with this one; what stands in it is not told a second time."""
    days_later = [(*line[:-1], line[-1] + 5) for line in more]
    short, _ = put_together(frame(*lines))
    long, _ = put_together(frame(*lines, *days_later))
    same = long.join(short, on=["key", "said"], how="semi")
    assert same["key"].to_list() == short["key"].to_list()


@given(LINES, st.lists(st.text(max_size=4), min_size=1, max_size=3))
def test_what_is_said_is_the_print_of_the_lines_as_they_are_written_down(lines: list[Any], names: list[str]) -> None:
    named = [(*line[:2], names[n % len(names)], *line[3:]) for n, line in enumerate(lines)]
    receipts, placed = put_together(frame(*named))
    for place, said in enumerate(receipts["said"]):
        mine = placed.filter(pl.col("place") == place).select("product", "product_group", "quantity", "amount").rows()
        assert said == blake2b(repr(mine).encode(errors="surrogatepass"), digest_size=12).hexdigest()


@given(LINES)
def test_nothing_is_lost_and_nothing_doubled(lines: list[Any]) -> None:
    receipts, placed = put_together(frame(*lines))
    assert receipts["amount"].sum() == sum(line[3] for line in lines) == placed["amount"].sum()
    assert receipts["number"].sum() == len(lines) == len(placed)
    for receipt in receipts.rows(named=True):
        mine = placed.slice(receipt["first"], receipt["number"])
        assert mine["n"].to_list() == list(range(1, receipt["number"] + 1))
        assert mine["amount"].sum() == receipt["amount"]
