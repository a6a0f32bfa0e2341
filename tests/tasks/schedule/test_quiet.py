from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.schedule import DAY_MINUTES, QuietHours
from models.timetable import read_quiet
from tasks.schedule.quiet import is_quiet, next_open
from tests.tasks.schedule import zones as z
from tests.tasks.schedule.zones import utc

NIGHT = read_quiet("22:00-08:00")
A_MINUTE = timedelta(minutes=1)
minutes = st.integers(0, DAY_MINUTES - 1)
spans = st.lists(st.tuples(minutes, minutes).filter(lambda span: span[0] != span[1]), max_size=3)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        pytest.param("2026-01-10T18:59", False, id="last_open_minute"),
        pytest.param("2026-01-10T19:00", True, id="begins_included"),
        pytest.param("2026-01-10T21:00", True, id="midnight"),
        pytest.param("2026-01-11T04:59", True, id="last_quiet_minute"),
        pytest.param("2026-01-11T05:00", False, id="end_excluded"),
    ],
)
def test_quiet_hours_go_over_midnight_on_the_clocks_of_the_zone(at: str, quiet: bool) -> None:
    assert is_quiet(NIGHT, utc(at), "Europe/Moscow") is quiet


@pytest.mark.parametrize(
    ("said", "zone", "at", "opens"),
    [
        pytest.param("22:00-08:00", "Europe/Berlin", "2026-03-28T22:00", "2026-03-29T06:00", id="short_spring_night"),
        pytest.param("22:00-08:00", "Europe/Berlin", "2026-10-24T21:00", "2026-10-25T07:00", id="long_autumn_night"),
        pytest.param("22:00-02:30", "Europe/Berlin", "2026-03-28T22:00", "2026-03-29T01:00", id="end_in_the_gap"),
        pytest.param("22:00-02:30", "Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:30", id="end_a_second_time"),
        pytest.param("03:00-02:00", "Europe/Berlin", "2026-03-29T01:10", "2026-03-30T00:00", id="only_hour_is_lost"),
        pytest.param("22:00-08:00", "Pacific/Apia", "2011-12-30T09:00", "2011-12-30T18:00", id="skipped_day"),
        pytest.param("22:00-08:00,07:30-12:00", "UTC", "2026-01-01T23:00", "2026-01-02T12:00", id="overlapping"),
        pytest.param("", "UTC", "2026-01-01T23:00", "2026-01-01T23:00", id="none"),
    ],
)
def test_the_next_open_moment_knows_the_clock_changes(said: str, zone: str, at: str, opens: str) -> None:
    assert next_open(read_quiet(said), utc(at), zone) == utc(opens)


@settings(max_examples=150, deadline=None)
@given(spans, z.moments, z.zones)
def test_the_next_open_moment_is_never_quiet_and_nothing_between_is_open(
    spans: list[tuple[int, int]], at: datetime, zone: str
) -> None:
    quiet = QuietHours(tuple(spans))
    assume(not all(quiet.hold(minute) for minute in range(DAY_MINUTES)))
    opens = next_open(quiet, at, zone)
    assert opens >= at
    assert not is_quiet(quiet, opens, zone)
    assert opens == at or is_quiet(quiet, opens - timedelta(microseconds=1), zone)
    step = max((opens - at) / 200, A_MINUTE)
    between = (at + step * number for number in range(200))
    assert all(is_quiet(quiet, moment, zone) for moment in between if moment < opens)


def test_an_open_moment_is_given_back_as_it_is() -> None:
    at = utc("2026-01-10T12:34")
    assert next_open(NIGHT, at, "Europe/Moscow") is at
