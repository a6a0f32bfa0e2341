"""The content plan back to the person: a copy of their file with №, status, link, reach, reactions and reason. Pure."""

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from models.content import Effect, Outcome, PlanRow, Problem, Sheet
from models.locale import LANGUAGES, catalogue, mark, quoted, translate
from tasks.content.columns import TITLES, WRITTEN_BACK, places
from tasks.content.xlsx import inspect_archive, opened

NOT_LOADED = mark("not loaded")
WIDTHS = {"number": 6, "status": 18, "link": 40, "reach": 10, "reactions": 10, "reason": 50}
WIDE = 24


def write_plan(
    data: bytes,
    sheet: Sheet,
    rows: Sequence[PlanRow],
    outcomes: Mapping[str, Outcome],
    problems: Iterable[Problem] = (),
) -> bytes:
    """Write the plan as .xlsx: everything of the person's own stays; ours is added or renewed.

    `data` is the file `sheet` was read from; `rows` have their №s. A row without an outcome keeps what was written
    before; one that was left out says why.
    """
    reasons = _reasons(problems)
    if data[:2] != b"PK":
        return _filled(_copied(sheet), sheet, rows, outcomes, reasons)
    inspect_archive(data)
    with opened(data) as book:
        return _filled(book, sheet, rows, outcomes, reasons)


def _filled(book: Workbook, sheet: Sheet, rows: Sequence[PlanRow], outcomes: Mapping[str, Outcome],
            reasons: Mapping[int, str]) -> bytes:  # fmt: skip
    table = book[sheet.title] if sheet.title else book.worksheets[0]
    columns = _columns(table, sheet)
    stale = {catalogue(language).get(NOT_LOADED, NOT_LOADED) for language in LANGUAGES}
    for row in rows:
        _write(table, row.row, columns["number"], _number(row.number))
        if row.number in outcomes or table.cell(row.row, columns["status"]).value in stale:
            _write_outcome(table, row.row, columns, outcomes.get(row.number, Outcome()))
    for number, reason in reasons.items():
        _write_outcome(table, number, columns, Outcome(status=translate(NOT_LOADED), reason=reason))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _reasons(problems: Iterable[Problem]) -> dict[int, str]:
    """What keeps each row out, by the row's place."""
    found: dict[int, list[str]] = {}
    for problem in problems:
        if problem.effect is Effect.LEFT_OUT and problem.place.row:
            named = f"{quoted(problem.place.field)}: " if problem.place.field else ""
            found.setdefault(problem.place.row, []).append(named + str(problem.reason))
    return {row: "\n".join(reasons) for row, reasons in found.items()}


def _columns(table: Any, sheet: Sheet) -> dict[str, int]:
    """Our columns, from 1; those the table lacks are added behind its last one, looking like their neighbour."""
    at = {column: index + 1 for column, index in places(sheet.header).items()}
    used = (column for (_, column), cell in table._cells.items() if cell.value is not None)
    last = max(used, default=0)
    for column in ("number", *WRITTEN_BACK):
        if column not in at:
            last += 1
            at[column] = last
            _head(table, sheet.header_row, last, translate(TITLES[column]))
            table.column_dimensions[get_column_letter(last)].width = WIDTHS[column]
    return at


def _head(table: Any, row: int, column: int, title: str) -> None:
    cell: Any = _write(table, row, column, title)
    neighbour = table.cell(row, column - 1) if column > 1 else None
    if neighbour is not None and neighbour.has_style:
        cell._style = copy(neighbour._style)


def _write_outcome(table: Any, row: int, columns: Mapping[str, int], outcome: Outcome) -> None:
    for column in WRITTEN_BACK:
        value = getattr(outcome, column)
        cell = _write(table, row, columns[column], value if value != "" else None)
        if column == "link":
            cell.hyperlink = value if value.startswith(("http://", "https://")) and len(value.split()) == 1 else None


def _write(table: Any, row: int, column: int, value: Any) -> Cell:
    """Write a value that can never become a formula: a text stays a text even after it was edited."""
    if isinstance(table.cell(row, column), MergedCell):
        _unmerge(table, row, column)
    cell: Cell = table.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767]
    cell.data_type = "s"
    cell.quotePrefix = value[:1] in "=+-@\t\r"
    return cell


def _unmerge(table: Any, row: int, column: int) -> None:
    for merged in list(table.merged_cells.ranges):
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            table.unmerge_cells(str(merged))


def _number(number: str) -> int | str:
    return int(number) if number.isdecimal() and len(number) < 15 else number


def _copied(sheet: Sheet) -> Workbook:
    """A new workbook with the table of a text file in it."""
    book = Workbook()
    table = book.worksheets[0]
    for column, heading in enumerate(sheet.header, start=1):
        _write(table, sheet.header_row, column, heading).font = Font(bold=True)
        table.column_dimensions[get_column_letter(column)].width = WIDE
    for row in sheet.rows:
        for column, value in enumerate(row.cells, start=1):
            copied = _write(table, row.number, column, value)
            copied.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
    table.freeze_panes = f"A{sheet.header_row + 1}"
    return book
