"""An .xlsx file as a grid of cells, opened only after its archive was looked over. Pure."""

import io
import re
import warnings
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries

from models.content import Cell
from models.locale import mark
from models.reason import Reason, because

ROWS_MAX = 20_000
COLUMNS_MAX = 200
SHEETS_MAX = 30
XML_BYTES_MAX = 40_000_000
ALL_BYTES_MAX = 200_000_000
PARTS_MAX = 5_000
MERGES_MAX = 20_000

OLD_OR_LOCKED = mark("This is an old .xls file or one locked by a password. Save it as .xlsx without a password.")
NOT_XLSX = mark("This is not an .xlsx spreadsheet. Open it in your program, save it as .xlsx or .csv and load that.")
UNREADABLE = mark(
    "The spreadsheet is damaged and cannot be read. Open it in your program, save it again and load that."
)
TOO_LARGE = mark("The file unpacks to {size} MB, more than {limit} MB. Copy the rows you need into a new file.")

Row = tuple[int, tuple[Cell, ...]]
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+[0-9]+:[A-Z]+[0-9]+)\"")


class Unusable(Exception):
    """The bytes are no table; the reason says why and what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


def grids(data: bytes, most: int = ROWS_MAX) -> list[tuple[str, list[Row]]]:
    """Read every visible sheet: the rows that hold anything, with a value merged downwards repeated in each row.

    Not many more than `most` rows of each are read.
    """
    inspect_archive(data)
    with opened(data, read_only=True, data_only=True) as book:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:SHEETS_MAX]
        return [(sheet.title, list(_rows(sheet, _merges(book, sheet), most))) for sheet in shown]


def inspect_archive(data: bytes) -> None:
    """Refuse what is no spreadsheet, or unpacks to more than a content plan can be, before anything is unpacked."""
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unusable(because(OLD_OR_LOCKED, code="old_or_locked"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _inspect_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise Unusable(because(UNREADABLE, code="unreadable", detail=error)) from error


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if "content.xml" in archive.namelist():
        raise Unusable(because(NOT_XLSX, code="not_xlsx"))
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Unusable(because(NOT_XLSX, code="not_xlsx"))
    xml = [part for part in parts if part.filename.endswith((".xml", ".rels", ".vml"))]
    _within(sum(part.file_size for part in xml), XML_BYTES_MAX)
    _within(sum(part.file_size for part in parts), ALL_BYTES_MAX)
    if len(parts) > PARTS_MAX:
        raise Unusable(because(UNREADABLE, code="unreadable", detail=f"{len(parts)} parts"))
    for part in xml:
        with archive.open(part) as file:
            if b"<!DOCTYPE" in file.read(2000).replace(b"\0", b"").upper():
                raise Unusable(because(UNREADABLE, code="unreadable", detail="DOCTYPE"))


def _within(size: int, limit: int) -> None:
    if size > limit:
        words = {"size": size // 1_000_000, "limit": limit // 1_000_000}
        raise Unusable(because(TOO_LARGE, code="too_large", **words))


@contextmanager
def opened(data: bytes, **options: bool) -> Iterator[Workbook]:
    """Open the workbook; whatever the library finds wrong is one sentence for the person."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions it will not keep; none of them is ours
        try:
            book = load_workbook(io.BytesIO(data), **options)
        except Exception as error:  # a broken file raises whatever the part it broke in raises
            raise Unusable(because(UNREADABLE, code="unreadable", detail=type(error).__name__)) from error
        try:
            yield book
        finally:
            book.close()


def _rows(sheet: Any, merges: list[tuple[int, int, int]], most: int) -> Iterator[Row]:
    found: dict[int, list[Cell]] = {}
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX), start=1):
            cells = [_cell(value) for value in values]
            if any(cell is not None for cell in cells):
                found[number] = cells
            if len(found) > most + 100:
                break
    except Exception as error:  # as in `opened`: the sheets are read only now
        raise Unusable(because(UNREADABLE, code="unreadable", detail=type(error).__name__)) from error
    _fill_down(found, merges)
    return iter((number, tuple(cells)) for number, cells in found.items())


def _fill_down(found: dict[int, list[Cell]], merges: list[tuple[int, int, int]]) -> None:
    numbers = list(found)
    for column, first, last in merges:
        top = found.get(first, [])
        if column < len(top):
            for number in numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]:
                if column < len(found[number]):
                    found[number][column] = top[column]


def _merges(book: Any, sheet: Any) -> list[tuple[int, int, int]]:
    """Column (from 0), first and last row of every range merged downwards; read-only sheets do not tell of them."""
    with book._archive.open(sheet._worksheet_path) as part:
        refs = MERGE.findall(part.read())[:MERGES_MAX]
    bounds = [range_boundaries(ref.decode()) for ref in refs]
    return [(left - 1, top, bottom) for left, top, _, bottom in bounds if left and top and bottom and bottom > top]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return time(seconds // 3600, seconds // 60 % 60) if 0 <= seconds < 86_400 else str(value)
    return value if value is None or isinstance(value, int | float | bool | datetime | date | time) else str(value)
