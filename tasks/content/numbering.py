"""The №s of the rows into the person's own file, and nothing else in it touched. Pure.

A workbook is changed in the one part that holds the table, cell by cell, so that formulas keep what they last came to,
and charts, comments and whatever else no library of ours knows stay; a text table keeps its encoding, its mark, its
delimiter, its quotes and its line ends.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from models.content import Sheet
from models.locale import mark, translate
from models.reason import because
from tasks.content.cells import with_cells
from tasks.content.columns import TITLES, familiar, places
from tasks.content.encoding import told
from tasks.content.sheets import delimited, read_sheet
from tasks.content.xlsx import Unusable

NOT_NUMBERED = mark(
    "The №s could not be written into the file without changing something else in it. "
    "Write them there yourself: {numbers}."
)
PLAIN_TITLE = "No"  # in a text of Latin letters alone «№» would be shown as rubbish by whatever guesses its encoding
OF_ROW = mark("row {row}: № {number}")


def absent(sheet: Sheet, numbers: Mapping[int, str]) -> dict[int, str]:
    """Those of the №s, by row, that the file does not have yet."""
    at = places(sheet.header).get("number")
    return {row.number: numbers[row.number] for row in sheet.rows
            if row.number in numbers and (at is None or row.cells[at] is None)}  # fmt: skip


def with_numbers(data: bytes, sheet: Sheet, numbers: Mapping[int, str]) -> bytes:
    """The file with these №s in their rows. Raises Unusable where it would then read otherwise than before."""
    at = places(sheet.header).get("number")
    try:
        written = (_in_workbook if data[:2] == b"PK" else _in_text)(data, sheet, numbers, at)
    except (ValueError, LookupError) as error:
        raise _refused(numbers) from error
    after, _ = read_sheet(written, sheet.file, familiar)
    if after is None or _others(after, sheet) != _others(sheet, sheet) or absent(after, numbers):
        raise _refused(numbers)
    return written


def _refused(numbers: Mapping[int, str]) -> Unusable:
    said = ", ".join(translate(OF_ROW, row=row, number=number) for row, number in numbers.items())
    return Unusable(because(NOT_NUMBERED, code="not_numbered", numbers=said))


def _others(table: Sheet, first: Sheet) -> list[tuple[object, ...]]:
    """All that a table says in the columns it had at first, but its №s."""
    at, width = places(first.header).get("number"), len(first.header)
    rows = [(0, table.header), *((row.number, row.cells) for row in table.rows)]
    return [(n, *(cell for place, cell in enumerate(cells[:width]) if place != at)) for n, cells in rows]


def _in_workbook(data: bytes, sheet: Sheet, numbers: Mapping[int, str], at: int | None) -> bytes:
    values: dict[int, str | int] = {row: _value(number) for row, number in numbers.items()}
    if at is None:
        return with_cells(data, sheet.title, {sheet.header_row: translate(TITLES["number"]), **values})
    return with_cells(data, sheet.title, values, at + 1)


def _value(number: str) -> int | str:
    return int(number) if number.isdecimal() and len(number) < 15 else number


def _in_text(data: bytes, sheet: Sheet, numbers: Mapping[int, str], at: int | None) -> bytes:
    byte_mark, name = told(data)
    text = data[len(byte_mark) :].decode(name)
    head, delimiter, body = delimited(text, familiar)
    records = _records(body, delimiter)
    column = at if at is not None else max(len(cells) for _, cells in records[sheet.header_row - 1 :])
    heading = PLAIN_TITLE if text.isascii() else translate(TITLES["number"])
    said = dict(numbers) if at is not None else {sheet.header_row: heading, **numbers}
    parts = [
        _with_cell(raw, cells, column, said[place], delimiter) if place in said else raw
        for place, (raw, cells) in enumerate(records, start=1)
    ]
    return byte_mark + (head + "".join(parts)).encode(name)


def _records(text: str, delimiter: str) -> list[tuple[str, list[str]]]:
    """Every record as it stands in the text, with its cells; a quoted cell may go over several lines."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    found, begun = [], 0
    for cells in reader:
        found.append(("".join(lines[begun : reader.line_num]), cells))
        begun = reader.line_num
    return found


def _with_cell(raw: str, cells: Sequence[str], column: int, said: str, delimiter: str) -> str:
    body = raw.rstrip("\r\n")
    end = raw[len(body) :]
    if column >= len(cells):
        return body + delimiter * (column - len(cells) + 1) + said + end
    first, last = _span(body, column, delimiter)
    return body[:first] + said + body[last:] + end


def _span(body: str, column: int, delimiter: str) -> tuple[int, int]:
    """Where the cell stands in its record; a delimiter within quotes parts nothing."""
    other = f"[^{re.escape(delimiter)}]*"
    cell, at = re.compile(f'"(?:[^"]|"")*"{other}|{other}'), 0
    for _ in range(column):
        at = _end(cell, body, at) + len(delimiter)
    return at, _end(cell, body, at)


def _end(cell: re.Pattern[str], body: str, at: int) -> int:
    found = cell.match(body, at)
    return found.end() if found else len(body)
