from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.schedule import Recurrence
from tasks.schedule.recurrence import Occurrence, occurrence, occurrences
from tasks.schedule.wall import stands
from tests.tasks.schedule import zones as z
from tests.tasks.schedule.zones import utc

FAR = datetime(2100, 1, 1, tzinfo=UTC)


def walls(recurrence: Recurrence, anchor: str, zone: str = "UTC", count: int = 5) -> list[str]:
    found = (occurrence(recurrence, anchor, zone, number) for number in range(count))
    return [one.wall for one in found if one]


@pytest.mark.parametrize(
    ("recurrence", "anchor", "expected"),
    [
        pytest.param(
            Recurrence(rule="day", interval=3, times=3), "2026-12-30T09:00",
            ["2026-12-30T09:00", "2027-01-02T09:00", "2027-01-05T09:00"], id="every_three_days_three_times",
        ),
        pytest.param(
            Recurrence(rule="week", until=date(2026, 12, 15)), "2026-12-01T09:00",
            ["2026-12-01T09:00", "2026-12-08T09:00", "2026-12-15T09:00"], id="weekly_until_a_date_included",
        ),
        pytest.param(
            Recurrence(rule="week", interval=2, weekdays=(1, 3), times=4), "2026-12-03T09:00",
            ["2026-12-03T09:00", "2026-12-15T09:00", "2026-12-17T09:00", "2026-12-29T09:00"], id="every_second_week",
        ),
        pytest.param(
            Recurrence(rule="week", weekdays=(0,), times=2), "2026-12-03T09:00",
            ["2026-12-07T09:00", "2026-12-14T09:00"], id="anchor_on_another_weekday",
        ),
        pytest.param(
            Recurrence(rule="month", times=5), "2026-12-31T09:00",
            ["2026-12-31T09:00", "2027-01-31T09:00", "2027-02-28T09:00", "2027-03-31T09:00", "2027-04-30T09:00"],
            id="the_31st_or_the_last_day",
        ),
        pytest.param(
            Recurrence(rule="month", interval=12, times=3), "2024-02-29T09:00",
            ["2024-02-29T09:00", "2025-02-28T09:00", "2026-02-28T09:00"], id="leap_day_yearly",
        ),
        pytest.param(
            Recurrence(rule="day", until=date(2026, 1, 2), times=9), "2026-01-01T09:00",
            ["2026-01-01T09:00", "2026-01-02T09:00"], id="the_sooner_end_holds",
        ),
        pytest.param(Recurrence(rule="day", until=date(2025, 1, 1)), "2026-01-01T09:00", [], id="ended_before"),
    ],
)  # fmt: skip
def test_occurrences_stand_on_the_grid_of_the_anchor(recurrence: Recurrence, anchor: str, expected: list[str]) -> None:
    assert walls(recurrence, anchor) == expected


@pytest.mark.parametrize(
    ("zone", "anchor", "instants"),
    [
        pytest.param(
            "Europe/Berlin", "2026-03-28T09:00",
            ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"], id="spring",
        ),
        pytest.param(
            "America/New_York", "2026-10-31T09:00",
            ["2026-10-31T13:00", "2026-11-01T14:00", "2026-11-02T14:00"], id="autumn",
        ),
        pytest.param(
            "Europe/Moscow", "2014-10-25T09:00",
            ["2014-10-25T05:00", "2014-10-26T06:00", "2014-10-27T06:00"], id="moscow_2014",
        ),
        pytest.param(
            "Asia/Novosibirsk", "2016-07-23T09:00",
            ["2016-07-23T03:00", "2016-07-24T02:00", "2016-07-25T02:00"], id="novosibirsk_2016",
        ),
        pytest.param(
            "Europe/Berlin", "2026-03-28T02:30",
            ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"], id="the_gap_moves_one_only",
        ),
    ],
)  # fmt: skip
def test_nine_o_clock_stays_nine_o_clock_in_the_zone(zone: str, anchor: str, instants: list[str]) -> None:
    found = [occurrence(Recurrence(rule="day"), anchor, zone, number) for number in range(3)]
    assert [one.at for one in found if one] == [utc(at) for at in instants]


def test_a_day_that_the_zone_left_out_has_no_occurrence_but_keeps_its_number() -> None:
    daily, anchor = Recurrence(rule="day"), "2011-12-29T09:00"
    assert occurrence(daily, anchor, "Pacific/Apia", 1) is None
    found = occurrences(daily, anchor, "Pacific/Apia", utc("2011-12-29T00:00"), utc("2012-01-01T00:00"))
    assert [(one.number, one.wall) for one in found] == [
        (0, "2011-12-29T09:00"), (2, "2011-12-31T09:00"), (3, "2012-01-01T09:00"),
    ]  # fmt: skip


weekly = st.builds(
    Recurrence, rule=st.just("week"), interval=st.integers(1, 5), weekdays=st.frozensets(st.integers(0, 6)).map(tuple),
    until=st.none() | st.dates(date(2008, 1, 1), date(2032, 1, 1)), times=st.none() | st.integers(1, 400),
)  # fmt: skip
others = st.builds(
    Recurrence, rule=st.sampled_from(["day", "month"]), interval=st.integers(1, 40),
    until=st.none() | st.dates(date(2008, 1, 1), date(2032, 1, 1)), times=st.none() | st.integers(1, 400),
)  # fmt: skip
recurrences = weekly | others
windows = st.timedeltas(timedelta(0), timedelta(days=200))


@settings(deadline=None)
@given(recurrences, z.walls, z.zones, z.moments, windows)
def test_occurrences_strictly_increase_in_number_wall_and_instant(
    recurrence: Recurrence, anchor: str, zone: str, since: datetime, window: timedelta
) -> None:
    found = occurrences(recurrence, anchor, zone, since, since + window)
    assert all(
        one.number < other.number and one.wall < other.wall and one.at < other.at for one, other in pairwise(found)
    )
    assert all(since <= one.at < since + window for one in found)


@settings(deadline=None)
@given(recurrences, z.walls, z.zones, z.moments, windows)
def test_the_kth_occurrence_is_the_same_wherever_one_begins_to_look(
    recurrence: Recurrence, anchor: str, zone: str, since: datetime, window: timedelta
) -> None:
    end = since + window
    found = occurrences(recurrence, anchor, zone, since, end)
    assert all(occurrence(recurrence, anchor, zone, one.number) == one for one in found)
    middle = since + window / 2
    halves = [
        *occurrences(recurrence, anchor, zone, since, middle),
        *occurrences(recurrence, anchor, zone, middle, end),
    ]
    assert halves == found


@settings(max_examples=50, deadline=None)
@given(recurrences, z.walls, z.zones, st.integers(0, 60))
def test_looking_around_an_occurrence_finds_it(recurrence: Recurrence, anchor: str, zone: str, number: int) -> None:
    one = occurrence(recurrence, anchor, zone, number)
    if one is None:
        return
    assert occurrences(recurrence, anchor, zone, one.at, one.at + timedelta(minutes=1)) == [one]
    assert one not in occurrences(recurrence, anchor, zone, one.at - timedelta(days=50), one.at)
    assert not stands(one.wall, zone) or one.wall.endswith(anchor[10:])


@given(recurrences, z.walls, z.zones)
def test_a_longer_recurrence_keeps_every_occurrence_of_the_shorter(
    recurrence: Recurrence, anchor: str, zone: str
) -> None:
    endless = recurrence.model_copy(update={"until": None, "times": None})
    for number in range(5):
        one = occurrence(recurrence, anchor, zone, number)
        assert one is None or one == occurrence(endless, anchor, zone, number)


def test_an_endless_recurrence_ends_with_the_calendar() -> None:
    yearly = Recurrence(rule="month", interval=1000)
    assert occurrence(yearly, "2026-01-01T09:00", "UTC", 10**9) is None
    assert occurrence(yearly, "2026-01-01T09:00", "UTC", -1) is None
    found = occurrences(yearly, "2026-01-01T09:00", "UTC", utc("2026-01-01T00:00"), FAR)
    assert found == [Occurrence(0, "2026-01-01T09:00", utc("2026-01-01T09:00"))]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"rule": "year"}, id="unknown_rule"),
        pytest.param({"rule": "day", "interval": 0}, id="interval_of_nothing"),
        pytest.param({"rule": "week", "weekdays": (7,)}, id="eighth_weekday"),
        pytest.param({"rule": "month", "weekdays": (0,)}, id="weekdays_with_months"),
        pytest.param({"rule": "day", "times": 0}, id="no_times"),
    ],
)
def test_a_recurrence_that_cannot_be_meant_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Recurrence.model_validate(fields)


def test_weekdays_are_kept_in_order_and_once() -> None:
    assert Recurrence(rule="week", weekdays=(4, 0, 4)).weekdays == (0, 4)
