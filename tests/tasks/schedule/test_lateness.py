from datetime import timedelta

import pytest

from models.delivery import Lateness, State
from models.locale import spoken
from tasks.schedule.lateness import Verdict, decide, is_late, late_at
from tests.tasks.schedule.zones import utc

DUE = utc("2026-11-25T06:00")
LATE = late_at(DUE, timedelta(hours=2))


def test_a_placement_is_late_from_due_plus_tolerance_on() -> None:
    assert not is_late(LATE, DUE + timedelta(hours=2, seconds=-1))
    assert is_late(LATE, DUE + timedelta(hours=2))
    assert not is_late(None, DUE + timedelta(days=365))


@pytest.mark.parametrize("policy", list(Lateness))
def test_until_it_is_late_it_goes_out_whatever_the_policy(policy: Lateness) -> None:
    assert decide(policy, DUE, LATE, DUE + timedelta(hours=1), "Europe/Moscow") == Verdict()
    assert decide(policy, DUE, None, DUE + timedelta(days=9), "Europe/Moscow") == Verdict()


@pytest.mark.parametrize(
    ("policy", "state", "said"),
    [
        pytest.param(
            Lateness.SKIP, State.MISSED,
            "Не опубликовано: срок был 2026-11-25 09:00, публиковать имело смысл до 2026-11-25 11:00.", id="skip",
        ),
        pytest.param(
            Lateness.ASK, State.HELD,
            "Срок был 2026-11-25 09:00, с 2026-11-25 11:00 публикация считается опоздавшей; решите, выпускать ли её.",
            id="ask",
        ),
        pytest.param(
            Lateness.PUBLISH, None,
            "Срок был 2026-11-25 09:00, с 2026-11-25 11:00 публикация считается опоздавшей; "
            "по правилу «если опоздали» она всё равно выходит.", id="publish",
        ),
    ],
)  # fmt: skip
def test_a_late_placement_is_judged_by_its_policy_and_says_why(
    policy: Lateness, state: State | None, said: str
) -> None:
    verdict = decide(policy, DUE, LATE, utc("2026-11-25T23:00"), "Europe/Moscow")
    assert verdict.state == state
    with spoken("ru"):
        assert str(verdict.reason) == said
