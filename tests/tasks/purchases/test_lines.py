"""Lines of purchases, read all at once as each would be read alone."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.purchases.lines import FORMATS, WRONGS, moments, read_lines
from tasks.purchases.records import tidied
from tasks.registry.amounts import Unclear, read_money

NOW = datetime.fromisoformat("2026-11-23T12:00")  # by the outlet's clock


def read(**columns: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    length = len(next(iter(columns.values())))
    return read_lines(tidied(pl.DataFrame({"row": range(2, 2 + length), **columns})), NOW, "RUB")


def wrong(**columns: Any) -> list[tuple[int, str, str]]:
    return read(**columns)[1].rows()


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        pytest.param("2026-11-20", "", datetime.fromisoformat("2026-11-20T00:00:00"), id="ISO"),
        pytest.param("20.11.2026", "10:15", datetime.fromisoformat("2026-11-20T10:15:00"), id="day and time apart"),
        pytest.param(
            "20.11.26 10:15:30", "", datetime.fromisoformat("2026-11-20T10:15:30"), id="day and time together"
        ),
        pytest.param(
            "2026-11-20T10:15",
            "11:00",
            datetime.fromisoformat("2026-11-20T10:15:00"),
            id="the time beside the day counts",
        ),
        pytest.param("1.2.2026", "", datetime.fromisoformat("2026-02-01T00:00:00"), id="without zeros"),
    ],
)
def test_a_moment_is_read(on: str, at: str, expected: datetime) -> None:
    assert read(on=[on], at=[at], amount=["1"])[0]["at"].to_list() == [expected]


DATES = st.one_of(
    st.builds(
        lambda day, form, time: f"{day.strftime(form)}{time}", st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
        st.sampled_from(["%Y-%m-%d", "%d.%m.%y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y"]),
        st.sampled_from(["", " 10:15", " 10:15:30", "10:15", " 1:5", ":15", " "]),
    ),
    st.text("0123 .:-/T", max_size=18),
)  # fmt: skip


@given(st.lists(DATES, min_size=1, max_size=12))
def test_a_moment_is_read_by_the_first_format_that_fits_whatever_stands_beside_it(said: list[str]) -> None:
    alone = [pl.Series([one]).str.to_datetime(form, strict=False) for one in said for form in FORMATS]
    fits = [one.item() if (one.dt.year() >= 1900).item() else None for one in alone]
    ways = len(FORMATS)
    first = [next(filter(None, fits[n * ways : (n + 1) * ways]), None) for n in range(len(said))]
    assert moments(pl.Series(said)).to_list() == first


def test_a_day_that_may_be_of_the_year_twenty_is_no_day() -> None:
    assert wrong(on=["20/11/26", "01/01/00"], amount=["1", "1"]) == [(2, "on", "date"), (3, "on", "date")]


def test_what_is_wrong_is_named_by_row_and_column_and_the_rest_is_read() -> None:
    table = {
        "on": ["2026-11-20", "31.02.2026", "2026-12-01", "2026-11-20", "2026-11-20", "2026-11-20"],
        "amount": ["450,50", "1", "1", "много", "", "2"], "quantity": ["2", "", "1", "1", "1", "x"],
    }  # fmt: skip
    lines, wrongs = read(**table)
    assert lines.select("row", "quantity", "amount").rows() == [(2, 2000, 45050)]
    assert wrongs.rows() == [
        (3, "on", "date"), (4, "on", "future"), (5, "amount", "amount"), (6, "amount", "no_amount"),
        (7, "quantity", "quantity"),
    ]  # fmt: skip
    assert {code for _, _, code in wrongs.rows()} <= WRONGS.keys()


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [("450", "2", 90000), ("99,90", "0,350", 3497), ("-99,90", "0,350", -3497), ("10", "", 1000), ("0,01", "0,5", 1)],
)
def test_a_price_and_a_quantity_make_an_amount(price: str, quantity: str, amount: int) -> None:
    assert read(on=["2026-11-20"], price=[price], quantity=[quantity])[0]["amount"].to_list() == [amount]


def test_a_bar_code_in_the_column_of_prices_makes_no_amount() -> None:
    """Times a quantity it is more than a database counts to; it came round below zero, and was a return."""
    told = {"price": ["999999999999", "450"], "quantity": ["999999999", "2"]}
    lines, wrongs = read(on=["2026-11-20", "2026-11-20"], **told)
    assert wrongs.rows() == [(2, "price", "amount")] and lines["amount"].to_list() == [90000]


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        pytest.param("RUB", [100000, 100050, 100000], id="two decimals"),
        pytest.param("JPY", [1000, None, 1000], id="none"),
        pytest.param("KWD", [1000000, 1000500, 1000000], id="three"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(currency: str, expected: list[int | None]) -> None:
    table = pl.DataFrame({"row": range(3), "on": ["2026-11-20"] * 3, "amount": ["1000", "1000,50", "1 000"]})
    lines, _ = read_lines(table, NOW, currency)
    found = dict(lines.select("row", "amount").rows())
    assert [found.get(row) for row in range(3)] == expected


def test_a_column_that_is_not_there_says_nothing() -> None:
    lines, wrongs = read(on=["2026-11-20"], amount=["5"])
    assert lines.drop("row", "at").rows() == [("", "", "", "", "", "", "", 1000, 500)] and wrongs.is_empty()


AMOUNTS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.builds(lambda whole, part, mark: f"{whole}{mark}{part:02}", st.integers(0, 10**6), st.integers(0, 99),
              st.sampled_from(".,")),
    st.from_regex(r"\A[0-9 .,]{1,9}( ?(₽|руб\.|р\.|USD))?\Z"), st.text("0123456789.,- ₽", max_size=8),
)  # fmt: skip


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_an_amount_is_read_as_in_a_table_of_expenses(amounts: list[str]) -> None:
    lines, _ = read(on=["2026-11-20"] * len(amounts), amount=amounts)
    found = dict(lines.select("row", "amount").rows())
    for row, text in enumerate(amounts, 2):
        bare = text.strip()
        try:
            minor, currency = read_money(bare.removeprefix("-").strip(), "RUB")
        except Unclear:
            assert row not in found, text
            continue
        expected = None if currency != "RUB" else -minor if bare.startswith("-") else minor
        assert found.get(row) == expected, text
