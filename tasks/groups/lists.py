"""A list of customers as people write one: codes, e-mails, phones, names on Telegram; typed, or a table. Pure.

Under a heading that is known each row is one customer, by whichever of its cells is known; without one each cell is.
Nothing of it is repeated in what is said about it: rows are called by their numbers.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO

from models.customers import CODE, AddressKind
from tasks.customers.addresses import Found, Unreadable, read_email, read_phone, read_telegram
from tasks.customers.columns import KNOWN_BY, column_of

Who = tuple[str, str]
LONGEST = 200  # characters; what is longer names nobody
READERS: dict[AddressKind, Callable[[str, str], Found]] = {
    AddressKind.EMAIL: lambda cell, country: read_email(cell),
    AddressKind.PHONE: read_phone,
    AddressKind.TELEGRAM: lambda cell, country: read_telegram(cell),
}


@dataclass(frozen=True)
class Named:
    """Somebody a list names: the row, counted from 1, and by what they may be known, the likeliest first."""

    row: int
    whos: tuple[Who, ...]


def read_list(text: str, country: str) -> list[Named]:
    """Everybody the list names; empty cells name nobody."""
    rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(_rows(text), 1)]
    filled = [(number, row) for number, row in rows if any(row)]
    columns = [column_of(cell) for cell in filled[0][1]] if filled else []
    if not set(columns) & set(KNOWN_BY):
        return [Named(number, _guessed(cell, country)) for number, row in filled for cell in row if cell]
    return [Named(number, _told(row, columns, country)) for number, row in filled[1:]]


def _rows(text: str) -> list[list[str]]:
    """The rows by the mark that divides the most of the first lines; a typed list has commas or nothing."""
    head = "\n".join(text.splitlines()[:20])
    mark = max((";", "\t", ","), key=head.count)
    clean = text.replace("\x00", "")
    try:
        return list(csv.reader(StringIO(clean), delimiter=mark))
    except csv.Error:
        return [[line] for line in clean.splitlines()]


def _guessed(cell: str, country: str) -> tuple[Who, ...]:
    """A cell may be a code, and whatever address it reads as; a code of digits comes before a phone."""
    ways = (_way(kind, cell, country) for kind in AddressKind if _may_be(kind, cell))
    return ((CODE, cell[:LONGEST]), *(way for way in ways if way))


def _may_be(kind: AddressKind, cell: str) -> bool:
    return kind is not AddressKind.TELEGRAM or cell.startswith("@") or "t.me/" in cell


def _told(row: Sequence[str], columns: Sequence[str], country: str) -> tuple[Who, ...]:
    cells = dict(zip(columns, row, strict=False))
    code = ((CODE, cells[CODE][:LONGEST]),) if cells.get(CODE) else ()
    ways = (_way(kind, cells[kind.value], country) for kind in AddressKind if cells.get(kind.value))
    return (*code, *(way for way in ways if way))


def _way(kind: AddressKind, cell: str, country: str) -> Who | None:
    try:
        return kind.value, READERS[kind](cell[:LONGEST], country).value
    except Unreadable:
        return None
