"""A table of millions of rows read from its file in frames, each a portion of its rows as tidy text by column. Pure.

CSV is read as it streams in: it is never whole in memory. A workbook holds a million rows at most and is read whole.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, TYPE_CHECKING

from models.content import Cell, Sheet
from models.reason import NO_REASON, Reason, because
from tasks.content.encoding import told
from tasks.content.sheets import EMPTY, HEADER_WITHIN, delimited
from tasks.content.xlsx import UNREADABLE, Unusable
from tasks.purchases.records import Record, Records, of_records, tidied

if TYPE_CHECKING:
    import polars

AT_ONCE = 200_000
HEAD = 100_000  # bytes that the delimiter is told by
CHUNK = 1 << 20


@dataclass(frozen=True)
class Table:
    """Its heading, the row that stands in, and its frames; `refusal` where it cannot be used."""

    header: tuple[str, ...] = ()
    header_row: int = 0
    frames: Callable[[dict[str, int]], Iterator[polars.DataFrame]] = lambda at: iter(())
    refusal: Reason = NO_REASON


def of_csv(opened: IO[bytes], familiar: Callable[[str], bool]) -> Table:
    """The table of a CSV file; the rows of its frames are read from `opened` as they are asked for."""
    encoding, skipped = _encoding(opened)
    opened.seek(skipped)
    head = opened.read(HEAD).decode(encoding, errors="replace")
    before, delimiter, _ = delimited(head, familiar)
    opened.seek(skipped)
    records = Records(opened, encoding)
    if before:
        records.read_line()
    try:
        first = list(islice(records.one_by_one(delimiter), HEADER_WITHIN))
    except csv.Error as error:
        return Table(refusal=because(UNREADABLE, code="unreadable", detail=error))
    if not first:
        return Table(refusal=because(EMPTY, code="empty"))
    scores = [sum(map(familiar, cells)) for _, cells in first]
    place = scores.index(max(scores))
    number, cells = first[place]
    header = tuple(" ".join(cell.split()) for cell in cells)
    return Table(header, number, lambda at: _streamed(first[place + 1 :], records, delimiter, at))


def of_sheet(sheet: Sheet) -> Table:
    """The table of a workbook that has been read."""
    rows = ((row.number, [_text(cell) for cell in row.cells]) for row in sheet.rows)
    return Table(sheet.header, sheet.header_row, lambda at: _frames(rows, at))


def _encoding(opened: IO[bytes]) -> tuple[str, int]:
    """What the file is written in, and how many bytes say so before the text: by its beginning, then by the whole."""
    mark, name = told(opened.read(2000))
    if mark or name.startswith("utf-16"):
        return name, len(mark)
    opened.seek(0)
    whole = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := opened.read(CHUNK):
            whole.decode(chunk)
        whole.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1251", 0
    return "utf-8", 0


def _streamed(first: list[Record], records: Records, delimiter: str, at: dict[str, int]) -> Iterator[polars.DataFrame]:
    yield from _frames(iter(first), at)
    while text := records.rest():
        frame = records.take(text, delimiter, at)
        if frame is None:
            yield from _frames(records.of_block(delimiter), at)
        elif len(frame):
            yield frame


def _frames(records: Iterator[Record], at: dict[str, int]) -> Iterator[polars.DataFrame]:
    while some := _some(records):
        yield tidied(of_records(some, at))


def _some(records: Iterator[Record]) -> list[Record]:
    try:
        return list(islice(records, AT_ONCE))
    except csv.Error as error:
        raise Unusable(because(UNREADABLE, code="unreadable", detail=error)) from error


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.6f}".rstrip("0")
    return "" if cell is None else str(cell)
