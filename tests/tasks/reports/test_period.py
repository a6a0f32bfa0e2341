"""Weeks and months of the company's own days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reports.period import month_of, week_of

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ZONES = st.sampled_from(["Europe/Moscow", "Asia/Vladivostok", "America/New_York", "UTC"])


def test_a_week_is_monday_to_sunday_by_the_companys_clock():
    week = week_of(date(2026, 11, 22), "Europe/Moscow")
    assert (week.first, week.last) == (date(2026, 11, 16), date(2026, 11, 22))
    assert week.since == datetime(2026, 11, 15, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "last"), [(date(2026, 2, 3), 28), (date(2028, 2, 3), 29), (date(2026, 12, 31), 31)])
def test_a_month_ends_on_its_own_last_day(day, last):
    assert month_of(day, "UTC").last.day == last


@given(DAYS, ZONES)
def test_periods_follow_each_other_without_a_gap(day, zone):
    for of in (week_of, month_of):
        period = of(day, zone)
        assert period.first <= day <= period.last
        assert period.before.until == period.since
        assert of(period.last + timedelta(days=1), zone).since == period.until
        assert period.day_bounds == tuple(sorted(set(period.day_bounds)))
        assert len(period.day_bounds) == len(period.days) + 1


def test_a_week_with_a_change_of_clocks_is_not_a_multiple_of_a_day():
    week = week_of(date(2026, 3, 8), "America/New_York")
    assert week.until.astimezone(UTC) - week.since.astimezone(UTC) == timedelta(days=7, hours=-1)
