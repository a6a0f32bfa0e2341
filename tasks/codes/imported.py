"""A column of somebody else's codes, from the bytes of a table as people save one, with what is wrong by row. Pure.

A row is called by its number only: what is wrong with a code is said without showing it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.content import Cell, Effect, Place, Problem, Sheet
from models.locale import mark
from models.reason import Reason, because
from tasks.codes.folding import LOOK_ALIKE as SEEN
from tasks.codes.folding import SHORTEST, bare, fold, strange
from tasks.content.columns import tidy
from tasks.content.sheets import read_sheet

MOST_ROWS = 2_000_000
LONGEST = 40
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number, and makes the others 0
HEADINGS = frozenset({
    "код", "коды", "промокод", "промокоды", "код купона", "номер купона", "купон", "code", "codes", "promo code",
    "promocode", "coupon code", "coupon", "voucher",
})  # fmt: skip
NO_COLUMN = mark("There is no column of codes. Head it “code”, or leave only that column in the file.")
NO_CODES = mark("There are no codes in the file. Put one into each row.")
STRANGE = mark("“{sign}” cannot stand in a code: take Latin or Russian letters, digits, spaces and hyphens.")
SHORTENED = mark(
    "The spreadsheet has made a number such as 4,6E+12 or a date of the code. Format the column as text and put the "
    "code in anew."
)
TOO_SHORT = mark("The code has {length} signs, at least {least} are needed. Ask whoever gave it for the whole one.")
TOO_LONG = mark("The code has {length} signs, at most {most} are possible. Perhaps two cells became one; part them.")
TWICE = mark(
    "The code of row {row} is the same, at most case, spaces, hyphens or look-alike letters differ. It was taken once."
)
TAKEN = mark("This code belongs to the offer “{offer}”. It stays there; ask for another one.")


@dataclass(frozen=True)
class Column:
    """The codes as they are kept, with the row of each, and what is wrong."""

    file: str
    rows: dict[str, int] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def taken(self, code: str, offer: str) -> Problem:
        """That the code is another offer's."""
        return _problem(self.file, self.rows[code], because(TAKEN, code="taken", offer=offer))


def is_heading(cell: str) -> bool:
    return tidy(cell) in HEADINGS


def read_codes(data: bytes, file: str) -> Column:
    """Every code of the file once."""
    sheet, problems = read_sheet(data, file, is_heading, MOST_ROWS)
    if sheet is None:
        return Column(file, {}, problems)
    place = _place(sheet)
    if place is None:
        return Column(file, {}, (_stops(file, NO_COLUMN, "no_column"),))
    found: dict[str, int] = {}
    wrong: list[Problem] = []
    for row, cell in _cells(sheet, place):
        code, reason = _read(cell)
        if not reason and code in found:
            reason = because(TWICE, code="twice", row=found[code])
        if reason:
            wrong.append(_problem(file, row, reason))
        else:
            found[code] = row
    if not found and not wrong:
        wrong.append(_stops(file, NO_CODES, "no_codes"))
    return Column(file, found, tuple(wrong))


def _place(sheet: Sheet) -> int | None:
    """Which column it is; a table of one column needs no heading."""
    named = [place for place, heading in enumerate(sheet.header) if is_heading(heading)]
    return named[0] if named else 0 if len(sheet.header) == 1 else None


def _cells(sheet: Sheet, place: int) -> Iterator[tuple[int, Cell]]:
    if not is_heading(sheet.header[place]):
        yield sheet.header_row, sheet.header[place]
    yield from ((row.number, row.cells[place]) for row in sheet.rows if row.cells[place] is not None)


def _read(cell: Cell) -> tuple[str, Reason | None]:
    if isinstance(cell, date) or (isinstance(cell, int | float) and (cell % 1 or cell >= EXACT)):
        return "", because(SHORTENED, code="shortened")
    typed = str(int(cell)) if isinstance(cell, float) else str(cell).strip().lstrip("'")
    code = bare(typed).translate(SEEN)
    if _is_shortened(typed):
        return "", because(SHORTENED, code="shortened")
    if sign := strange(code):
        return "", because(STRANGE, code="strange_sign", sign=sign)
    if len(code) < SHORTEST:
        return "", because(TOO_SHORT, code="too_short", length=len(code), least=SHORTEST)
    if len(code) > LONGEST:
        return "", because(TOO_LONG, code="too_long", length=len(code), most=LONGEST)
    return fold(typed), None


def _is_shortened(typed: str) -> bool:
    """A number as a spreadsheet writes what is too long for it: 4,60123E+12."""
    mantissa, e, power = typed.upper().partition("E+")
    return bool(e) and power.isdecimal() and mantissa.replace(",", "").replace(".", "").isdecimal()


def _problem(file: str, row: int, reason: Reason) -> Problem:
    return Problem(place=Place(file=file, row=row), reason=reason)


def _stops(file: str, text: str, code: str) -> Problem:
    return Problem(place=Place(file=file), reason=because(text, code=code), effect=Effect.STOPS)


@dataclass(frozen=True)
class Imported:
    """What an import came to: how many codes the offer has of it, and what is wrong with the other rows."""

    codes: int
    problems: Sequence[Problem]
