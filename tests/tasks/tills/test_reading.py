"""What a till sends, read: each field that is wrong is named, and how to mend it said; no value is repeated."""

from typing import Any

import pytest

from models.till_calls import NotTaken, SaleTold, Validate
from tasks.tills import reading
from tests.tasks.tills.shop import LINES, asked, basket, entry

LINE = LINES[0]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (asked() | {"basket": basket(LINE | {"quantity": 0})}, "basket.lines.0.quantity", "greater_than"),
        (asked() | {"basket": basket(LINE | {"quantity": -1000})}, "basket.lines.0.quantity", "greater_than"),
        (asked() | {"basket": basket(LINE | {"quantity": 10**10})}, "basket.lines.0.quantity", "less_than_equal"),
        (asked() | {"basket": basket(LINE | {"quantity": 0.5})}, "basket.lines.0.quantity", "whole"),
        (asked() | {"basket": basket(LINE | {"quantity": "1000"})}, "basket.lines.0.quantity", "whole"),
        (asked() | {"basket": basket(LINE | {"amount": True})}, "basket.lines.0.amount", "whole"),
        (asked() | {"basket": basket(LINE | {"amount": -1})}, "basket.lines.0.amount", "greater_than_equal"),
        (asked() | {"basket": basket(LINE | {"amount": 10**300})}, "basket.lines.0.amount", "less_than_equal"),
        (asked() | {"basket": basket(LINE, LINE)}, "basket.lines.1.n", "same_number"),
        (asked() | {"basket": basket(LINE | {"currency": "USD"})}, "basket.lines.0.currency", "extra_forbidden"),
        (asked() | {"basket": basket(currency="USD")}, "basket.currency", "currency"),
        (asked() | {"basket": basket(currency="руб")}, "basket.currency", "string_pattern_mismatch"),
        (asked() | {"basket": {"currency": "RUB", "lines": []}}, "basket.lines", "too_short"),
        (asked() | {"basket": basket(*({"n": 1, "amount": 1} for _ in range(1001)))}, "basket.lines", "too_long"),
        (asked() | {"basket": basket(LINE | {"n": 1001})}, "basket.lines.0.n", "less_than_equal"),
        (asked("TEA", "tea"), "codes.1", "same_code"),
        (asked(*("X" * n for n in range(1, 22))), "codes", "too_long"),
        (asked(sitting="2026-11-25T18:30:00+03:00"), "sitting", "timezone_naive"),
        (asked(sitting=1), "sitting", "moment"),
        (asked(together="yes"), "together", "truth"),
        ({"codes": ["TEA"]}, "basket", "missing"),
        ([], "", "model_type"),
        ("TEA", "", "model_type"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(body: Any, field: str, code: str) -> None:
    with pytest.raises(NotTaken) as caught:
        told = reading.shaped(Validate, body)
        reading.basket_of(told.basket, "RUB")
        reading.each_once([one.upper() for one in told.codes])
    assert (caught.value.status, caught.value.reason.code) == (422, "fields")
    assert (field, code) in [(one.field, one.code) for one in caught.value.troubles]
    assert all(one.said.endswith(".") for one in caught.value.troubles)


def test_numbers_may_be_written_in_other_ways() -> None:
    from decimal import Decimal

    told = reading.shaped(
        Validate, asked(basket=basket(LINE | {"quantity": Decimal("2000.0"), "amount": Decimal("1E+3")}))
    )
    assert (told.basket.lines[0].quantity, told.basket.lines[0].amount) == (2000, 1000)
    for huge in (Decimal("1E+999999999"), Decimal("1E-999999999"), Decimal("Infinity")):
        with pytest.raises(NotTaken):
            reading.shaped(Validate, asked(basket=basket(LINE | {"amount": huge})))


def given(*lines: dict[str, int]) -> Any:
    told = reading.entry(entry("j", given=[{"lines": list(lines)}]))
    assert isinstance(told, SaleTold)
    return reading.given_of(told, reading.basket_of(told.basket, "RUB"))


def test_what_a_till_took_off_offline_is_counted_by_line() -> None:
    [off] = given({"n": 1, "amount": 1000}, {"n": 2, "amount": 1}, {"n": 2, "amount": 2})
    assert [(one.n, one.amount, one.quantity) for one in off.lines] == [(1, 1000, 1000), (2, 3, 3000)]
    assert off.units == 4


@pytest.mark.parametrize(
    ("lines", "field", "code"),
    [
        ([{"n": 3, "amount": 1}], "given.0.lines.0.n", "no_line"),
        ([{"n": 1, "amount": 9_999}, {"n": 1, "amount": 2}], "given.0.lines.1.amount", "above_line"),
    ],
)
def test_no_more_comes_off_than_a_line_costs(lines: list[dict[str, int]], field: str, code: str) -> None:
    with pytest.raises(NotTaken) as caught:
        given(*lines)
    assert [(one.field, one.code) for one in caught.value.troubles] == [(field, code)]


def test_an_entry_that_is_wrong_says_so_by_itself() -> None:
    found = reading.entry({"what": "sale", "key": "j", "at": "2026-11-22T10:00", "codes": ["A"], "basket": basket()})
    assert [(one.field, one.code) for one in found] == [("at", "timezone_aware")]
    for body in ({"what": "gift"}, {}, 17, None):
        assert [one.code for one in reading.entry(body)], body
    for body in ({}, {"entries": []}, {"entries": {}}, [], {"entries": [1] * 201}, {"entries": [1], "more": 1}):
        with pytest.raises(NotTaken):
            reading.entries(body)
