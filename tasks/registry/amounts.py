"""Amounts of money and numbers as people write them: 12 500,50 · 12500.5 · 1.234,50 ₽ · 3 тыс. Never guessed. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from babel.numbers import get_currency_precision

from models.content import Cell
from models.locale import mark
from models.reason import Reason, because

NOT_A_NUMBER = mark("“{value}” is not a number. Write it as 12 500 or 12 500,50.")
NEGATIVE = mark("{value} is less than zero. Mend the amount in its own row instead of subtracting it here.")
TWO_WAYS = mark("“{value}” may be read two ways: thousands or a share. Write 12 500 or 12,50.")
TOO_FINE = mark("“{value}” has more than {digits} digits after the point. Round it.")
NOT_WHOLE = mark("“{value}” is not a whole number. Count things, not shares of them.")
TOO_LARGE = mark("“{value}” is too large to be true. Check the number.")
UNKNOWN_UNIT = mark("The unit “{value}” is not known. Leave it empty or write pcs, thousand, million.")
UNKNOWN_CURRENCY = mark("The currency “{value}” is not known. Write its code: {known}.")

LARGEST = 10**15
SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
PLAIN = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$")
GROUPED = re.compile(r"^[+-]?\d{1,3}(?:(?P<group>[.,])\d{3})(?:(?P=group)\d{3})*(?:(?!(?P=group))[.,]\d{1,2})?$")
AMBIGUOUS = re.compile(r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$")

CURRENCIES = {
    "RUB": ("₽", "руб.", "руб", "рублей", "рубля", "рубль", "р.", "р", "rub", "rur"),
    "BYN": ("byn", "бел. руб."),
    "KZT": ("₸", "тг", "тенге", "kzt"),
    "USD": ("$", "usd", "долл."),
    "EUR": ("€", "eur", "евро"),
}
SIGNS = {sign: code for code, signs in CURRENCIES.items() for sign in signs}
UNITS = {
    1: ("шт", "шт.", "штук", "pcs", "чел", "чел.", "человек", "people", "раз", "ед.", "ед", "звонков", "units"),
    1_000: ("тыс", "тыс.", "тысяч", "thousand", "k"),
    1_000_000: ("млн", "млн.", "миллионов", "million", "m"),
}
TIMES = {unit: times for times, units in UNITS.items() for unit in units}


class Unclear(ValueError):
    """A number that could not be read; the reason shows it and how to write it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


def read_currency(cell: Cell) -> str:
    """Read a currency by code or sign. Raises Unclear."""
    word = str(cell).strip().casefold()
    code = SIGNS.get(word, word.upper())
    if code not in CURRENCIES:
        raise Unclear(because(UNKNOWN_CURRENCY, code="currency", value=cell, known=", ".join(CURRENCIES)))
    return code


def read_money(cell: Cell, currency: str) -> tuple[int, str]:
    """Read an amount in minor units and its currency: of the sign beside it, else the one given. Raises Unclear."""
    number, sign = _split(cell)
    currency = SIGNS.get(sign, currency)
    digits = get_currency_precision(currency)
    minor = _positive(number, cell) * 10**digits
    if minor != minor.to_integral_value():
        raise Unclear(because(TOO_FINE, code="too_fine", value=cell, digits=digits))
    return int(minor), currency


def read_count(cell: Cell, unit: Cell = None) -> int:
    """Read a whole number of things, in the unit beside it («тыс.»). Raises Unclear."""
    word = str(unit or "").strip().casefold()
    if word and word not in TIMES:
        raise Unclear(because(UNKNOWN_UNIT, code="unit", value=unit))
    count = _positive(_number(cell, cell), cell) * TIMES.get(word, 1)
    if count != count.to_integral_value():
        raise Unclear(because(NOT_WHOLE, code="not_whole", value=cell))
    return int(count)


def _positive(number: Decimal, cell: Cell) -> Decimal:
    if number < 0:
        raise Unclear(because(NEGATIVE, code="negative", value=cell))
    if number > LARGEST:
        raise Unclear(because(TOO_LARGE, code="too_large", value=cell))
    return number


def _split(cell: Cell) -> tuple[Decimal, str]:
    """The number, and the sign of a currency before or after it."""
    if not isinstance(cell, str):
        return _number(cell, cell), ""
    text = cell.strip().casefold()
    for sign in sorted(SIGNS, key=len, reverse=True):
        for cut in (str.removesuffix, str.removeprefix):
            if (bare := cut(text, sign)) != text:
                return _number(bare.strip(), cell), sign
    return _number(text, cell), ""


def _number(value: Cell, cell: Cell) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unclear(because(NOT_A_NUMBER, code="not_a_number", value=cell))
    if isinstance(value, float):
        return _of_float(value, cell)
    return _of_text(SPACES.sub("", str(value)).replace("−", "-"), cell)


def _of_float(value: float, cell: Cell) -> Decimal:
    """A spreadsheet keeps 0.1 + 0.2 as 0.30000000000000004; six digits are more than any amount has."""
    if not isfinite(value) or abs(value) > LARGEST:
        raise Unclear(because(TOO_LARGE, code="too_large", value=cell))
    return Decimal(repr(value)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def _of_text(text: str, cell: Cell) -> Decimal:
    if AMBIGUOUS.match(text):
        raise Unclear(because(TWO_WAYS, code="two_ways", value=cell))
    if not PLAIN.match(text) and not GROUPED.match(text):
        raise Unclear(because(NOT_A_NUMBER, code="not_a_number", value=cell))
    return Decimal(_pointed(text))


def _pointed(text: str) -> str:
    """The number with a point for its share: the last mark divides it, unless it stands twice and groups thousands."""
    whole, point, share = text.rpartition("." if text.rfind(".") > text.rfind(",") else ",")
    bare = whole.replace(".", "").replace(",", "")
    return f"{bare}{share}" if not point or point in whole else f"{bare}.{share}"
