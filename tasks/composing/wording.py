"""What personal values become in words: dates, money, plurals, letter case. Pure.

A filter is given a value that is there; whatever it cannot make sense of raises ValueError, which holds one letter.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from models.locale import plural_form
from models.written import minor_units
from tasks.writing.prices import say_price

Argument = str | int | float | bool | None
Filter = Callable[..., Any]

DAY = {"ru": "d MMMM y", "en": "MMMM d, y"}
FORMS = {"ru": 3, "en": 2}
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W\d_]+)*")
_PART = re.compile(r"(?:^|(?<=-))[^\W_]")
_PATTERN = re.compile(r"[dMyELQwc.,/ \u00a0'\w-]{1,40}")
STYLES = ("short", "medium", "long", "full")


def titled(value: Any) -> str:
    """Every word with a capital, «анна-мария» too; what follows an apostrophe stays small: “children's”."""
    return _WORD.sub(lambda found: _PART.sub(lambda first: first[0].upper(), found[0].lower()), str(value))


def first(value: Any) -> Any:
    """The first word of a text, the first of a list."""
    if isinstance(value, str):
        words = value.split()
        return words[0] if words else None
    return value[0] if isinstance(value, Sequence) and len(value) else None


def day(value: Any, language: str, pattern: str = "") -> str:
    """A day as the language writes it, or by a pattern of CLDR such as “d MMMM”."""
    return _said(as_day(value), pattern or DAY[language], language)


def as_day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


@lru_cache(maxsize=2_000)
def _said(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=language)


def money(value: Any, language: str, currency: str) -> str:
    """Whole numbers are minor units, as everywhere in the house; a Decimal is in major ones."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("neither minor units nor a decimal")
    minor = value if isinstance(value, int) else minor_units(value, currency)
    return say_price(minor, currency, language)


def plural(value: Any, language: str, forms: Sequence[str]) -> str:
    """The form of a word that goes with the number: 1 балл, 2 балла, 5 баллов."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as wrong:
        raise ValueError("no number") from wrong
    if number != number.to_integral_value():
        return forms[1]  # «1,5 балла», “1.5 points”
    return forms[plural_form(language, abs(int(number)))]


def is_pattern(pattern: str) -> bool:
    """Whether a day can be written so; letters that CLDR does not know say nothing about a day."""
    if pattern in STYLES:
        return True
    if not _PATTERN.fullmatch(pattern):
        return False
    try:
        return bool(format_date(date(2026, 11, 21), pattern, locale="en"))
    except (KeyError, ValueError, AttributeError, IndexError):
        return False
