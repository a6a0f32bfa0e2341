from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.day import read_day
from models.schedule import Unreadable

START = date(2026, 11, 21)


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)))
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day(day.isoformat()) == read_day(f"{day:%d.%m}.{day.year:04}") == read_day(day) == day


@given(st.integers(-999, 999))
def test_a_day_may_be_counted_from_the_start(days: int) -> None:
    assert read_day(f"{days:+}", START) == START + timedelta(days=days)


def test_a_moment_is_its_day() -> None:
    assert read_day(datetime(2026, 11, 21, 10, tzinfo=UTC)) == START


@pytest.mark.parametrize("text", ["", "6", "31.02.2026", "2026-13-01", "завтра", "+99999", None])
def test_what_is_no_day_is_refused(text: str | None) -> None:
    with pytest.raises(Unreadable):
        read_day(text, START)


@pytest.mark.parametrize("day", ["9999-12-31", "31.12.2201", "1999-12-31", "0001-01-05", date(9999, 12, 31)])
def test_a_year_that_nobody_means_is_refused(day: str | date) -> None:
    with pytest.raises(Unreadable) as error:
        read_day(day)
    assert error.value.reason.code == "wrong_year"


def test_without_a_start_nothing_is_counted_from_it() -> None:
    with pytest.raises(Unreadable):
        read_day("+6")
