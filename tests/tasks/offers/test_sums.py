"""Rounding to steps, and where the coins of a split go."""

from decimal import Decimal
from fractions import Fraction

import pytest

from models.offers import Split
from tasks.offers.sums import half_up, rounded, split, step_of


@pytest.mark.parametrize(
    ("exact", "step", "expected"),
    [
        pytest.param("10.4", "1", 10, id="down"),
        pytest.param("10.5", "1", 11, id="half_up"),
        pytest.param("11.5", "1", 12, id="half_up_of_an_odd_one_too"),
        pytest.param("124", "5", 125, id="to_five"),
        pytest.param("122.5", "5", 125, id="half_a_step_up"),
        pytest.param("149", "100", 100, id="to_a_rouble"),
        pytest.param("49", "100", 0, id="to_nothing"),
    ],
)
def test_a_sum_is_rounded_half_a_step_up(exact: str, step: str, expected: int) -> None:
    assert rounded(Fraction(exact), Fraction(step)) == expected


def test_a_third_is_a_third() -> None:
    assert half_up(Fraction(1, 3) * 3 - Fraction(1, 2)) == 1


@pytest.mark.parametrize(
    ("to", "currency", "step"),
    [("0.01", "RUB", 1), ("0.50", "RUB", 50), ("10", "RUB", 1000), ("1", "JPY", 1), ("0.001", "RUB", 1)],
)
def test_a_step_is_in_coins_of_the_currency_and_never_finer(to: str, currency: str, step: int) -> None:
    assert step_of(Decimal(to), currency) == step


@pytest.mark.parametrize(
    ("total", "weights", "caps", "how", "parts"),
    [
        pytest.param(100, [1, 1, 1], [99] * 3, Split.LAST, [33, 33, 34], id="rest_to_the_last"),
        pytest.param(101, [1, 1, 1], [99] * 3, Split.LARGEST, [34, 34, 33], id="rest_to_the_first_of_equal_remainders"),
        pytest.param(5, [1, 8, 1], [9] * 3, Split.LARGEST, [1, 4, 0], id="rest_to_the_largest"),
        pytest.param(99, [1] * 100, [1] * 100, Split.LAST, [0] + [1] * 99, id="the_last_is_full_so_the_one_before"),
        pytest.param(10, [1, 1], [2, 20], Split.LARGEST, [2, 8], id="what_has_no_room_goes_on"),
        pytest.param(10, [1, 1], [20, 2], Split.LAST, [8, 2], id="what_has_no_room_goes_back"),
        pytest.param(10, [1, 1], [2, 3], Split.LAST, [2, 3], id="no_more_than_there_is_room"),
        pytest.param(3, [0, 0], [5, 5], Split.LAST, [0, 3], id="no_weights"),
        pytest.param(3, [], [], Split.LAST, [], id="no_parts"),
    ],
)  # fmt: skip
def test_a_sum_is_split(total: int, weights: list[int], caps: list[int], how: Split, parts: list[int]) -> None:
    assert split(total, weights, caps, how) == parts
