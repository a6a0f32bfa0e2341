from datetime import timedelta
from itertools import pairwise

import pytest

from tasks.reactions.cadence import AGES, nearest_age, next_look
from tests.tasks.schedule.zones import utc

SENT = utc("2026-11-25T06:00")


def test_looks_grow_ever_more_seldom_for_four_weeks() -> None:
    assert len(AGES) == 11
    assert AGES[0] == timedelta(minutes=15)
    assert AGES[-1] == timedelta(days=28)
    steps = [later - sooner for sooner, later in pairwise(AGES)]
    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("last", "following"),
    [
        pytest.param(None, timedelta(minutes=15), id="never_looked"),
        pytest.param(timedelta(minutes=15), timedelta(hours=1), id="in_time"),
        pytest.param(timedelta(hours=13), timedelta(hours=24), id="three_missed_are_one"),
        pytest.param(timedelta(days=27, hours=23), timedelta(days=28), id="the_last"),
        pytest.param(timedelta(days=28), None, id="done"),
        pytest.param(timedelta(days=90), None, id="long_done"),
    ],
)
def test_the_next_look_is_counted_from_the_last_one(last: timedelta | None, following: timedelta | None) -> None:
    looked = None if last is None else SENT + last
    assert next_look(SENT, looked) == (None if following is None else SENT + following)


def test_a_snapshot_belongs_to_the_nearest_step() -> None:
    assert nearest_age(timedelta(hours=23, minutes=50)) == timedelta(hours=24)
    assert nearest_age(timedelta(seconds=1)) == timedelta(minutes=15)
    assert nearest_age(timedelta(days=400)) == timedelta(days=28)
