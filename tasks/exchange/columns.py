"""Receipts of tills as a table: its columns in Russian and English, each row read by itself. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from babel.numbers import get_currency_precision

from models.basket import ONE
from models.content import Sheet
from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.content.columns import tidy
from tasks.content.encoding import decode
from tasks.content.sheets import read_sheet
from tasks.exchange.receipts import BACK, SALE, Kept, Line, Taken, Trouble, Where, checked, identity, of_any_day, taken

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "key": ("операция", "номер операции", "operation", "key"),
    "what": ("вид", "вид операции", "что", "what", "kind"),
    "till": ("касса", "ккм", "till", "pos"),
    "receipt": ("чек", "номер чека", "чек №", "№ чека", "receipt"),
    "at": ("дата и время", "дата", "время", "at", "date", "time"),
    "code": ("код", "купон", "код купона", "промокод", "code", "coupon"),
    "n": ("строка", "номер строки", "line"),
    "product": ("товар", "код товара", "артикул", "product", "sku"),
    "product_group": ("товарная группа", "группа товаров", "product group"),
    "quantity": ("количество", "кол-во", "quantity", "qty"),
    "amount": ("сумма до скидки", "сумма", "amount"),
    "off": ("скидка", "сумма скидки", "discount", "off"),
    "cashier": ("кассир", "cashier"),
    "card": ("карта", "номер карты", "card"),
    "sale": ("операция продажи", "возврат по", "sale", "return of"),
    "sale_till": ("касса продажи", "till of sale"),
}
BY_NAME = {tidy(name): column for column, names in HEADINGS.items() for name in names}
NEEDED = ("at", "code", "amount")
KINDS = {"": SALE, "продажа": SALE, "sale": SALE, "чек": SALE, "возврат": BACK, "return": BACK, "back": BACK}
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
FORMATS = tuple(f"{day}{sep}{time}" for day in DAYS for sep in (" ", "T") for time in ("%H:%M:%S", "%H:%M"))
ROWS_MOST = 100_000
WHOLE = 10**15
NO_COLUMN = mark("There is no column “{column}”. Add one.")
TWICE = mark("Two columns say the same: “{first}” and “{second}”. Delete one, or rename it.")
NOT_A_TIME = mark("“{value}” is not a date with a time. Write it as 2026-11-25 14:30:00 or 25.11.2026 14:30.")
NOT_A_NUMBER = mark("“{value}” in the column “{column}” is not a number. Write it as 450 or 450,50.")
NOT_A_KIND = mark("“{value}” is neither a sale nor a return.")


def read_table(data: bytes, file: str, outlet: str, zone: str, currency: str, kept: Kept = str) -> Taken:
    """What a table of receipts means; a table that cannot be used has one trouble, of row 0."""
    read = _read(data, file, currency, kept)
    if b'"' in data and data[:2] != b"PK" and (isinstance(read, Taken) or _is_over_lines(read.sheet)):
        again = _read(_closed(data), file, currency, kept)
        if isinstance(again, Read) and (isinstance(read, Taken) or len(again.lines) > len(read.lines)):
            read = again
    if isinstance(read, Taken):
        return read
    return taken(read.lines, read.troubles, Where(outlet, zone, currency), len(read.sheet.rows))


class Read(NamedTuple):
    """The rows of a table: those that could be read, and what is wrong with the others."""

    sheet: Sheet
    lines: list[Line]
    troubles: list[tuple[str, Trouble]]


def _read(data: bytes, file: str, currency: str, kept: Kept) -> Read | Taken:
    sheet, problems = read_sheet(data, file, lambda heading: bool(column_of(heading)), ROWS_MOST)
    if sheet is None:
        return Taken(troubles=[Trouble(0, problems[0].reason)])
    at, wrong = _places(sheet.header)
    if wrong:
        return Taken(troubles=[Trouble(0, wrong)])
    return Read(sheet, *_rows(sheet, at, get_currency_precision(currency), kept))


def _is_over_lines(sheet: Sheet) -> bool:
    return any("\n" in cell or "\r" in cell for row in sheet.rows for cell in row.cells if isinstance(cell, str))


def _closed(data: bytes) -> bytes:
    """Without the quotation marks of lines where one is opened and not closed: it would take in all that follows."""
    return re.sub(r"[^\r\n]+", lambda line: _without_odd(line[0]), decode(data)).encode()


def _without_odd(line: str) -> str:
    return line.replace('"', "") if line.count('"') % 2 else line


def column_of(heading: str) -> str:
    """The column a heading names, whatever unit stands behind it; empty where it names none."""
    return BY_NAME.get(tidy(heading)) or BY_NAME.get(tidy(heading.partition(",")[0]), "")


def _places(header: Sequence[str]) -> tuple[dict[str, int], Reason]:
    at: dict[str, int] = {}
    for place, heading in enumerate(header):
        column = column_of(heading)
        if column and column in at:
            return at, because(TWICE, code="twice", first=header[at[column]], second=heading)
        if column:
            at[column] = place
    missing = [column for column in NEEDED if column not in at]
    if missing:
        return at, because(NO_COLUMN, code="no_column", column=HEADINGS[missing[0]][0])
    if not {"key", "receipt"} & at.keys():
        return at, because(NO_COLUMN, code="no_column", column=HEADINGS["receipt"][0])
    return at, NO_REASON


class _Wrong(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def _rows(sheet: Sheet, at: Mapping[str, int], digits: int, kept: Kept) -> tuple[list[Line], list[tuple[str, Trouble]]]:
    lines: list[Line] = []
    troubles: list[tuple[str, Trouble]] = []
    for row in sheet.rows:
        said = {column: _text(row.cells[place]) for column, place in at.items()}
        said["code"] = kept(said["code"]) if said["code"] else ""
        try:
            line = _line(row.number, said, digits)
            wrong = checked(line)
        except _Wrong as error:
            troubles.append((_identity(said), Trouble(row.number, error.reason)))
            continue
        if wrong:
            troubles.append((identity(line.till, line.what, line.key), Trouble(row.number, wrong)))
        else:
            lines.append(line)
    return lines, troubles


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""


def _identity(said: Mapping[str, str]) -> str:
    """Of which receipt a row that cannot be read would have been, as far as it can be told."""
    what, till = KINDS.get(said.get("what", "").lower(), SALE), said.get("till", "")
    try:
        key = _key(said, _moment(said.get("at", "")))
    except _Wrong:
        if not said.get("key") and said.get("receipt"):
            return of_any_day(till, what, said["receipt"])
        key = said.get("key", "")
    return identity(till, what, key) if key else ""


def _line(row: int, said: Mapping[str, str], digits: int) -> Line:
    what = KINDS.get(said.get("what", "").lower())
    if what is None:
        raise _Wrong(because(NOT_A_KIND, code="kind", value=said["what"]))
    at = _moment(said["at"])
    if what == BACK:  # many tills write below zero what comes back
        said = {**said, **{name: said.get(name, "").lstrip("-−") for name in ("quantity", "amount", "off")}}
    goods = any(said.get(name) for name in ("n", "product", "quantity"))
    return Line(
        row=row, what=what, key=_key(said, at), till=said.get("till", ""), receipt=said.get("receipt", ""), at=at,
        codes=(said["code"],) if said["code"] else (), n=_number(said, "n", 1) if said.get("n") else 0,
        product=said.get("product", ""), product_group=said.get("product_group", ""),
        quantity=_number(said, "quantity", ONE) if said.get("quantity") else ONE,
        amount=_number(said, "amount", 10**digits) if what == SALE or said["amount"] else 0,
        off=_number(said, "off", 10**digits) if said.get("off") else (0 if "off" in said else None),
        cashier=said.get("cashier", ""), card=said.get("card", ""), sale=said.get("sale", ""),
        sale_till=said.get("sale_till", ""),
        has_goods=goods or what == SALE,
    )  # fmt: skip


def _key(said: Mapping[str, str], at: datetime) -> str:
    """The till's own number of the operation; else the receipt's with its day, for tills count receipts anew.

    A return may have the number of a sale of that day.
    """
    if said.get("key"):
        return said["key"]
    back = " back" if KINDS.get(said.get("what", "").lower()) == BACK else ""
    return f"{at:%Y-%m-%d} {said['receipt']}{back}" if said.get("receipt") else ""


def _moment(value: str) -> datetime:
    for form in FORMATS:
        try:
            return datetime.strptime(value, form)  # noqa: DTZ007  the outlet's own clocks
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        read = None
    if read is None or len(value) < len("2026-11-25 14:30"):
        raise _Wrong(because(NOT_A_TIME, code="time", value=value[:40]))
    return read


def _number(said: Mapping[str, str], column: str, scale: int) -> int:
    """A number as so many parts of one; below zero, of more parts, or none at all it is not."""
    value = said.get(column, "")
    plain = "".join(value.split()).replace(",", ".").replace("\u202f", "")
    try:
        read = Decimal(plain) * scale if plain.isascii() and len(plain) < 30 else Decimal("NaN")
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or read < 0 or read > WHOLE or read != read.to_integral_value():
        raise _Wrong(because(NOT_A_NUMBER, code="number", value=value[:40], column=HEADINGS[column][0]))
    return int(read)
