"""What a return restores."""

import pytest

from models.basket import LineOff, Off
from tasks.offers.restoring import paid_back, restored, restored_by_line
from tests.tasks.offers.shop import line

THREE = line(1, 10_000, 3000)
OFF = Off(lines=(LineOff(n=1, amount=1_000, quantity=3000),))


def test_three_units_brought_back_one_by_one_restore_all() -> None:
    parts = [restored(1_000, 3000, before, 1000) for before in (0, 1000, 2000)]
    assert parts == [333, 333, 334]
    assert sum(paid_back(THREE, 1_000, before, 1000) for before in (0, 1000, 2000)) == 9_000


def test_what_was_not_discounted_restores_nothing() -> None:
    back = restored_by_line(OFF, [THREE, line(2, 500)], {}, {1: 1500, 2: 1000})
    assert back == (LineOff(n=1, amount=500, quantity=1500), LineOff(n=2, amount=0, quantity=1000))
    assert paid_back(line(2, 500), 0, 0, 1000) == 500


@pytest.mark.parametrize(("before", "now"), [(0, 3001), (2000, 1001), (0, -1), (-1, 2)])
def test_more_than_was_bought_cannot_be_brought_back(before: int, now: int) -> None:
    with pytest.raises(ValueError, match="of 3000"):
        restored(1_000, 3000, before, now)


def test_a_line_that_was_not_bought_cannot_be_brought_back() -> None:
    with pytest.raises(ValueError, match="7"):
        restored_by_line(OFF, [THREE], {}, {7: 1000})
