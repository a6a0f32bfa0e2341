"""The rows of a CSV file as it streams in: one by one by csv's rules, or a block of plain lines at once. Pure.

What the quick way gives is what csv's reader would; where it cannot know that, it leaves the block to that reader.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import polars

BLOCK, FIRST = 1 << 23, 1 << 16  # bytes
LONGEST = 131_072  # characters of a cell that csv's reader takes
SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
# What is not one space between words, by any reader's notion of a space; nor may a database keep what ends a text in C.
ODD_SPACES = ["  ", "\0", *(sign for sign in SPACES if sign != " ")]
END = "."
UTF8 = "utf-8"
Record = tuple[int, list[str]]


class Records:
    """Where reading is in a file: whoever has opened it closes it."""

    def __init__(self, opened: IO[bytes], encoding: str) -> None:
        self.opened, self.left, self.number, self.size = opened, b"", 0, min(FIRST, BLOCK)
        self.decoder = None if encoding == UTF8 else codecs.getincrementaldecoder(encoding)("replace")
        self.block = io.StringIO(newline="")

    def read_line(self) -> str:
        """The next line, whatever stands in it; it is no row and has no number."""
        return next(self._lines(), "")

    def one_by_one(self, delimiter: str) -> Iterator[Record]:
        """The rows in which anything stands, with their numbers, to the end of the file. Raises csv.Error."""
        for record in csv.reader(self._lines(), delimiter=delimiter):
            self.number += 1
            if any(cell.strip() for cell in record):
                yield self.number, record

    def rest(self) -> bytes:
        """What is left of the block, or the next one; b"" at the end of the file. It has to be taken, or read anew."""
        return self.block.read().encode() or self._next_block()

    def take(self, text: bytes, delimiter: str, at: Mapping[str, int]) -> polars.DataFrame | None:
        """The rows of a block as columns `at` their places; None where they have to be read one by one."""
        if read := plain_rows(text, delimiter, at, self.number):
            self.number, frame = read
            return frame
        self.block = _opened(text)
        return None

    def of_block(self, delimiter: str) -> Iterator[Record]:
        """As `one_by_one`, to the end of the block, or of the row that goes on behind it. Raises csv.Error."""
        block, size = self.block, len(self.block.getvalue())
        for record in csv.reader(self._lines(), delimiter=delimiter):
            self.number += 1
            if any(cell.strip() for cell in record):
                yield self.number, record
            if self.block is not block or block.tell() >= size:
                return

    def _lines(self) -> Iterator[str]:
        while True:
            yield from iter(self.block.readline, "")
            if not (text := self._next_block()):
                return
            self.block = _opened(text)

    def _next_block(self) -> bytes:
        """Some whole lines in UTF-8; b"" at the end of the file."""
        parts = [self.left]
        while data := self.opened.read(self.size):
            self.size = BLOCK
            text = self.decoder.decode(data).encode() if self.decoder else data
            # Without any line feed, carriage returns end lines; the last may be half of an end that is still to come.
            if end := text.rfind(b"\n") + 1 or text.rfind(b"\r", 0, -1) + 1:
                self.left = text[end:]
                return b"".join([*parts, text[:end]])
            parts.append(text)
        self.left = b""
        return b"".join([*parts, self.decoder.decode(b"", final=True).encode() if self.decoder else b""])


def _opened(text: bytes) -> io.StringIO:
    return io.StringIO(text.decode(UTF8, errors="replace"), newline="")


def plain_rows(text: bytes, delimiter: str, at: Mapping[str, int], number: int) -> tuple[int, polars.DataFrame] | None:
    """The rows of these lines behind row `number`, and the number of the last; None where csv's reader has to say.

    That is where a carriage return stands alone, a row goes on in the next line, a line may be longer than a cell, or
    what stands there is no UTF-8.
    """
    import polars as pl

    returns = text.count(b"\r")
    if returns != text.count(b"\r\n"):
        return None
    try:
        whole = pl.Series("line", [text.removesuffix(b"\n")], pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return None
    told = whole.str.split("\n").explode().to_frame()
    told = told.select(pl.col("line").str.strip_suffix("\r")) if returns else told
    if (told["line"].str.len_bytes().max() or 0) >= LONGEST:  # type: ignore[operator]
        return None
    last = number + len(told)
    told = told.with_row_index("row", number + 1).cast({"row": pl.Int64})
    if b'"' not in text:
        return last, _split(told, delimiter, at)
    has_marks = pl.col("line").str.contains('"', literal=True)
    quoted = _quoted(told.filter(has_marks), delimiter, at)
    return None if quoted is None else (
        last, pl.concat([_split(told.filter(~has_marks), delimiter, at), quoted]).sort("row")
    )  # fmt: skip


def _split(told: polars.DataFrame, delimiter: str, at: Mapping[str, int]) -> polars.DataFrame:
    import polars as pl

    line = pl.col("line")
    filled = told.filter(line.str.strip_chars(SPACES + delimiter) != "")
    places = [f"field_{place}" for place in at.values()]
    cells = filled["line"].str.split_exact(delimiter, max(at.values(), default=0) + 1).struct.unnest().select(places)
    cells = cells.select(pl.Series(name, cells[place]) for name, place in zip(at, places, strict=True))
    missing = [pl.col(name).fill_null("") for name in at if cells[name].null_count()]
    frame = cells.with_columns(*missing).select(filled["row"], *at)
    odd = [sign for sign in ODD_SPACES if sign != delimiter] + [f" {delimiter}", f"{delimiter} "]
    is_odd = line.str.contains_any(odd) | line.str.starts_with(" ") | line.str.ends_with(" ")
    return tidied(frame) if filled.select(is_odd.any()).item() else frame


def tidied(frame: polars.DataFrame) -> polars.DataFrame:
    """With every text as one line, one space between its words and none around them."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    is_odd = frame.select(pl.col(texts).str.contains_any(ODD_SPACES).any()) if texts else frame
    return frame.with_columns(
        (_one_line(name) if is_odd[name].item() else pl.col(name)).str.strip_chars() for name in texts
    )


def _one_line(name: str) -> polars.Expr:
    import polars as pl

    return pl.col(name).str.replace_all("\0", "", literal=True).str.replace_all(r"\s+", " ")


def _quoted(told: polars.DataFrame, delimiter: str, at: Mapping[str, int]) -> polars.DataFrame | None:
    """Lines with quotation marks; None where a row is not a line: a mark that is open at its end swallows the next."""
    records = list(csv.reader([*told["line"].to_list(), END], delimiter=delimiter))
    if len(records) != len(told) + 1 or records[-1] != [END]:
        return None
    rows = [(row, cells) for row, cells in zip(told["row"].to_list(), records, strict=False)]
    return tidied(of_records([(row, cells) for row, cells in rows if any(cell.strip() for cell in cells)], at))


def of_records(records: list[Record], at: Mapping[str, int]) -> polars.DataFrame:
    """Rows that were read one by one, as columns."""
    import polars as pl

    widest = max(at.values(), default=-1) + 1
    filled = [cells if len(cells) >= widest else [*cells, *[""] * (widest - len(cells))] for _, cells in records]
    columns = {name: [cells[place] for cells in filled] for name, place in at.items()}
    schema = {"row": pl.Int64} | dict.fromkeys(at, pl.String)
    return pl.DataFrame({"row": [number for number, _ in records], **columns}, schema=schema)
