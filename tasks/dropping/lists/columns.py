"""The columns of a list of purchases, and whether its rows hold what they must. Pure.

The problems name rows and columns, never what stands in them: nobody's data is repeated on a page.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from models.content import Cell, Effect, Place, Problem, Sheet
from models.desk.drop import ListFound
from models.locale import mark
from models.reason import Reason, because
from tasks.content.columns import tidy

PURCHASES: Mapping[str, tuple[str, ...]] = {
    "receipt": ("чек", "номер чека", "receipt", "check", "заказ", "номер заказа", "order"),
    "customer": ("код клиента", "customer id", "id клиента", "клиент", "customer", "карта", "card"),
    "on": ("дата", "date", "дата покупки"),
    "amount": ("сумма", "amount", "итого", "total"),
    "outlet": ("точка", "магазин", "outlet", "shop"),
    "product": ("товар", "product", "артикул", "sku"),
    "number": ("количество", "quantity", "кол-во"),
}
NO_COLUMN = mark("There is no column that says {what}. Add one.")
NEEDED = (("on", mark("the date")), ("amount", mark("the amount")))
NOT_A_DATE = mark("This is not a date. Write it as 2026-11-25 or 25.11.2026.")
NOT_AN_AMOUNT = mark("This is not an amount. Write a number.")
EMPTY = mark("The cell is empty. Fill it in or remove the row.")
DATE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2})?)?$")
AMOUNT = re.compile(r"^-?[\d\s\u00a0]+([.,]\d{1,2})?\s*(₽|руб\.?|р\.)?$")


def column_of(heading: str) -> str:
    """The column a heading names; empty where it names none."""
    name = tidy(heading)
    return next((column for column, names in PURCHASES.items() if name in names), "")


def look_over(sheet: Sheet) -> tuple[ListFound, list[Problem]]:
    """How many rows could be used, which columns are known, and where something is wrong."""
    columns = [column_of(heading) for heading in sheet.header]
    at = {column: place for place, column in reversed(list(enumerate(columns))) if column}
    missing = _missing(sheet, at)
    if missing:
        return ListFound(rows=len(sheet.rows)), missing
    wrong = [(row, _wrong({column: row.cells[place] for column, place in at.items()})) for row in sheet.rows]
    problems = [
        Problem(place=Place(file=sheet.file, row=row.number, field=sheet.header[at[column]]), reason=reason)
        for row, found in wrong for column, reason in found
    ]  # fmt: skip
    known = tuple(heading for heading, column in zip(sheet.header, columns, strict=True) if column)
    others = tuple(heading for heading, column in zip(sheet.header, columns, strict=True) if heading and not column)
    sound = sum(not found for _, found in wrong)
    return ListFound(columns=known, unknown=others, rows=len(sheet.rows), sound=sound), problems


def _missing(sheet: Sheet, at: Mapping[str, int]) -> list[Problem]:
    place = Place(file=sheet.file, row=sheet.header_row)
    return [
        Problem(place=place, reason=because(NO_COLUMN, code="no_column", what=because(what)), effect=Effect.STOPS)
        for column, what in NEEDED if column not in at
    ]  # fmt: skip


def _wrong(cells: Mapping[str, Cell]) -> list[tuple[str, Reason]]:
    found = []
    for column, pattern, text in (("on", DATE, NOT_A_DATE), ("amount", AMOUNT, NOT_AN_AMOUNT)):
        if not _text(cells[column]):
            found.append((column, because(EMPTY, code="empty")))
        elif not _fits(cells[column], pattern):
            found.append((column, because(text, code=column)))
    return found


def _fits(cell: Cell, pattern: re.Pattern[str]) -> bool:
    if isinstance(cell, date | datetime):
        return pattern is DATE
    return bool(pattern.match(_text(cell)))


def _text(cell: Cell) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole and isinstance(cell, float) else cell).strip()
