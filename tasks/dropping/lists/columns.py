"""The columns of a list of customers and of a list of purchases, and whether its rows hold what they must. Pure.

The problems name rows and columns, never what stands in them: nobody's data is repeated on a page.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from models.content import Cell, Effect, Place, Problem, Sheet, SheetRow
from models.desk.drop import ListFound
from models.dropped import DropKind
from models.locale import mark
from models.reason import Reason, because
from tasks.content.columns import tidy

CUSTOMERS: Mapping[str, tuple[str, ...]] = {
    "id": ("код", "код клиента", "id", "customer id", "№", "номер клиента", "карта", "card"),
    "name": ("имя", "клиент", "фио", "name", "customer name"),
    "phone": ("телефон", "phone", "мобильный", "mobile"),
    "email": ("почта", "email", "e-mail", "электронная почта"),
    "telegram": ("telegram", "телеграм"),
    "birthday": ("день рождения", "дата рождения", "birthday", "date of birth"),
    "city": ("город", "city"),
    "consent": ("согласие", "согласие на рассылку", "consent"),
    "group": ("группа", "группа клиентов", "group"),
}
PURCHASES: Mapping[str, tuple[str, ...]] = {
    "receipt": ("чек", "номер чека", "receipt", "check", "заказ", "номер заказа", "order"),
    "customer": ("код клиента", "customer id", "id клиента", "клиент", "customer", "карта", "card"),
    "on": ("дата", "date", "дата покупки"),
    "amount": ("сумма", "amount", "итого", "total"),
    "outlet": ("точка", "магазин", "outlet", "shop"),
    "product": ("товар", "product", "артикул", "sku"),
    "number": ("количество", "quantity", "кол-во"),
}
COLUMNS = {DropKind.CUSTOMERS: CUSTOMERS, DropKind.PURCHASES: PURCHASES}
NO_COLUMN = mark("There is no column that says {what}. Add one.")
NEEDED = {
    DropKind.CUSTOMERS: ((("phone", "email", "telegram", "id"), mark("how to reach or to know the customer")),),
    DropKind.PURCHASES: ((("on",), mark("the date")), (("amount",), mark("the amount"))),
}
NOT_REACHED = mark("Neither a code, nor a phone, nor an e-mail, nor Telegram: nobody can be known by this row.")
NOT_A_PHONE = mark("This is not a phone number. Write it as +7 900 000-00-00.")
NOT_AN_EMAIL = mark("This is not an e-mail address.")
NOT_A_DATE = mark("This is not a date. Write it as 2026-11-25 or 25.11.2026.")
NOT_AN_AMOUNT = mark("This is not an amount. Write a number.")
EMPTY = mark("The cell is empty. Fill it in or remove the row.")
PHONE = re.compile(r"^\+?[\d\s().-]{7,20}$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
DATE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2})?)?$")
AMOUNT = re.compile(r"^-?[\d\s\u00a0]+([.,]\d{1,2})?\s*(₽|руб\.?|р\.)?$")


def column_of(kind: DropKind, heading: str) -> str:
    """The column a heading names; empty where it names none."""
    name = tidy(heading)
    return next((column for column, names in COLUMNS[kind].items() if name in names), "")


def look_over(kind: DropKind, sheet: Sheet) -> tuple[ListFound, list[Problem]]:
    """How many rows could be used, which columns are known, and where something is wrong."""
    columns = [column_of(kind, heading) for heading in sheet.header]
    at = {column: place for place, column in reversed(list(enumerate(columns))) if column}
    missing = _missing(kind, sheet, at)
    if missing:
        return ListFound(rows=len(sheet.rows)), missing
    wrong = [(row, _wrong(kind, row, at)) for row in sheet.rows]
    problems = [
        Problem(place=Place(file=sheet.file, row=row.number, field=sheet.header[at[column]]), reason=reason)
        for row, found in wrong for column, reason in found
    ]  # fmt: skip
    known = tuple(heading for heading, column in zip(sheet.header, columns, strict=True) if column)
    others = tuple(heading for heading, column in zip(sheet.header, columns, strict=True) if heading and not column)
    sound = sum(not found for _, found in wrong)
    return ListFound(columns=known, unknown=others, rows=len(sheet.rows), sound=sound), problems


def _missing(kind: DropKind, sheet: Sheet, at: Mapping[str, int]) -> list[Problem]:
    place = Place(file=sheet.file, row=sheet.header_row)
    return [
        Problem(place=place, reason=because(NO_COLUMN, code="no_column", what=because(what)), effect=Effect.STOPS)
        for columns, what in NEEDED[kind] if not any(column in at for column in columns)
    ]  # fmt: skip


def _wrong(kind: DropKind, row: SheetRow, at: Mapping[str, int]) -> list[tuple[str, Reason]]:
    cells = {column: row.cells[place] for column, place in at.items()}
    return _wrong_customer(cells) if kind is DropKind.CUSTOMERS else _wrong_purchase(cells)


def _wrong_customer(cells: Mapping[str, Cell]) -> list[tuple[str, Reason]]:
    reach = [column for column in ("phone", "email", "telegram", "id") if column in cells]
    if not any(_text(cells[column]) for column in reach):
        return [(reach[0], because(NOT_REACHED, code="not_reached"))]
    checks = (("phone", PHONE, NOT_A_PHONE), ("email", EMAIL, NOT_AN_EMAIL), ("birthday", DATE, NOT_A_DATE))
    return [
        (column, because(text, code=column)) for column, pattern, text in checks
        if _text(cells.get(column)) and not _fits(cells.get(column), pattern)
    ]  # fmt: skip


def _wrong_purchase(cells: Mapping[str, Cell]) -> list[tuple[str, Reason]]:
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
