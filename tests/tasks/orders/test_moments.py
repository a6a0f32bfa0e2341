"""A new time as people write it, on the channel's clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused
from tasks.orders.moments import new_time
from tasks.schedule.wall import instant, local, wall_of

NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)  # 12:00:30 in Moscow
OLD = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # Wednesday, 10:00 in Moscow


@pytest.mark.parametrize(
    ("day", "clock", "wall"),
    [
        pytest.param("26.11", "", "2026-11-26T10:00", id="day-only"),
        pytest.param("", "18:30", "2026-11-25T18:30", id="time-only"),
        pytest.param("2026-12-01", "9", "2026-12-01T09:00", id="both"),
        pytest.param("26.11 19:15", "", "2026-11-26T19:15", id="time-in-the-date"),
        pytest.param("+1", "", "2026-11-24T10:00", id="tomorrow"),
        pytest.param("+0", "23:00", "2026-11-23T23:00", id="today"),
        pytest.param("", "now+30m", "2026-11-23T12:30", id="from-now"),
        pytest.param("", "сейчас+13ч", "2026-11-24T01:00", id="over-midnight"),
        pytest.param("25 декабря", "09.30", "2026-12-25T09:30", id="in-words"),
    ],
)
def test_what_is_not_named_stays(day: str, clock: str, wall: str) -> None:
    assert new_time(day, clock, OLD, NOW, "Europe/Moscow") == instant(wall, "Europe/Moscow")


def test_a_time_in_a_gap_is_the_one_the_clocks_show() -> None:
    due = new_time("2027-03-28", "02:30", OLD, NOW, "Europe/Berlin")
    assert wall_of(due, "Europe/Berlin") == "2027-03-28T03:30"


@pytest.mark.parametrize(
    ("day", "clock"), [("", ""), ("", "12:00"), ("+0", "11:59"), ("-1", ""), ("", "25:00"), ("x", "")]
)
def test_a_time_that_cannot_be_is_refused(day: str, clock: str) -> None:
    with pytest.raises(Refused):
        new_time(day, clock, NOW, NOW, "Europe/Moscow")


@given(st.integers(1, 400), st.integers(0, 23), st.integers(0, 59), st.sampled_from(["Asia/Tomsk", "Europe/Berlin"]))
def test_a_new_time_is_always_ahead_and_on_the_clocks_asked_for(days: int, hour: int, minute: int, zone: str) -> None:
    due = new_time(f"+{days}", f"{hour:02}:{minute:02}", OLD, NOW, zone)
    assert due > NOW
    shown = local(due, zone)
    assert shown.minute == minute
    assert shown.hour - hour in (0, 1)
