"""Clicks of people and of machines: whoever opens everything at once, or what nobody sees, is none of us."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.returns.behaviour import AT_ONCE, TOGETHER, Click, is_too_soon, machines
from tests.fakes import NOW


def clicks(*made: tuple[int, float]) -> list[Click]:
    """Clicks as (link, seconds after it arrived); numbered in their order."""
    return [Click(n, link, NOW + timedelta(seconds=after)) for n, (link, after) in enumerate(made)]


@pytest.mark.parametrize(
    ("made", "links", "found"),
    [
        pytest.param([(1, 60)], 5, set(), id="one click"),
        pytest.param([(1, 60), (1, 62), (1, 65)], 5, set(), id="one link thrice"),
        pytest.param([(1, 60), (2, 62)], 5, set(), id="two of five within seconds"),
        pytest.param([(1, 60), (2, 62), (3, 64)], 5, {0, 1, 2}, id="three of five within seconds"),
        pytest.param([(1, 60), (2, 62)], 2, {0, 1}, id="both of two within seconds"),
        pytest.param([(1, 60), (2, 90), (3, 120)], 3, set(), id="all, one after the other"),
        pytest.param([(1, 0.4)], 5, {0}, id="at once"),
        pytest.param([(1, -3)], 5, {0}, id="before the answer was written down"),
        pytest.param([(0, 300)], 5, {0}, id="the link that nobody sees"),
        pytest.param(
            [(1, 300), (0, 302), (1, 900)], 5, {0, 1}, id="what came with the unseen link, and a person later"
        ),
        pytest.param([(1, 1), (2, 2), (3, 3), (1, 3600)], 5, {0, 1, 2}, id="a scanner first, then a person"),
        pytest.param([], 0, set(), id="none"),
        pytest.param([(-1, 60), (-1, 61)], 0, set(), id="links that are not known"),
    ],
)
def test_who_clicked(made: list[tuple[int, float]], links: int, found: set[int]) -> None:
    assert machines(clicks(*made), links, NOW) == found


@given(st.lists(st.tuples(st.integers(1, 6), st.floats(2, 9999)), max_size=8), st.integers(1, 6), st.randoms())
def test_the_order_in_which_they_are_known_makes_no_difference(
    made: list[tuple[int, float]], links: int, chance: object
) -> None:
    known = clicks(*made)
    assert machines(known, links, NOW) == machines(known[::-1], links, NOW)


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(1, 9))
def test_whoever_takes_time_is_a_person(links: list[int], held: int) -> None:
    slow = [(link, 10 + n * (TOGETHER.total_seconds() + 1)) for n, link in enumerate(links)]
    assert machines(clicks(*slow), held, NOW) == set()


def test_nobody_knows_when_it_came() -> None:
    assert not is_too_soon(NOW, None) and is_too_soon(NOW, NOW) and not is_too_soon(NOW + AT_ONCE, NOW)
    assert machines(clicks((1, 0)), 5, None) == set()


class Counted(datetime):
    """A moment that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: datetime) -> bool:
        Counted.compared += 1
        return super().__lt__(other)

    def __le__(self, other: datetime) -> bool:
        Counted.compared += 1
        return super().__le__(other)


def test_a_link_that_is_followed_for_days_costs_what_it_is_long() -> None:
    """Whoever has one letter may follow its links by a script, each minute a click more."""
    made = [Click(n, 1, Counted.fromtimestamp(NOW.timestamp() + 60 * n, NOW.tzinfo)) for n in range(1000)]
    assert machines(made, 5, None) == set()
    assert Counted.compared < 50 * len(made)
