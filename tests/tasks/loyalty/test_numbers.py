"""Numbers of cards: any scanner reads them, a slip of the finger is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.loyalty import numbers

NUMBERS = st.integers(0, numbers.SPACE - 1).map(lambda drawn: numbers.drawn(lambda below: drawn))


@pytest.mark.parametrize(("digits", "last"), [("400638133393", "1"), ("978014300723", "4"), ("290000000000", "1")])
def test_the_check_digit_is_that_of_an_ean(digits: str, last: str) -> None:
    assert numbers.check_digit(digits) == last


@given(NUMBERS)
def test_what_is_drawn_is_read_however_it_is_written(number: str) -> None:
    assert len(number) == 13 and number.startswith("29")
    assert numbers.read(number) == numbers.read(f" {number[:1]} {number[1:7]}-{number[7:]}\n") == number


@given(NUMBERS, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, by: int) -> None:
    wrong = str((int(number[place]) + by) % 10)
    assert numbers.read(number[:place] + wrong + number[place + 1 :]) is None


@pytest.mark.parametrize(
    "typed", ["", "29", "x" * 13, "４００６３８１３３３９３１", "4006381333931", "2" * 14, "-" * 13]
)
def test_what_is_no_card_of_ours_is_none(typed: str) -> None:
    assert numbers.read(typed) is None
