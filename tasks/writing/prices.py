"""Prices as people write them in a text: found, and written. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

from models.written import minor_units

NBSP = "\u00a0"

_SIGNS = {"₽": "RUB", "$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "֏": "AMD", "₾": "GEL", "₴": "UAH"}
_WORDS = {
    "руб": "RUB",
    "р": "RUB",
    "долл": "USD",
    "евро": "EUR",
    "тенге": "KZT",
    "сум": "UZS",
    "rub": "RUB",
    "usd": "USD",
}
_WORDS |= {"eur": "EUR", "gbp": "GBP", "kzt": "KZT", "byn": "BYN", "uzs": "UZS", "amd": "AMD", "gel": "GEL"}
_TIMES = {"тыс": 1_000, "млн": 1_000_000, "thousand": 1_000, "million": 1_000_000}

_GAP = "[ \u00a0\u2009\u202f]?"
_MARKUP = "[*_~]{0,3}"
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f,.’']\d{3}){1,4}|\d{1,9})(?:[.,]\d{1,2})?(?!\d)"
_WORD = r"(?:руб(?:\.|лей|ля|ль)?|р\.|долл(?:\.|ар(?:ов|а)?)|евро|тенге|сум(?:ов)?|RUB|USD|EUR|GBP|KZT|BYN|UZS|AMD|GEL)"
_RANGE = rf"{_GAP}[–—-]{_GAP}"
_FORMS = (
    rf"(?<!\w)(?P<sign>[$€£]|(?:RUB|USD|EUR|GBP)(?=[ \u00a0\d])){_GAP}"
    rf"(?:(?P<from>{_NUMBER}){_RANGE})?(?P<to>{_NUMBER})",
    rf"(?<![\w.,])(?:(?P<low>{_NUMBER}){_RANGE})?(?P<high>{_NUMBER}){_MARKUP}{_GAP}"
    rf"(?:(?P<times>тыс|млн|thousand|million)\.?{_GAP})?{_MARKUP}(?P<currency>[{''.join(_SIGNS)}]|{_WORD}(?!\w))",
)
_PRICE = re.compile("|".join(_FORMS), re.IGNORECASE)


@dataclass(frozen=True)
class Price:
    """A price in a text: its place, its amount in minor units (`low` differs only in a range), and how it is said."""

    start: int
    end: int
    low: int
    high: int
    currency: str
    written: str

    def allows(self, price: int, currency: str) -> bool:
        return currency == self.currency and self.low <= price <= self.high


def prices_in(text: str) -> list[Price]:
    """Every price of a text in order: «450 ₽», «450 руб.», «1 290,50 ₽», «5 тыс. руб.», «450–500 ₽», "$5.90"."""
    return [read(found) for found in _PRICE.finditer(text)]


def read(found: re.Match[str]) -> Price:
    said = found.groupdict()
    currency = currency_of(said["sign"] or said["currency"])
    times = _TIMES.get((said["times"] or "").lower(), 1)
    high = minor_units(number(said["to"] or said["high"]) * times, currency)
    lowest = said["from"] or said["low"]
    low = minor_units(number(lowest) * times, currency) if lowest else high
    return Price(found.start(), found.end(), low, high, currency, found[0].strip())


def currency_of(written: str) -> str:
    known = written.lower().rstrip(".")
    return _SIGNS.get(known) or next(code for word, code in _WORDS.items() if known.startswith(word))


def number(written: str) -> Decimal:
    """A separator before exactly three digits parts thousands; before one or two it begins the fraction."""
    whole, fraction = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", written).groups()  # type: ignore[union-attr]
    return Decimal("".join(re.findall(r"\d", whole)) + (f".{fraction}" if fraction else ""))


def say_price(minor: int, currency: str, language: str = "ru") -> str:
    """A price as the language writes it: «1 290,50 ₽» or "€1,290.50"; a whole number has no fraction."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    said = f"{amount:,.{0 if amount == int(amount) else digits}f}"
    sign = next((sign for sign, code in _SIGNS.items() if code == currency), currency)
    if language == "en":
        return f"{sign}{said}" if sign in "$€£" else f"{said}{NBSP}{sign}"
    return f"{said.replace(',', NBSP).replace('.', ',')}{NBSP}{sign}"
