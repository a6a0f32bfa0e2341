from datetime import timedelta

import pytest

from integrations.channels.base import Remark
from tasks.reactions.answered import Waiting, answers
from tests.fakes import NOW

HOUR = timedelta(hours=1)


def remark(hours: float, ours: bool = True, reply_to: str = "") -> Remark:
    return Remark(f"r{hours}", "1", "text", NOW + hours * HOUR, "5", ours, reply_to)


ASKED = [Waiting("q1", NOW), Waiting("q2", NOW + 2 * HOUR)]


@pytest.mark.parametrize(
    ("remarks", "found"),
    [
        pytest.param([], {}, id="nobody_wrote"),
        pytest.param([remark(3, ours=False)], {}, id="another_guest_is_no_answer"),
        pytest.param([remark(1)], {"q1": NOW + HOUR}, id="below_the_first"),
        pytest.param([remark(3)], {"q1": NOW + 3 * HOUR, "q2": NOW + 3 * HOUR}, id="below_both"),
        pytest.param([remark(3, reply_to="q2")], {"q2": NOW + 3 * HOUR}, id="to_one_of_them"),
        pytest.param([remark(5), remark(3)], {"q1": NOW + 3 * HOUR, "q2": NOW + 3 * HOUR}, id="the_first_counts"),
        pytest.param([remark(-1)], {}, id="before_the_question"),
    ],
)
def test_an_answer_is_ours_and_to_the_question(remarks: list[Remark], found: dict[str, object]) -> None:
    assert answers(ASKED, remarks) == found
