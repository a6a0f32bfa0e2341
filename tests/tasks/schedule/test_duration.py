from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from models.timetable import read_duration
from tasks.schedule.duration import say_duration


@pytest.mark.parametrize(
    ("length", "en", "ru"),
    [
        pytest.param(timedelta(0), "0 min", "0 мин", id="nothing"),
        pytest.param(timedelta(minutes=15, seconds=59), "15 min", "15 мин", id="minutes"),
        pytest.param(timedelta(hours=3, minutes=20), "3 h 20 min", "3 ч 20 мин", id="hours"),
        pytest.param(timedelta(days=2, hours=4, minutes=5), "2 d 4 h", "2 дн. 4 ч", id="two_largest"),
        pytest.param(timedelta(days=2, minutes=5), "2 d", "2 дн.", id="minutes_are_too_small_for_days"),
    ],
)
def test_lengths_are_said_by_their_two_largest_units(length: timedelta, en: str, ru: str) -> None:
    with spoken("en"):
        assert say_duration(length) == en
    with spoken("ru"):
        assert say_duration(length) == ru


@given(st.integers(1, 59), st.integers(0, 23), st.sampled_from(["ru", "en"]))
def test_what_is_said_is_read_back(minutes: int, hours: int, language: str) -> None:
    length = timedelta(hours=hours, minutes=minutes)
    with spoken(language):
        assert read_duration(say_duration(length)) == length
