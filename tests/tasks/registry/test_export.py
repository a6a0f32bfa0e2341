"""The registry going out: typed, whole, and no formula in it."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import openpyxl
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.database import reading, writing
from models.registry import Fact
from tasks.registry import export
from tasks.registry.rows import record, stream
from tests.tasks.registry.facts import CLOCK, on, seen

ZONE = "Europe/Moscow"


def fact(number: int = 1, **told: object) -> dict[str, object]:
    row = seen("expenses", 1_250_050, cost=1_250_050, fund="operating", period_to=date(2026, 11, 17)).row(CLOCK.at)
    return row | {"id": number} | told


def as_csv(language: str, *facts: dict[str, object]) -> list[dict[str, str]]:
    text = b"".join(export.csv_bytes(facts, language, ZONE)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=export.DELIMITERS[language]))


def as_xlsx(*facts: dict[str, object], **limit: int) -> list[openpyxl.worksheet.worksheet.Worksheet]:
    return openpyxl.load_workbook(io.BytesIO(export.xlsx_bytes(facts, "ru", ZONE, CLOCK.at, **limit))).worksheets


def test_every_column_of_the_table_but_the_key_goes_out():
    assert {column.key for column in export.COLUMNS} == {column.name for column in Fact.__table__.c} - {"key"}


def test_csv_speaks_the_language_of_the_spreadsheet():
    (row,) = as_csv("ru", fact())
    assert (row["Значение"], row["Единица"], row["Показатель"]) == ("12500,50", "RUB", "Расходы")
    assert row["Когда замечено"] == "2026-11-17 03:00:00"
    (row,) = as_csv("en", fact())
    assert (row["Value"], row["Metric"], row["Period to"]) == ("12500.50", "Expenses", "2026-11-17")


def test_csv_begins_with_the_mark_excel_needs():
    assert next(export.csv_bytes([], "ru", ZONE)).startswith(b"\xef\xbb\xbf")


def test_what_is_not_available_is_empty_and_a_nought_is_a_nought():
    withdrawn, nought = as_csv(
        "ru", fact(value=None, cost=None), fact(metric="views", unit="count", value=0, cost=None)
    )
    assert (withdrawn["Значение"], withdrawn["Затраты"]) == ("", "")
    assert (nought["Значение"], nought["Затраты"]) == ("0", "")


@given(st.sampled_from(export.FORMULA), st.text(max_size=10))
def test_no_text_becomes_a_formula(sign, rest):
    assert export.safe(sign + rest).startswith("'")


@pytest.mark.parametrize("text", ["Счёт № 5", "", "2+2", "'quoted"])
def test_plain_text_stays_as_it_is(text):
    assert export.safe(text) == text


def test_csv_is_made_piece_by_piece():
    drawn: list[int] = []

    def facts() -> Iterator[dict[str, object]]:
        for number in range(export.CSV_BATCH * 3):
            drawn.append(number)
            yield fact(number)

    pieces = export.csv_bytes(facts(), "ru", ZONE)
    next(pieces), next(pieces)
    assert len(drawn) == export.CSV_BATCH


def test_xlsx_cells_are_typed_frozen_and_filtered():
    (sheet,) = as_xlsx(fact(document="=cmd()"), fact(metric="views", unit="count", value=7, cost=None))
    cells = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["Значение"].value, cells["Значение"].number_format) == (12500.5, "#,##0.00")
    assert cells["Когда замечено"].value == datetime(2026, 11, 17, 3, 0)  # noqa: DTZ001
    assert (cells["Документ"].value, cells["Документ"].data_type) == ("=cmd()", "s")
    assert [cell.value for cell in sheet[3]][7:10] == [7, "шт.", None]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref


def test_xlsx_goes_on_in_the_next_sheet():
    sheets = as_xlsx(*[fact(number) for number in range(5)], sheet_rows=2)
    assert [(sheet.title, sheet.max_row) for sheet in sheets] == [
        ("Единый реестр", 3), ("Единый реестр 2", 3), ("Единый реестр 3", 2),
    ]  # fmt: skip


def test_the_same_facts_are_the_same_workbook():
    facts = [fact(number) for number in range(3)]
    assert export.xlsx_bytes(facts, "ru", ZONE, CLOCK.at) == export.xlsx_bytes(facts, "ru", ZONE, CLOCK.at)


def test_parquet_keeps_minor_units_and_utc():
    frame = polars.read_parquet(io.BytesIO(export.parquet_bytes([fact(), fact(2, value=None)])))
    assert frame.schema["value"] == polars.Int64 and frame.schema["observed_at"] == polars.Datetime("us", "UTC")
    assert frame["value"].to_list() == [1_250_050, None]
    assert frame["observed_at"].to_list() == [datetime(2026, 11, 17, tzinfo=UTC)] * 2


def test_an_empty_registry_goes_out_as_headings():
    assert as_csv("ru") == []
    assert [sheet.max_row for sheet in as_xlsx()] == [1]
    assert polars.read_parquet(io.BytesIO(export.parquet_bytes([]))).height == 0


def test_what_the_table_holds_goes_out_of_both_databases(database):
    with writing(database) as session:
        record(session, [seen("expenses", 100, cost=100, document="№ 1"), seen("visits", 3, outlet="north")], CLOCK)
    with reading(database) as session:
        rows = as_csv("ru", *stream(session, on(0), on(7)))
        frame = polars.read_parquet(io.BytesIO(export.parquet_bytes(stream(session, on(0), on(7)))))
    assert [(row["Значение"], row["Документ"], row["Торговая точка"]) for row in rows] == [
        ("1,00", "№ 1", ""), ("3", "", "north"),
    ]  # fmt: skip
    assert frame["created_at"].to_list() == [CLOCK.at] * 2
