"""The control group: drawn by arithmetic that both databases do, the same at every rebuild, as large as it must be."""

from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Engine, literal, select
from sqlalchemy.orm import Session

from tasks.groups.control import PRIME, advised, in_control, is_control, usual_share
from tests.depth import examples

SEEDS, SHARES, IDS = st.text(max_size=20), st.integers(0, 500), st.integers(1, 2**62)


@settings(max_examples=examples(30, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS, share=SHARES, ids=st.lists(st.one_of(st.integers(1, 10**6), IDS), min_size=1, max_size=20))
def test_the_database_draws_whom_plain_python_draws(database: Engine, seed: str, share: int, ids: list[int]) -> None:
    with Session(database) as session:
        columns = [in_control(seed, share, literal(id, BigInteger)) for id in ids]
        assert [bool(one) for one in session.execute(select(*columns)).one()] == [
            is_control(seed, share, id) for id in ids
        ]


@given(SEEDS, st.lists(SHARES, min_size=2, max_size=5), st.integers(1, 10**6))
def test_a_larger_share_keeps_whoever_was_drawn(seed: str, shares: list[int], id: int) -> None:
    drawn = [is_control(seed, share, id) for share in sorted(shares)]
    assert all(after or not before for before, after in pairwise(drawn))


@pytest.mark.parametrize("seed", ["a", "b", "sleeping"])
@pytest.mark.parametrize("ids", [range(1, 20_001), range(7, 140_007, 7)], ids=["one after another", "every seventh"])
def test_the_share_is_what_was_asked_for(seed: str, ids: range) -> None:
    number = sum(is_control(seed, 100, id) for id in ids)
    assert abs(number - 2000) < 5 * (20_000 * 0.1 * 0.9) ** 0.5


def test_two_groups_draw_apart() -> None:
    both = sum(is_control("a", 500, id) and is_control("b", 500, id) for id in range(1, 20_001))
    assert abs(both - 5000) < 5 * (20_000 * 0.25 * 0.75) ** 0.5


def test_nobody_is_drawn_for_a_share_of_nothing() -> None:
    assert not any(is_control("a", 0, id) for id in range(1, 2000))
    assert PRIME == 2147483647


def power(control: int, treated: int, p: float, q: float) -> float:
    """The power of the test of two proportions, by the normal approximation."""
    error = (p * (1 - p) / control + q * (1 - q) / treated) ** 0.5
    return NormalDist().cdf(abs(q - p) / error - NormalDist().inv_cdf(0.975))


@given(st.integers(2, 10**6), st.floats(0.01, 0.5), st.floats(0.002, 0.3))
def test_the_advised_size_proves_the_effect_and_one_fewer_does_not(members: int, base: float, effect: float) -> None:
    advice = advised(members, base, effect)
    assert 0 <= advice.share <= 500
    if not advice.size:
        assert power(members // 2, members - members // 2, base, base + effect) < 0.8 + 1e-6
        return
    assert power(advice.size, members - advice.size, base, base + effect) >= 0.8 - 1e-6
    if advice.size > 1:
        assert power(advice.size - 1, members - advice.size + 1, base, base + effect) < 0.8 + 1e-6
    assert (advice.size <= members // 2 and advice.share * members >= 1000 * advice.size) or advice.share == 500


def test_the_advice_in_numbers() -> None:
    """A group of 20,000 whose every twentieth buys anyway needs a thousand left out to see two points more."""
    assert advised(20_000).size == 1000
    assert advised(20_000).share == 50
    assert advised(500).size == 0 and 0.05 < advised(500).detectable < 0.07
    assert advised(4_500).share > 350 and usual_share(4_500) == 200
    assert usual_share(20_000) == 50 and usual_share(500) == 100 and usual_share(0) == 100
