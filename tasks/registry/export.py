"""The registry as CSV, XLSX and Parquet: typed cells that no spreadsheet takes for a formula. Pure."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from models.registry import METRICS, Unit

if TYPE_CHECKING:
    import polars
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

FactRow = Mapping[str, Any]

FORMULA = tuple("=+-@\t\r＝＋－＠")
DELIMITERS = {"ru": ";", "en": ","}  # what a spreadsheet set to the language opens without asking
POINTS = {"ru": ",", "en": "."}
CSV_BATCH = 2_000
PARQUET_BATCH = 50_000
SHEET_ROWS = 1_048_575  # of Excel's 1,048,576, less the heading


@dataclass(frozen=True)
class Column:
    """`kind` says how the cell is read: see READ. An amount is money only where the unit of the fact says so."""

    key: str
    title: str
    kind: str = "text"
    width: int = 14


COLUMNS = (
    Column("id", mark("Fact №"), "whole", 9),
    Column("observed_at", mark("Observed at"), "moment", 18),
    Column("operation", mark("Operation"), width=10),
    Column("direction", mark("Direction"), width=12),
    Column("subject_kind", mark("Kind of subject")),
    Column("subject_id", mark("Subject of the fact"), width=20),
    Column("metric", mark("Metric"), "metric", 20),
    Column("value", mark("Value"), "amount"),
    Column("unit", mark("Unit"), "unit", 10),
    Column("cost", mark("Cost"), "money"),
    Column("currency", mark("Currency"), width=9),
    Column("fund", mark("Fund")),
    Column("campaign", mark("Campaign")),
    Column("goal", mark("Goal")),
    Column("channel", mark("Channel")),
    Column("customer_group", mark("Customer group")),
    Column("person", mark("Employee")),
    Column("outlet", mark("Outlet")),
    Column("product_group", mark("Product group")),
    Column("period_from", mark("Period from"), "date", 12),
    Column("period_to", mark("Period to"), "date", 12),
    Column("source", mark("How it is known")),
    Column("document", mark("Document"), width=28),
    Column("origin", mark("Row of the document"), width=24),
    Column("placement", mark("Publication"), width=24),
    Column("run", mark("Prefect run"), width=20),
    Column("corrects_id", mark("Corrects fact"), "whole", 10),
    Column("created_at", mark("Recorded at"), "moment", 18),
)
REGISTRY = mark("Registry")
SHAPES = {"whole": "0", "amount": "#,##0", "money": "#,##0.00", "moment": "yyyy-mm-dd hh:mm", "date": "yyyy-mm-dd"}
UNITS = {Unit.COUNT: mark("pcs"), Unit.SECONDS: mark("sec")}


def csv_bytes(facts: Iterable[FactRow], language: str, zone: str) -> Iterator[bytes]:
    """The facts as CSV, piece by piece: UTF-8 with its mark, delimiter and decimal point of the language."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS[language], lineterminator="\r\n")
    with spoken(language):
        writer.writerow(titles())
    yield b"\xef\xbb\xbf" + _taken(text)
    source, point = iter(facts), POINTS[language]
    while batch := list(islice(source, CSV_BATCH)):
        with spoken(language):  # not around the yield: the language would leak to whoever reads
            writer.writerows([_plain(cell, point) for cell in people_cells(fact, ZoneInfo(zone))] for fact in batch)
        yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written


def titles() -> list[str]:
    return [translate(column.title) for column in COLUMNS]


def people_cells(fact: FactRow, zone: ZoneInfo) -> list[Any]:
    """The cells as a person reads them: money in major units, moments in the company's zone, words in its language."""
    return [READ[column.kind](fact[column.key], fact, zone) for column in COLUMNS]


def _whole(value: Any, _: FactRow, __: ZoneInfo) -> Any:
    return value


def _money(value: int | None, fact: FactRow, _: ZoneInfo) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-digits_of(fact["currency"]))


def _amount(value: int | None, fact: FactRow, zone: ZoneInfo) -> Decimal | int | None:
    return _money(value, fact, zone) if fact["unit"] == Unit.MONEY else value


def _unit(value: str, fact: FactRow, _: ZoneInfo) -> str:
    return fact["currency"] if value == Unit.MONEY else translate(UNITS[Unit(value)])


def _metric(value: str, _: FactRow, __: ZoneInfo) -> str:
    return translate(METRICS[value].title) if value in METRICS else value


def _moment(value: datetime, _: FactRow, zone: ZoneInfo) -> datetime:
    return value.astimezone(zone).replace(tzinfo=None)


READ: Mapping[str, Callable[[Any, FactRow, ZoneInfo], Any]] = {
    "text": _whole, "whole": _whole, "date": _whole, "money": _money, "amount": _amount, "unit": _unit,
    "metric": _metric, "moment": _moment,
}  # fmt: skip


@cache
def digits_of(currency: str) -> int:
    return get_currency_precision(currency) if currency else 0


def _plain(cell: Any, point: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return f"{cell}".replace(".", point) if isinstance(cell, Decimal) else f"{cell}"


def safe(text: str) -> str:
    """The text as a spreadsheet keeps it: an apostrophe before what it would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def xlsx_bytes(
    facts: Iterable[FactRow], language: str, zone: str, made_at: datetime, sheet_rows: int = SHEET_ROWS
) -> bytes:
    """The facts as a workbook of typed cells, heading frozen and filtered; what does not fit goes to the next sheet."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with spoken(language), Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"created": made_at})
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in SHAPES.items()}
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1})
        sheet = _sheet(book, heading)
        for number, fact in enumerate(facts):
            if number and number % sheet_rows == 0:
                sheet = _sheet(book, heading)
            _write(sheet, number % sheet_rows + 1, people_cells(fact, ZoneInfo(zone)), formats)
    return file.getvalue()


def _sheet(book: "Workbook", heading: "Format") -> "Worksheet":
    """The next sheet, with its heading; rows must follow in order, because only the last one is held."""
    title, count = translate(REGISTRY), len(book.worksheets())
    sheet = book.add_worksheet(f"{title} {count + 1}" if count else title)
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, SHEET_ROWS, len(COLUMNS) - 1)
    sheet.write_row(0, 0, titles(), heading)
    return sheet


def _write(sheet: "Worksheet", row: int, cells: list[Any], formats: Mapping[str, "Format"]) -> None:
    for number, (cell, column) in enumerate(zip(cells, COLUMNS, strict=True)):
        if isinstance(cell, str) and cell:
            sheet.write_string(row, number, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, number, cell, formats["moment" if isinstance(cell, datetime) else "date"])
        elif isinstance(cell, int | Decimal):
            sheet.write_number(row, number, float(cell), formats["money" if isinstance(cell, Decimal) else column.kind])


def parquet_bytes(facts: Iterable[FactRow]) -> bytes:
    """The facts as they are stored, for machines: minor units, UTC, keys of columns in English."""
    import polars

    schema, source = _schema(), iter(facts)
    frames = [polars.DataFrame(schema=schema)]
    while batch := list(islice(source, PARQUET_BATCH)):
        columns = {name: [fact[name] for fact in batch] for name in schema}
        frames.append(polars.DataFrame(columns, schema=schema))
    file = io.BytesIO()
    polars.concat(frames).write_parquet(file)
    return file.getvalue()


def _schema() -> dict[str, "polars.DataType"]:
    import polars

    kinds: dict[str, Any] = {
        "whole": polars.Int64(), "money": polars.Int64(), "amount": polars.Int64(), "date": polars.Date(),
        "moment": polars.Datetime("us", "UTC"),
    }  # fmt: skip
    return {column.key: kinds.get(column.kind, polars.String()) for column in COLUMNS}
