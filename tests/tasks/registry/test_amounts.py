"""Amounts as people write them: read exactly, or refused with how to write them; never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.registry.amounts import Unclear, read_count, read_currency, read_money


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        pytest.param("12 500,50", 1_250_050, id="a space and a comma"),
        pytest.param("12\u00a0500,5", 1_250_050, id="a hard space, one digit"),
        pytest.param("12\u202f500", 1_250_000, id="a narrow space"),
        pytest.param("12500.5", 1_250_050, id="a point"),
        pytest.param("1.234,50", 123_450, id="points group, a comma divides"),
        pytest.param("1,234.50", 123_450, id="commas group, a point divides"),
        pytest.param("1,234,567", 123_456_700, id="commas twice can only group"),
        pytest.param("0,05", 5, id="kopecks only"),
        pytest.param("0.500", 50, id="nought before the point is no thousand"),
        pytest.param(12500, 1_250_000, id="a whole cell"),
        pytest.param(0.1 + 0.2, 30, id="the dust of floating numbers"),
        pytest.param("0", 0, id="a stated nought"),
    ],
)
def test_an_amount_is_read_to_the_kopeck(written, minor):
    assert read_money(written, "RUB") == (minor, "RUB")


@pytest.mark.parametrize(
    ("written", "currency"),
    [("100 ₽", "RUB"), ("100руб.", "RUB"), ("$100", "USD"), ("100 EUR", "EUR"), ("100 р", "RUB"), ("100", "KZT")],
)
def test_a_sign_beside_the_number_names_the_currency(written, currency):
    assert read_money(written, "KZT") == (10_000, currency)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("12,500", "two_ways", id="thousands or a share"),
        pytest.param("12.500", "two_ways", id="the same with a point"),
        pytest.param("-500", "negative", id="below nought"),
        pytest.param("−500", "negative", id="below nought with a real minus"),
        pytest.param(-0.5, "negative", id="a cell below nought"),
        pytest.param("0,123", "too_fine", id="a tenth of a kopeck"),
        pytest.param("сто", "not_a_number", id="a word"),
        pytest.param("1,23,4", "not_a_number", id="commas anywhere"),
        pytest.param("1,234,56", "not_a_number", id="a group of two"),
        pytest.param("", "not_a_number", id="nothing"),
        pytest.param(True, "not_a_number", id="a tick"),
        pytest.param(float("nan"), "too_large", id="no number at all"),
        pytest.param("9" * 30, "too_large", id="a slip of the finger"),
    ],
)
def test_what_is_unclear_is_refused_with_its_mend(written, code):
    with pytest.raises(Unclear) as refused:
        read_money(written, "RUB")
    assert refused.value.reason.code == code


def test_a_currency_without_cents_has_none():
    with pytest.raises(Unclear):
        read_money("12,5", "JPY")
    assert read_money("12", "JPY") == (12, "JPY")


@pytest.mark.parametrize(
    ("cell", "unit", "count"),
    [("1 200", None, 1_200), (7.0, "шт.", 7), ("2,5", "тыс.", 2_500), ("1.5", "million", 1_500_000)],
)
def test_things_are_counted_in_the_unit_beside_them(cell, unit, count):
    assert read_count(cell, unit) == count


@pytest.mark.parametrize(("cell", "unit"), [("1,5", None), (2.5, "шт"), ("3", "вёдер"), ("-1", None)])
def test_shares_of_things_and_strange_units_are_refused(cell, unit):
    with pytest.raises(Unclear):
        read_count(cell, unit)


def test_a_currency_is_known_by_sign_or_code():
    assert [read_currency(word) for word in ("руб.", "usd", "€")] == ["RUB", "USD", "EUR"]
    with pytest.raises(Unclear):
        read_currency("тугрики")


@given(st.integers(0, 10**13))
def test_what_is_written_the_russian_way_is_read_back(minor):
    whole, share = divmod(minor, 100)
    assert read_money(f"{whole:,}".replace(",", "\u00a0") + f",{share:02}", "RUB") == (minor, "RUB")


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_reason(text):
    try:
        assert read_money(text, "RUB")[0] >= 0
    except Unclear as refused:
        assert refused.reason.text
