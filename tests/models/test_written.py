from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from models.written import Amount, ChannelKey, Colour, Currency, Email, Key, Url, Zone, minor_units

SOUND = [
    (Key, "tea-lovers"), (Key, "t_1"), (ChannelKey, "vk-2"), (Zone, "Asia/Novosibirsk"), (Zone, "UTC"),
    (Colour, "#a84a24"), (Url, "https://x.test"), (Url, "http://127.0.0.1:8080/a?b"), (Url, ""),
    (Email, "a@b.ru"), (Email, ""), (Currency, "RUB"), (Amount, "99.50"), (Amount, "0"),
]  # fmt: skip
BROKEN = [
    (Key, "Чай"), (Key, "Tea"), (Key, ""), (Key, "-x"), (ChannelKey, "v_k"), (ChannelKey, "x" * 99),
    (Zone, "Moscow"), (Zone, "../etc"), (Colour, "red"), (Colour, "#fff"), (Url, "x.test"), (Url, "ftp://x"),
    (Email, "a@b"), (Email, "a b@c.ru"), (Currency, "руб"), (Currency, "rub"), (Amount, "-1"), (Amount, "1.234"),
    (Amount, "NaN"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), SOUND)
def test_a_text_that_is_written_well_is_taken(kind: object, text: str) -> None:
    assert str(TypeAdapter(kind).validate_python(text)) == text


@pytest.mark.parametrize(("kind", "text"), BROKEN)
def test_a_text_that_is_not_is_refused(kind: object, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_a_zone_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Zone).validate_python("Europe/Moskow")
    assert error.value.errors()[0]["ctx"]["error"].reason.words["nearest"].startswith("Europe/Moscow")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("490", "RUB", 49000), ("0.005", "RUB", 1), ("500", "JPY", 500), ("12.34", "EUR", 1234), ("1.5", "KWD", 1500)],
)
def test_money_is_counted_in_whole_minor_units(amount: str, currency: str, minor: int) -> None:
    assert minor_units(Decimal(amount), currency) == minor
