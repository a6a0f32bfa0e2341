"""Tables people keep, from the bytes of .xlsx and .csv to a heading and the rows under it. Pure."""

import csv
import io
from collections.abc import Callable, Sequence

from models.content import Cell, Effect, Place, Problem, Sheet, SheetRow
from models.locale import mark
from models.reason import Reason, because
from tasks.content.encoding import decode
from tasks.content.xlsx import COLUMNS_MAX, ROWS_MAX, UNREADABLE, Row, Unusable, grids

HEADER_WITHIN = 20
DELIMITERS = ";,\t|"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"

EMPTY = mark("There is no table in the file. Put the headings in one row and the rows under it.")
TOO_MANY_ROWS = mark("The table has more than {limit} rows. Move what is long over into another file.")

Familiar = Callable[[str], bool]
Reading = tuple[Sheet | None, tuple[Problem, ...]]


def read_sheet(data: bytes, file: str, familiar: Familiar = bool, most: int = ROWS_MAX) -> Reading:
    """Read the table whose heading has most `familiar` cells, in whichever sheet and row it begins; `most` rows of it.

    A table that cannot be used is None with the one problem that says why.
    """
    try:
        tables = grids(data, most) if data[:2] == b"PK" or data[:4] == OLD_EXCEL else [("", csv_rows(data, familiar))]
    except Unusable as error:
        return _unusable(file, error.reason)
    filled = [(title, rows, _heading(rows, familiar)) for title, rows in tables if rows]
    if not filled:
        return _unusable(file, because(EMPTY, code="empty"))
    title, rows, (_, at) = max(filled, key=lambda table: table[2][0])
    if len(rows) - at - 1 > most:
        return _unusable(file, too_many(most))
    return _table(file, title, rows, at), ()


def too_many(most: int) -> Reason:
    return because(TOO_MANY_ROWS, code="too_many_rows", limit=most)


def csv_rows(data: bytes, familiar: Familiar = bool) -> list[Row]:
    """Read delimited text."""
    _, delimiter, text = delimited(decode(data), familiar)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unusable(because(UNREADABLE, code="unreadable", detail=error)) from error
    rows = [(number, tuple(cell or None for cell in record)) for number, record in enumerate(records, start=1)]
    return [(number, cells[:COLUMNS_MAX]) for number, cells in rows if any(c and c.strip() for c in cells)]


def delimited(text: str, familiar: Familiar = bool) -> tuple[str, str, str]:
    """The line before the table in which Excel names its delimiter, if it stands there; the delimiter; the table.

    Where none is named it is the one that makes most familiar cells in one of the first rows, then most columns.
    """
    if text[:4].lower() == "sep=" and text[4:5].strip("\r\n"):
        head, end, body = text.partition("\n")
        return head + end, text[4], body
    return "", max(DELIMITERS, key=lambda sign: _fit(text[:20_000], sign, familiar)), text


def _fit(head: str, delimiter: str, familiar: Familiar) -> tuple[int, int]:
    records = [record for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if record]
    widths = sorted(map(len, records))
    known = max((sum(map(familiar, record)) for record in records[:HEADER_WITHIN]), default=0)
    return known, widths[len(widths) // 2] if widths else 0


def _heading(rows: list[Row], familiar: Familiar) -> tuple[int, int]:
    """How many familiar cells the best of the first rows has, and which row it is; the earliest of equals."""
    scores = [sum(isinstance(c, str) and familiar(c) for c in cells) for _, cells in rows[:HEADER_WITHIN]]
    return max(scores), scores.index(max(scores))


def _table(file: str, title: str, rows: list[Row], at: int) -> Sheet:
    number, heading = rows[at]
    header = _trimmed([" ".join(str(cell).split()) if cell is not None else "" for cell in heading])
    kept = tuple(SheetRow(number=n, cells=_fitted(cells, len(header))) for n, cells in rows[at + 1 :])
    return Sheet(file=file, title=title, header=header, header_row=number, rows=kept)


def _trimmed(header: list[str]) -> tuple[str, ...]:
    while header and not header[-1]:
        header.pop()
    return tuple(header)


def _fitted(cells: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    clean = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells[:width]]
    return tuple(clean + [None] * (width - len(clean)))


def _unusable(file: str, reason: Reason) -> Reading:
    return None, (Problem(place=Place(file=file), reason=reason, effect=Effect.STOPS),)
