"""How money, counts, names, days and hours of an offer are said in the reader's language. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal, format_percent, get_currency_precision

from models.figures import SIGNS, exact_money, joined
from models.locale import language, mark, quoted, translate
from models.offers import Rounding
from models.written import minor_units

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


def goods_named(products: Iterable[str], groups: Iterable[str], words: Words) -> str:
    said = [translate(GROUP_OF_GOODS, name=quoted(group)) for group in groups]
    said += [translate(PRODUCT, name=quoted(words.products.get(one, one))) for one in products]
    return joined(said)


def money(amount: Decimal, currency: str) -> str:
    return exact_money(minor_units(amount, currency), currency)


def step(to: Decimal, currency: str) -> str:
    """A step of rounding as it is, finer than a coin though it may be; the usual one is a coin of the currency."""
    to = max(to, Decimal(1).scaleb(-get_currency_precision(currency))) if to == Rounding().to else to
    if Fraction(to) * 10 ** get_currency_precision(currency) % 1 == 0:
        return money(to, currency)
    return f"{format_decimal(to, '#,##0.##########', locale=language())}\u00a0{SIGNS.get(currency, currency)}"


def percent(value: Decimal) -> str:
    pattern = "#,##0.##\u00a0%" if language() == "ru" else "#,##0.##%"
    return format_percent(value / 100, format=pattern, locale=language())
