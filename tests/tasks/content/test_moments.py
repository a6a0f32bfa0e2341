from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Cell
from models.schedule import Unreadable
from tasks.content.moments import EXCEL_EPOCH, moment, read_date, read_time
from tests.tasks.content.plans import START, TODAY, stamp

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        pytest.param(DAY, DAY, id="a date"),
        pytest.param(stamp(2026, 11, 25), DAY, id="a moment at midnight"),
        pytest.param("2026-11-25", DAY, id="ISO"),
        pytest.param("25.11.2026", DAY, id="with dots"),
        pytest.param("25.11.26", DAY, id="a short year"),
        pytest.param("25.11", DAY, id="without a year"),
        pytest.param(" 25 . 11 . ", DAY, id="with spaces"),
        pytest.param("25 ноября", DAY, id="in Russian words"),
        pytest.param("25 Ноября 2026 года", DAY, id="in Russian words with a year"),
        pytest.param("ср, 25 нояб.", DAY, id="with a weekday"),
        pytest.param("Wednesday 25 November", DAY, id="in English words"),
        pytest.param("Nov 25th, 2026", DAY, id="the month first"),
        pytest.param("25/11/2026", DAY, id="slashes that can only be day first"),
        pytest.param("11/25/2026", DAY, id="slashes that can only be month first"),
        pytest.param(46351, DAY, id="a serial"),
        pytest.param("46351", DAY, id="a serial as text"),
        pytest.param("+4", DAY, id="days from the start"),
        pytest.param("+0", TODAY, id="the day of the start"),
        pytest.param("-2", date(2026, 11, 19), id="days before the start"),
        pytest.param("−2", date(2026, 11, 19), id="with a true minus"),
        pytest.param("5 января", date(2027, 1, 5), id="the nearest year"),
        pytest.param("29.02", date(2028, 2, 29), id="the nearest leap day"),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: Cell, day: date) -> None:
    assert read_date(cell, START, TODAY) == (day, None)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        pytest.param(stamp(2026, 11, 25, 10, 30), time(10, 30), id="a moment"),
        pytest.param("25.11.2026 10:30", time(10, 30), id="with dots"),
        pytest.param("2026-11-25T10:30:15", time(10, 30, 15), id="ISO"),
        pytest.param("25 ноября в 9:05", time(9, 5), id="in words"),
        pytest.param(46351.5, time(12), id="a serial with a share of the day"),
    ],
)
def test_a_time_beside_the_day_is_read_too(cell: Cell, at: time) -> None:
    assert read_date(cell, START, TODAY) == (DAY, at)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param("31.02.2026", "no_such_day", id="no such day"),
        pytest.param("32 ноября", "no_such_day", id="too many days"),
        pytest.param("25.13.2026", "no_such_day", id="too many months"),
        pytest.param("03/04/2026", "which_first", id="two ways to read"),
        pytest.param("25.11.2062", "wrong_year", id="a slip in the year"),
        pytest.param(stamp(1926, 11, 25), "wrong_year", id="a slip in a date cell"),
        pytest.param("скоро", "bad_date", id="a word"),
        pytest.param("¹", "bad_date", id="a digit that is no number"),
        pytest.param("25 чегоября", "bad_date", id="no such month"),
        pytest.param(25, "bad_date", id="a bare number"),
        pytest.param(True, "bad_date", id="a yes"),
        pytest.param("#REF!", "bad_date", id="a broken formula"),
        pytest.param("+9999", "bad_date", id="too far from the start"),
    ],
)
def test_what_is_no_day_says_how_to_write_one(cell: Cell, code: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_date(cell, START, TODAY)
    assert unreadable.value.reason.code == code
    assert str(cell)[:10] in str(unreadable.value)


@given(
    st.dates(date(2017, 1, 1), date(2036, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y"])
)
def test_every_day_is_read_back_as_it_was_written(day: date, form: str) -> None:
    assert read_date(day.strftime(form), START, TODAY) == (day, None)


@given(st.dates(date(2017, 1, 1), date(2036, 12, 31)))
def test_a_serial_is_the_day_a_spreadsheet_shows(day: date) -> None:
    assert read_date((day - EXCEL_EPOCH).days, START, TODAY) == (day, None)


@given(st.dates(TODAY - timedelta(days=182), TODAY + timedelta(days=182)))
def test_a_day_without_a_year_is_the_nearest_one(day: date) -> None:
    assert read_date(f"{day:%d.%m}", START, TODAY)[0] == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.times()))
def test_whatever_stands_in_a_cell_is_a_day_or_a_reason(cell: Cell) -> None:
    for read in (lambda: read_date(cell, START, TODAY)[0], lambda: read_time(cell, START)):
        try:
            assert isinstance(read(), date | time | timedelta)
        except Unreadable as error:
            assert str(error)


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        pytest.param(time(9, 30), time(9, 30), id="a time"),
        pytest.param("9:30", time(9, 30), id="text"),
        pytest.param("09.30", time(9, 30), id="with a dot"),
        pytest.param("9-30", time(9, 30), id="with a dash"),
        pytest.param("9:30:15", time(9, 30, 15), id="with seconds"),
        pytest.param("9 ч", time(9), id="hours in words"),
        pytest.param(0.396, time(9, 30, 14), id="a share of the day"),
        pytest.param(9.3, time(9, 30), id="9.30 that became a number"),
        pytest.param(9.05, time(9, 5), id="9.05 that became a number"),
        pytest.param(10, time(10), id="a bare hour"),
        pytest.param("now", timedelta(), id="now"),
        pytest.param("now+10m", timedelta(minutes=10), id="minutes after the start"),
        pytest.param("сейчас + 2 ч", timedelta(hours=2), id="hours after the start in Russian"),
    ],
)
def test_a_time_is_read_however_it_is_written(cell: Cell, at: time | timedelta) -> None:
    assert read_time(cell, START) == at


@pytest.mark.parametrize("cell", ["24:00", "9:60", "утром", 25, -1, "9:7", True])
def test_what_is_no_time_says_how_to_write_one(cell: Cell) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_time(cell, START)
    assert "09:30" in str(unreadable.value)


def test_a_time_counted_from_the_start_may_run_over_midnight() -> None:
    assert moment(TODAY, timedelta(minutes=10), START) == (date(2026, 11, 22), time(0, 5, 30))
    assert moment(TODAY, time(9), START) == (TODAY, time(9))
    assert moment(TODAY, None, START) == (TODAY, None)
