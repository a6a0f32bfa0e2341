"""One wrong sign, or two that changed places, is always told by the check signs."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.codes.check import MOD_31_3, MOD_97_10, System
from tests.tasks.codes.seeded import seeded

SYSTEMS = pytest.mark.parametrize("system", [MOD_31_3, MOD_97_10], ids=["31-3", "97-10"])


def whole(system: System, values: list[int]) -> list[int]:
    return [*values, *system.checked(values)]


def powers(system: System) -> list[int]:
    return [pow(system.radix, place, system.modulus) for place in range(system.modulus - 1)]


@SYSTEMS
def test_the_modulus_is_a_prime_and_the_radix_goes_through_all_of_it(system):
    """What the proof needs: no two places up to `modulus` - 1 weigh the same, none weighs nothing."""
    assert all(system.modulus % divisor for divisor in range(2, system.modulus))
    assert sorted(powers(system)) == list(range(1, system.modulus)) and system.base <= system.modulus


@SYSTEMS
def test_the_weight_of_a_place_lets_no_single_error_pass_exhaustively(system):
    """The sum is linear, so an error passes exactly if its own weight is 0: every error of every place is tried."""
    for weight in powers(system):
        for difference in range(1, system.base):
            assert difference * weight % system.modulus


@SYSTEMS
def test_no_exchange_passes_exhaustively(system):
    """Every pair of places and every pair of different signs: (a - b) · (weight of one - weight of the other)."""
    for one, other in combinations(powers(system), 2):
        assert all(difference * (one - other) % system.modulus for difference in range(1, system.base))


@SYSTEMS
def test_every_error_of_a_code_is_told(system):
    """The same on codes themselves: every wrong sign at every place, and every two that changed places."""
    for values in seeded(system.base, 9, 12):
        code = whole(system, values)
        assert system.holds(code)
        for place, sign in enumerate(code):
            others = (other for other in range(system.base) if other != sign)
            assert not any(system.holds([*code[:place], other, *code[place + 1 :]]) for other in others)
        for one, other in combinations(range(len(code)), 2):
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert swapped == code or not system.holds(swapped)


@SYSTEMS
@given(data=st.data())
def test_neighbours_that_changed_places_are_told_in_a_code_of_any_length(system, data):
    values = data.draw(st.lists(st.integers(0, system.base - 1), min_size=1, max_size=60))
    code = whole(system, values)
    place = data.draw(st.integers(0, len(code) - 2))
    swapped = [*code[:place], code[place + 1], code[place], *code[place + 2 :]]
    assert system.holds(code) and (swapped == code or not system.holds(swapped))


@SYSTEMS
@given(data=st.data())
def test_a_million_at_a_time_get_the_same_signs_as_one(system, data):
    codes = data.draw(
        st.lists(st.lists(st.integers(0, system.base - 1), min_size=5, max_size=5), min_size=1, max_size=300)
    )
    columns = system.columns([bytes(code[place] for code in codes) for place in range(5)])
    assert [list(signs) for signs in zip(*columns, strict=True)] == [system.checked(code) for code in codes]


def test_the_standards_own_example_holds():
    """ISO 7064:2003, MOD 97-10: 794 has the check digits 44."""
    assert MOD_97_10.checked([7, 9, 4]) == [4, 4]
