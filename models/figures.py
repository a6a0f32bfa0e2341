"""Money, counts, days and hours as the reader's language writes them, and as data until somebody reads. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.numbers import format_decimal, get_currency_precision
from pydantic import BaseModel, ConfigDict

from models.locale import language, mark, translate, translate_plural

SIGNS = {"RUB": "₽", "KZT": "₸", "BYN": "Br", "USD": "$", "EUR": "€"}
UNITS = mark("{count} unit"), mark("{count} units")
AND_ALSO = mark("{first} and {last}")
ONE = 1_000  # thousandths: a whole unit


class Figure(BaseModel):
    """A figure among the words of a reason: kept as data, written when it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: Literal["clock", "day", "moment", "money", "number", "sittings", "units", "weekdays"]
    of: Any

    def __str__(self) -> str:
        return WRITTEN[self.figure](self.of)

    @classmethod
    def day(cls, on: date) -> "Figure":
        return cls(figure="day", of=on.isoformat())

    @classmethod
    def moment(cls, at: datetime) -> "Figure":
        """Wall time: where it is shown, that is what the clocks say."""
        return cls(figure="moment", of=at.isoformat())

    @classmethod
    def clock(cls, at: time) -> "Figure":
        return cls(figure="clock", of=at.isoformat())

    @classmethod
    def money(cls, minor: int, currency: str) -> "Figure":
        return cls(figure="money", of=[minor, currency])

    @classmethod
    def number(cls, value: Decimal | int) -> "Figure":
        return cls(figure="number", of=str(value))

    @classmethod
    def units(cls, thousandths: int) -> "Figure":
        return cls(figure="units", of=thousandths)

    @classmethod
    def weekdays(cls, numbers: Collection[int]) -> "Figure":
        return cls(figure="weekdays", of=sorted(set(numbers)))

    @classmethod
    def sittings(cls, places: Sequence[tuple[str, datetime]]) -> "Figure":
        """Where and when: «Центр, 25 ноября 2026 г., 19:00»."""
        return cls(figure="sittings", of=[[where, at.isoformat()] for where, at in places])


def exact_money(minor: int, currency: str) -> str:
    """To the coin, however large: what a cashier types, and what is approved."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    shape = "#,##0" if amount == amount.to_integral_value() else "#,##0." + "0" * digits
    number, sign = format_decimal(amount, shape, locale=language()), SIGNS.get(currency, currency)
    return f"{sign}{number}" if language() == "en" and sign != currency else f"{number}\u00a0{sign}"


def counted(forms: tuple[str, str], number: int, **others: str) -> str:
    """The text in the form of the number, its {count} filled: «1 000 единиц»."""
    one, many = forms
    return translate_plural(one, many, number, count=format_decimal(number, locale=language()), **others)


def units(thousandths: int) -> str:
    """So many units: «2 шт.», «1,5 ед.»."""
    if thousandths % ONE == 0:
        return counted(UNITS, thousandths // ONE)
    number = format_decimal(Decimal(thousandths) / ONE, "#,##0.###", locale=language())
    return translate(UNITS[1], count=number)


def joined(said: Sequence[str]) -> str:
    *first, last = said
    return translate(AND_ALSO, first=", ".join(first), last=last) if first else last


def day(on: date) -> str:
    return format_date(on, "d MMMM y", locale=language())


def moment(at: datetime) -> str:
    return format_datetime(at, "d MMMM y, HH:mm:ss" if at.second else "d MMMM y, HH:mm", locale=language())


def clock(at: time) -> str:
    return format_time(at, "HH:mm:ss" if at.second else "HH:mm", locale=language())


def weekdays(numbers: Collection[int]) -> str:
    names = get_day_names("wide", context="stand-alone", locale=language())
    return joined([names[number - 1] for number in sorted(set(numbers))])


WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "clock": lambda of: clock(time.fromisoformat(of)),
    "day": lambda of: day(date.fromisoformat(of)),
    "moment": lambda of: moment(datetime.fromisoformat(of)),
    "money": lambda of: exact_money(*of),
    "number": lambda of: str(format_decimal(Decimal(of), locale=language())),
    "sittings": lambda of: joined([f"{where}, {moment(datetime.fromisoformat(at))}" for where, at in of]),
    "units": units,
    "weekdays": weekdays,
}
