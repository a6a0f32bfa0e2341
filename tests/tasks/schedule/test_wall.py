from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from models.locale import spoken
from models.schedule import Unreadable
from tasks.schedule.wall import clock_changes, day_exists, instant, moments, stands, wall_of
from tests.tasks.schedule import zones as z
from tests.tasks.schedule.zones import utc


@pytest.mark.parametrize(
    ("wall", "zone", "at"),
    [
        pytest.param("2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00", id="summer"),
        pytest.param("2026-12-01T09:00", "Europe/Berlin", "2026-12-01T08:00", id="winter"),
        pytest.param("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30", id="gap_goes_forward_to_0330"),
        pytest.param("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30", id="fold_takes_the_first"),
        pytest.param("2026-03-08T02:30", "America/New_York", "2026-03-08T07:30", id="new_york_gap"),
        pytest.param("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30", id="new_york_fold"),
        pytest.param("2014-10-26T01:30", "Europe/Moscow", "2014-10-25T21:30", id="moscow_2014_fold_without_summer"),
        pytest.param("2014-10-26T02:00", "Europe/Moscow", "2014-10-25T23:00", id="moscow_2014_after"),
        pytest.param("2016-07-24T02:30", "Asia/Novosibirsk", "2016-07-23T20:30", id="novosibirsk_2016_gap"),
        pytest.param("2016-07-24T09:00", "Asia/Novosibirsk", "2016-07-24T02:00", id="novosibirsk_2016_after"),
        pytest.param("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T19:00", id="apia_skipped_day_goes_a_day_forward"),
        pytest.param("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45", id="gap_of_half_an_hour"),
    ],
)
def test_a_wall_time_means_one_instant(wall: str, zone: str, at: str) -> None:
    assert instant(wall, zone) == utc(at)
    assert instant(wall, zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("wall", "zone", "shown"),
    [
        pytest.param("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:30", id="berlin"),
        pytest.param("2016-07-24T02:30", "Asia/Novosibirsk", "2016-07-24T03:30", id="novosibirsk"),
        pytest.param("2011-12-30T09:00", "Pacific/Apia", "2011-12-31T09:00", id="apia"),
    ],
)
def test_a_time_that_does_not_exist_goes_forward_by_the_gap(wall: str, zone: str, shown: str) -> None:
    assert not stands(wall, zone)
    assert wall_of(instant(wall, zone), zone) == shown


@given(z.walls, z.zones)
def test_wall_to_instant_to_wall_is_the_same_wall_outside_gaps(wall: str, zone: str) -> None:
    shown = wall_of(instant(wall, zone), zone)
    first, second = moments(wall, zone)
    in_gap = second < first  # read by the later clock, a time in a gap lies before it
    assert (shown == wall) is not in_gap
    assert stands(wall, zone) is not in_gap
    assert shown >= wall


@given(z.moments, z.zones)
def test_instant_to_wall_to_instant_loses_only_the_second_time_of_a_fold(at: datetime, zone: str) -> None:
    minute = at.replace(second=0, microsecond=0)
    assert minute in moments(wall_of(minute, zone), zone)


def test_a_day_that_the_zone_left_out_does_not_exist() -> None:
    assert not day_exists(date(2011, 12, 30), "Pacific/Apia")
    assert day_exists(date(2011, 12, 31), "Pacific/Apia")
    assert day_exists(date(2011, 12, 30), "Pacific/Auckland")


@pytest.mark.parametrize(
    ("zone", "since", "changes"),
    [
        pytest.param("Europe/Berlin", "2026-01-01", ["2026-03-29T01:00", "2026-10-25T01:00"], id="berlin_2026"),
        pytest.param("Europe/Moscow", "2014-01-01", ["2014-10-25T22:00"], id="moscow_2014"),
        pytest.param("Asia/Novosibirsk", "2016-01-01", ["2016-07-23T20:00"], id="novosibirsk_2016"),
        pytest.param("Europe/Moscow", "2026-01-01", [], id="moscow_2026"),
    ],
)
def test_clock_changes_are_found_to_the_second(zone: str, since: str, changes: list[str]) -> None:
    start = utc(since)
    assert clock_changes(zone, start, start + timedelta(days=365)) == [utc(change) for change in changes]


@pytest.mark.parametrize(
    "wall",
    [
        pytest.param("2026-12-31", id="no_time"),
        pytest.param("2026-12-31T09:00+03:00", id="with_an_offset"),
        pytest.param("2026-12-31 09:00", id="with_a_space"),
        pytest.param("2026-12-31T09:00:30", id="with_seconds"),
        pytest.param("2026-02-30T09:00", id="no_such_day"),
        pytest.param("завтра в девять", id="words"),
    ],
)
def test_what_is_not_a_wall_time_is_refused_with_how_to_write_it(wall: str) -> None:
    with pytest.raises(Unreadable) as refused, spoken("ru"):
        instant(wall, "Europe/Moscow")
    with spoken("ru"):
        assert str(refused.value) == f"«{wall}» — не дата и время; напишите их как 2026-12-31T09:00."


@pytest.mark.parametrize("zone", ["Europe", "Mars/Olympus", "../etc/passwd", "", "MSK+3 "])
def test_what_is_not_a_zone_is_refused(zone: str) -> None:
    with pytest.raises(Unreadable, match="is not a time zone"):
        instant("2026-12-31T09:00", zone)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        wall_of(datetime.fromisoformat("2026-01-01T09:00"), "UTC")
