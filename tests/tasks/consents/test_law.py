"""The law of consents: whatever the order of the lines, the last word in time counts, and a doubt is a no."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customers import Act, Barred
from tasks.consents.law import UNSAID, Standing, objection
from tests.fakes import NOW

DAY = timedelta(days=1)
Lines = list[tuple[Act, int]]
PERSONAL: Lines = [(Act.GIVEN, -9)]
LINES = st.lists(st.tuples(st.sampled_from(Act), st.integers(-5, 5)), max_size=8)


def standing(lines: Lines) -> Standing:
    return reduce(lambda before, line: before.after(line[0], NOW + line[1] * DAY), lines, UNSAID)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        pytest.param([], False, id="nothing said"),
        pytest.param([(Act.ASKED, -1)], False, id="asked for, not confirmed"),
        pytest.param([(Act.GIVEN, -1)], True, id="given"),
        pytest.param([(Act.GIVEN, -2), (Act.WITHDRAWN, -1)], False, id="withdrawn"),
        pytest.param([(Act.WITHDRAWN, -1), (Act.GIVEN, -2)], False, id="an old consent loaded after the withdrawal"),
        pytest.param([(Act.GIVEN, -1), (Act.WITHDRAWN, -1)], False, id="both at once"),
        pytest.param([(Act.WITHDRAWN, -2), (Act.GIVEN, -1)], True, id="given anew"),
    ],
)
def test_the_last_word_in_time_counts(acts: Lines, expected: bool) -> None:
    assert standing(acts).in_force is expected


@given(LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_the_order_of_the_lines_never_matters(lines: tuple[Lines, Lines]) -> None:
    assert standing(lines[0]) == standing(lines[1])


@given(LINES, LINES)
def test_a_withdrawal_later_than_all_ends_it(of_address: Lines, of_customer: Lines) -> None:
    assert objection(standing([*of_address, (Act.WITHDRAWN, 5)]), standing(of_customer), None)
    assert objection(standing(of_address), standing([*of_customer, (Act.WITHDRAWN, 5)]), None)


@given(LINES, LINES, st.sampled_from(Barred))
def test_nothing_goes_to_an_address_in_the_stop_list(of_address: Lines, of_customer: Lines, why: Barred) -> None:
    assert objection(standing(of_address), standing(of_customer), why).code == "barred"


@pytest.mark.parametrize(
    ("acts", "of_customer", "said"),
    [
        pytest.param([], PERSONAL, "No consent to advertising is known for this address.", id="none"),
        pytest.param([(Act.ASKED, 0)], PERSONAL, "asked for, 23.11.2026, and is not confirmed", id="asked"),
        pytest.param([(Act.WITHDRAWN, 0)], PERSONAL, "was withdrawn, 23.11.2026.", id="withdrawn"),
        pytest.param([(Act.GIVEN, 0)], [], "No consent to the use of personal data", id="not personal"),
        pytest.param([(Act.GIVEN, 0)], [*PERSONAL, (Act.WITHDRAWN, 0)],
                     "use of personal data was withdrawn, 23.11.2026", id="personal withdrawn"),
        pytest.param([(Act.GIVEN, 0)], PERSONAL, "", id="both in force"),
    ],
)  # fmt: skip
def test_it_is_said_why_not(acts: Lines, of_customer: Lines, said: str) -> None:
    why = str(objection(standing(acts), standing(of_customer), None))
    assert said in why and bool(said) == bool(why)
