"""A shift ends by itself, by the outlet's own hours and clocks."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from tasks.cashiers.shifts import closing, ends_at

MOSCOW = "Europe/Moscow"


@pytest.mark.parametrize(
    ("hours", "closes"),
    [
        pytest.param("ежедневно 08:00-22:00", time(22), id="daily"),
        pytest.param("пн-пт 08:00-21:00, сб-вс 09:00–22:30", time(22, 30), id="the latest of the week"),
        pytest.param("mon-sat 9.00 till 19.00", time(19), id="in words"),
        pytest.param("с 10:00 до 02:00", time(2), id="after midnight"),
        pytest.param("00:00-24:00", time(0), id="round the clock"),
        pytest.param("как получится", None, id="nothing to read"),
        pytest.param("", None, id="nothing"),
        pytest.param("25:00-99:99", None, id="no time at all"),
    ],
)
def test_the_latest_closing_is_read_of_words(hours: str, closes: time | None) -> None:
    assert closing(hours) == closes


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        pytest.param("08:00-22:00", (23, 9, 0), (23, 23, 0), id="an hour after closing"),
        pytest.param("08:00-22:00", (23, 22, 30), (23, 23, 0), id="within that hour"),
        pytest.param("08:00-22:00", (23, 23, 30), (24, 4, 0), id="later: the night"),
        pytest.param("", (23, 9, 0), (24, 1, 0), id="no hours: a long day"),
        pytest.param("10:00-02:00", (23, 18, 0), (24, 3, 0), id="closes at night"),
        pytest.param("20:00-05:00", (23, 22, 0), (24, 6, 0), id="closes towards morning"),
        pytest.param("20:00-05:00", (24, 4, 30), (24, 6, 0), id="begun towards morning"),
        pytest.param("00:00-24:00", (23, 20, 0), (24, 12, 0), id="never closes"),
        pytest.param("круглосуточно", (23, 20, 0), (24, 12, 0), id="never closes, in words"),
        pytest.param("10:00-00:00", (23, 20, 0), (24, 1, 0), id="closes at midnight"),
    ],
)
def test_a_shift_ends_by_the_outlets_clocks(hours: str, now: tuple[int, ...], ends: tuple[int, ...]) -> None:
    began, ended = (datetime(2026, 11, *at, tzinfo=ZoneInfo(MOSCOW)) for at in (now, ends))
    assert ends_at(began, hours, MOSCOW) == ended
