"""Short texts in the company's files: keys, zones, addresses, money, and how each must be written. Pure."""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import PurePosixPath
from typing import Annotated, Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision
from pydantic import AfterValidator, Field, StringConstraints

from models.content import nearest
from models.locale import mark
from models.reason import because
from models.schedule import Unreadable
from models.timetable import read_hours

BAD_KEY = mark("“{value}” is not a key. Use small Latin letters, digits and hyphens, for example tea-lovers.")
BAD_ZONE = mark("There is no time zone “{value}”. Write it as Europe/Moscow. Nearest: {nearest}.")
BAD_COLOUR = mark("“{value}” is not a colour. Write it as #a84a24.")
BAD_URL = mark("“{value}” is not an address. Write it whole, with https:// in front.")
BAD_EMAIL = mark("“{value}” is not an e-mail address. Write it as name@example.org.")
BAD_CURRENCY = mark("“{value}” is not a currency. Write its three letters, for example RUB.")
BAD_PRICE = mark("“{value}” is not a price. Write it as 0.35, in the company's currency.")
NO_TABLE = mark(
    "“{value}” is no table in the company's folder. Write a file or a pattern inside it, as customers.csv or "
    "purchases/*.csv; it ends in .csv or .xlsx."
)
NO_FOLDER = mark("“{value}” leads out of the company's folder. Write a folder inside it, or a whole path.")
BAD_CHANNEL_KEY = mark("“{value}” is not a key of a channel. Use small Latin letters, digits and hyphens only.")


SECRET = re.compile(r"token|secret|passw|api_?key|private_?key|credential|парол|токен", re.IGNORECASE)


def names_in(settings: Any) -> Iterator[str]:
    """Every field's name, however deep it stands."""
    inner = settings.values() if isinstance(settings, Mapping) else settings if isinstance(settings, list) else ()
    yield from (str(name) for name in (settings if isinstance(settings, Mapping) else ()))
    for value in inner:
        yield from names_in(value)


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount in major units, 490.50, as whole minor ones, 49050; half a kopeck is rounded up."""
    return int(amount.scaleb(get_currency_precision(currency)).to_integral_value(ROUND_HALF_UP))


def _key(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", text):
        raise Unreadable(because(BAD_KEY, code="bad_key", value=text))
    return text


def _channel_key(text: str) -> str:
    """The channel's secrets are kept in a Prefect block of this name, and blocks take no underscore."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", text):
        raise Unreadable(because(BAD_CHANNEL_KEY, code="bad_key", value=text))
    return text


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str) -> str:
    if text not in zones():
        near = ", ".join(nearest(text, zones(), 3, 0.0))
        raise Unreadable(because(BAD_ZONE, code="bad_zone", value=text, nearest=near))
    return text


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Unreadable(because(BAD_COLOUR, code="bad_colour", value=text))
    return text.lower()


def _url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise Unreadable(because(BAD_URL, code="bad_url", value=text))
    return text


def _table(text: str) -> str:
    path = PurePosixPath(text.strip().replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in (".csv", ".xlsx"):
        raise Unreadable(because(NO_TABLE, code="no_table", value=text))
    return str(path)


def _folder(text: str) -> str:
    path = PurePosixPath(text.strip().replace("\\", "/"))
    if ".." in path.parts:
        raise Unreadable(because(NO_FOLDER, code="no_folder", value=text))
    return str(path) if text.strip() else ""


def _email(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise Unreadable(because(BAD_EMAIL, code="bad_email", value=text))
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Unreadable(because(BAD_CURRENCY, code="bad_currency", value=text))
    return text


def _hours(text: str) -> str:
    read_hours([text])
    return text.strip()


def _price(text: str) -> str:
    """A price as it is written; a letter may cost less than the smallest coin."""
    said = text.strip().replace(",", ".")
    try:
        amount = Decimal(said or "0")
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 1_000_000:
        raise Unreadable(because(BAD_PRICE, code="bad_price", value=text))
    return said


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, AfterValidator(_key)]
Zone = Annotated[str, AfterValidator(_zone)]
Colour = Annotated[str, AfterValidator(_colour)]
TableText = Annotated[str, AfterValidator(_table)]
FolderText = Annotated[str, AfterValidator(_folder)]
Url = Annotated[str, AfterValidator(_url)]
Email = Annotated[str, AfterValidator(_email)]
HoursText = Annotated[str, AfterValidator(_hours)]
Currency = Annotated[str, AfterValidator(_currency)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
ChannelKey = Annotated[str, AfterValidator(_channel_key)]
PriceText = Annotated[str, AfterValidator(_price)]
