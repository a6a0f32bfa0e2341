"""A single stated row, as a form gives it, in the shape of a table of one row; and №s for a table. Pure."""

import io
from collections.abc import Mapping

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from models.content import Place, Problem, Sheet, SheetRow
from models.locale import mark, translate
from tasks.content.xlsx import inspect_archive, opened
from tasks.registry.sheets import COLUMNS, numbering

NUMBER = "№"
TITLES = {
    "number": NUMBER,
    "on": mark("Date"),
    "operation": mark("Operation"),
    "channel": mark("Channel"),
    "campaign": mark("Campaign"),
    "goal": mark("Goal"),
    "fund": mark("Fund"),
    "metric": mark("Metric"),
    "amount": mark("Amount"),
    "value": mark("Value"),
    "document": mark("Document"),
    "note": mark("Note"),
}
NUMBER_WIDTH = 6


def one_row(fields: Mapping[str, str], number: str) -> Sheet:
    """The table of what a form says; `number` makes the row the same one however often it is sent."""
    told = {"number": number, **{field: text for field, text in fields.items() if text.strip()}}
    header = tuple(translate(TITLES[field]) for field in told)
    return Sheet(file="form", header=header, header_row=1, rows=(SheetRow(number=2, cells=tuple(told.values())),))


def in_the_form(problem: Problem) -> Problem:
    """The problem as it concerns a form, which has fields and neither rows nor columns."""
    return problem.model_copy(update={"place": Place(field=problem.place.field)})


def is_of_results(sheet: Sheet) -> bool:
    """Whether a table is one of results: only those say what was measured."""
    return any(name.casefold() in COLUMNS["metric"] for name in sheet.header)


def numbered(data: bytes, sheet: Sheet) -> bytes | None:
    """The workbook with the №s that its rows have here; None where there is nothing to add, or it is no workbook."""
    at = next((n for n, name in enumerate(sheet.header, 1) if name.casefold() in COLUMNS["number"]), 0)
    bare = {row.number for row in sheet.rows if not at or row.cells[at - 1] is None}
    if data[:2] != b"PK" or not bare:
        return None
    inspect_archive(data)
    with opened(data) as book:
        table = book[sheet.title] if sheet.title else book.worksheets[0]
        if not at:
            at = max((column for (_, column), cell in table._cells.items() if cell.value is not None), default=0) + 1
            table.cell(sheet.header_row, at, NUMBER).font = Font(bold=True)
            table.column_dimensions[get_column_letter(at)].width = NUMBER_WIDTH
        for row, number in numbering(sheet).items():
            if row in bare:
                table.cell(row, at).value = int(number) if number.isdecimal() else number
        kept = io.BytesIO()
        book.save(kept)
        return kept.getvalue()
