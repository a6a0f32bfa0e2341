"""Prices as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.writing.prices import prices_in, say_price


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("450 ₽", [(45000, "RUB")], id="sign"),
        pytest.param("450₽", [(45000, "RUB")], id="sign without a space"),
        pytest.param("450 руб. и 300 рублей, 200р.", [(45000, "RUB"), (30000, "RUB"), (20000, "RUB")], id="words"),
        pytest.param("1 290,50 ₽", [(129050, "RUB")], id="thousands and kopecks"),
        pytest.param("1\u00a0290\u00a0₽", [(129000, "RUB")], id="non-breaking spaces"),
        pytest.param("5 тыс. руб.", [(500000, "RUB")], id="thousand in words"),
        pytest.param("1,5 млн ₽", [(150000000, "RUB")], id="million in words"),
        pytest.param("$5.90 or €1,290.50", [(590, "USD"), (129050, "EUR")], id="sign before"),
        pytest.param("25 EUR, 7.20 €", [(2500, "EUR"), (720, "EUR")], id="code and sign after"),
        pytest.param("**450** ₽", [(45000, "RUB")], id="markup between"),
        pytest.param("500 ₸", [(50000, "KZT")], id="tenge"),
        pytest.param("100 г, 20 %, 2026, 10:00, тел. 8 900 123-45-67", [], id="numbers that are no prices"),
        pytest.param("5 рублёвых монет, 3 рубашки, евроремонт 5 евросоюз", [], id="words that only begin so"),
        pytest.param("v1.450 ₽", [], id="part of another number"),
    ],
)
def test_prices_are_found_as_people_write_them(text: str, expected: list[tuple[int, str]]) -> None:
    found = prices_in(text)
    assert [(price.high, price.currency) for price in found] == expected
    assert all(text[price.start : price.end].strip() == price.written for price in found)


def test_a_range_allows_what_lies_in_it() -> None:
    (price,) = prices_in("от 450–500 ₽")
    assert (price.low, price.high) == (45000, 50000)
    assert price.allows(47000, "RUB")
    assert not price.allows(51000, "RUB")
    assert not price.allows(47000, "EUR")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "expected"),
    [
        pytest.param(129050, "RUB", "ru", "1_290,50_₽", id="russian"),
        pytest.param(45000, "RUB", "ru", "450_₽", id="no kopecks"),
        pytest.param(129050, "EUR", "en", "€1,290.50", id="english"),
        pytest.param(45000, "RUB", "en", "450_₽", id="rubles in english"),
        pytest.param(490, "JPY", "ru", "490_JPY", id="no minor units, no sign of ours"),
    ],
)
def test_a_price_is_written_as_the_language_writes_it(minor: int, currency: str, language: str, expected: str) -> None:
    assert say_price(minor, currency, language).replace("\u00a0", "_") == expected


@given(st.integers(0, 10**9), st.sampled_from(["RUB", "USD", "EUR", "KZT"]), st.sampled_from(["ru", "en"]))
def test_what_is_written_is_read_as_the_same_price(minor: int, currency: str, language: str) -> None:
    (price,) = prices_in(f"Чай — {say_price(minor, currency, language)}, да")
    assert (price.low, price.high, price.currency) == (minor, minor, currency)
