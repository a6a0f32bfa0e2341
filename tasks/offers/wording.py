"""How money, counts, names, days and hours of an offer are said in the reader's language. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.numbers import format_decimal, format_percent, get_currency_precision

from models.basket import ONE
from models.locale import language, mark, quoted, translate, translate_plural
from models.written import minor_units
from tasks.reports.numbers import SIGNS

UNITS = mark("{count} unit"), mark("{count} units")
AND_ALSO = mark("{first} and {last}")
PRODUCT, GROUP_OF_GOODS = mark("the product {name}"), mark("the group {name} with all below it")


@dataclass(frozen=True)
class Words:
    """What keys and codes are called, and what money is in."""

    products: Mapping[str, str] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)
    customer_groups: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    funds: Mapping[str, str] = field(default_factory=dict)
    campaigns: Mapping[str, str] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)
    currency: str = "RUB"


NO_WORDS = Words()


def named(keys: Iterable[str], titles: Mapping[str, str]) -> str:
    """“A”, “B” and “C”."""
    return joined([quoted(titles.get(key, key)) for key in keys])


def joined(said: Sequence[str]) -> str:
    *first, last = said
    return translate(AND_ALSO, first=", ".join(first), last=last) if first else last


def goods_named(products: Iterable[str], groups: Iterable[str], words: Words) -> str:
    said = [translate(GROUP_OF_GOODS, name=quoted(group)) for group in groups]
    said += [translate(PRODUCT, name=quoted(words.products.get(one, one))) for one in products]
    return joined(said)


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


def exact_money(minor: int, currency: str) -> str:
    """To the coin, however large: what a cashier types, and what is approved."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    shape = "#,##0" if amount == amount.to_integral_value() else "#,##0." + "0" * digits
    number, sign = format_decimal(amount, shape, locale=language()), SIGNS.get(currency, currency)
    return f"{sign}{number}" if language() == "en" and sign != currency else f"{number}\u00a0{sign}"


def money(amount: Decimal, currency: str) -> str:
    return exact_money(minor_units(amount, currency), currency)


def step(to: Decimal, currency: str) -> str:
    """A step of rounding as it is, finer than a coin though it may be."""
    if Fraction(to) * 10 ** get_currency_precision(currency) % 1 == 0:
        return money(to, currency)
    return f"{format_decimal(to, '#,##0.##########', locale=language())}\u00a0{SIGNS.get(currency, currency)}"


def percent(value: Decimal) -> str:
    pattern = "#,##0.##\u00a0%" if language() == "ru" else "#,##0.##%"
    return format_percent(value / 100, format=pattern, locale=language())


def day(on: date) -> str:
    return format_date(on, "d MMMM y", locale=language())


def moment(at: datetime) -> str:
    return format_datetime(at, "d MMMM y, HH:mm:ss" if at.second else "d MMMM y, HH:mm", locale=language())


def clock(at: time) -> str:
    return format_time(at, "HH:mm:ss" if at.second else "HH:mm", locale=language())


def weekdays(numbers: Collection[int]) -> str:
    names = get_day_names("wide", context="stand-alone", locale=language())
    return joined([names[number - 1] for number in sorted(set(numbers))])
