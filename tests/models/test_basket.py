"""What a basket refuses by itself."""

import pytest
from pydantic import ValidationError

from models.basket import LINES_MOST, Basket, BasketLine

LINE = {"n": 1, "product": "t1", "amount": 100}


def test_a_basket_adds_up_its_lines() -> None:
    assert Basket.model_validate({"lines": [LINE, LINE | {"n": 2, "amount": 5}]}).amount == 105


@pytest.mark.parametrize(
    "line",
    [{"n": 0}, {"n": LINES_MOST + 1}, {"quantity": 0}, {"quantity": -1}, {"quantity": 0.5}, {"amount": -1},
     {"amount": 10**12 + 1}, {"amount": "12.5"}, {"price": 1}],
    ids=str,
)  # fmt: skip
def test_a_line_is_refused_that_could_not_be_sold(line: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BasketLine.model_validate(LINE | line)


def test_no_number_stands_twice() -> None:
    """What comes off is told by the number: with two of them nobody could say off which line."""
    with pytest.raises(ValidationError, match="number 1"):
        Basket.model_validate({"lines": [LINE, LINE | {"product": "c1"}]})
