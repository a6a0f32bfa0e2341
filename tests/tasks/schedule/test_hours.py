from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.schedule import Shift, Unreadable
from models.timetable import read_hours
from tasks.schedule.hours import work_until
from tests.tasks.schedule import zones as z
from tests.tasks.schedule.zones import utc

OFFICE = read_hours(["пн-пт 09:00-18:00", "сб 10:00–15:00"])


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        pytest.param("2026-11-25T07:00", 4, "2026-11-25T11:00", id="within_the_day"),
        pytest.param("2026-11-25T02:00", 1, "2026-11-25T07:00", id="before_work"),
        pytest.param("2026-11-25T14:00", 4, "2026-11-26T09:00", id="over_the_night"),
        pytest.param("2026-11-27T14:30", 4, "2026-11-28T10:30", id="into_saturday"),
        pytest.param("2026-11-28T12:30", 1, "2026-11-30T07:00", id="over_sunday"),
        pytest.param("2026-11-25T11:00", 4, "2026-11-25T15:00", id="to_the_last_minute"),
        pytest.param("2026-11-25T16:00", 0, "2026-11-26T06:00", id="the_next_working_moment"),
        pytest.param("2026-11-24T06:00", 45, "2026-11-30T10:00", id="many_days"),
    ],
)
def test_only_working_time_counts(since: str, hours: int, until: str) -> None:
    assert work_until(OFFICE, "Europe/Moscow", utc(since), timedelta(hours=hours)) == utc(until)


def test_a_day_off_does_not_count() -> None:
    hours = read_hours(["mon-fri 09:00-18:00"], closed_on=[date(2026, 11, 26)])
    assert work_until(hours, "Europe/Moscow", utc("2026-11-25T14:00"), timedelta(hours=2)) == utc("2026-11-27T07:00")


def test_a_shift_over_midnight_belongs_to_the_day_it_began_on() -> None:
    bar = read_hours(["fri 18:00-02:00"])
    assert bar.shifts == (Shift(frozenset({4}), 1080, 120),)
    assert work_until(bar, "Europe/Moscow", utc("2026-11-27T22:30"), timedelta(minutes=30)) == utc("2026-11-27T23:00")
    assert work_until(bar, "Europe/Moscow", utc("2026-11-27T22:31"), timedelta(minutes=30)) == utc("2026-12-04T15:01")


def test_a_shift_to_24_ends_at_midnight() -> None:
    assert work_until(read_hours(["daily 22:00-24:00"]), "UTC", utc("2026-01-01T00:00"), timedelta(hours=3)) == utc(
        "2026-01-02T23:00"
    )


def test_a_night_shift_is_an_hour_shorter_when_the_clocks_go_forward() -> None:
    night = read_hours(["sat 22:00-06:00"])
    since = utc("2026-03-28T21:00")
    assert work_until(night, "Europe/Berlin", since, timedelta(hours=7)) == utc("2026-03-29T04:00")
    assert work_until(night, "Europe/Berlin", since, timedelta(hours=7, minutes=1)) == utc("2026-04-04T20:01")


@settings(max_examples=60, deadline=None)
@given(z.moments, z.zones, st.integers(0, 3000), st.integers(0, 3000))
def test_work_done_in_two_goes_ends_when_work_done_at_once_ends(
    since: datetime, zone: str, first: int, second: int
) -> None:
    one, other = timedelta(minutes=first), timedelta(minutes=second)
    at_once = work_until(OFFICE, zone, since, one + other)
    assert since <= work_until(OFFICE, zone, since, one) <= at_once
    if first and second:
        assert work_until(OFFICE, zone, work_until(OFFICE, zone, since, one), other) == at_once


def test_nobody_ever_at_work_is_said_rather_than_searched_for_ever() -> None:
    with pytest.raises(Unreadable, match="no working hours"):
        work_until(read_hours([]), "UTC", utc("2026-01-01T00:00"), timedelta(hours=1))
