from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.schedule import Slot
from models.timetable import read_quiet, read_slots
from tasks.schedule.quiet import is_quiet
from tasks.schedule.slots import coming, next_free
from tasks.schedule.wall import wall_of
from tests.tasks.schedule import zones as z
from tests.tasks.schedule.zones import utc

WEEK = read_slots(["mon-fri 09:00", "sat,sun 11:00", "daily 19:30"])


def test_the_next_free_slots_skip_taken_ones_and_quiet_hours() -> None:
    friday = utc("2026-11-27T06:00")  # 09:00 in Moscow: a slot itself, but strictly after is asked
    free = next_free(
        WEEK, "Europe/Moscow", friday, taken=[utc("2026-11-28T08:00")], quiet=read_quiet("19:00-08:00"), count=3
    )
    assert [wall_of(at, "Europe/Moscow") for at in free] == ["2026-11-29T11:00", "2026-11-30T09:00", "2026-12-01T09:00"]


def test_a_slot_is_taken_by_a_placement_nearer_than_apart() -> None:
    after, near = utc("2026-11-26T20:00"), utc("2026-11-27T06:20")
    assert next_free(WEEK, "Europe/Moscow", after, taken=[near]) == [utc("2026-11-27T06:00")]
    assert next_free(WEEK, "Europe/Moscow", after, taken=[near], apart=timedelta(minutes=30)) == [
        utc("2026-11-27T16:30")
    ]


def test_two_texts_that_name_the_same_time_are_one_slot() -> None:
    doubled = read_slots(["mon-fri 09:00", "daily 09:00"])
    assert len(next_free(doubled, "UTC", utc("2026-11-23T00:00"), count=7)) == 7
    assert len(set(next_free(doubled, "UTC", utc("2026-11-23T00:00"), count=7))) == 7


def test_a_slot_stays_at_its_clock_time_over_a_clock_change() -> None:
    slots = read_slots(["daily 09:00"])
    free = next_free(slots, "Europe/Berlin", utc("2026-03-27T12:00"), count=3)
    assert free == [utc("2026-03-28T08:00"), utc("2026-03-29T07:00"), utc("2026-03-30T07:00")]


def test_slots_in_a_gap_and_after_it_are_not_given_twice() -> None:
    slots = read_slots(["daily 02:30, 03:30"])
    free = next_free(slots, "Europe/Berlin", utc("2026-03-28T12:00"), count=3)
    assert free == [utc("2026-03-29T01:30"), utc("2026-03-30T00:30"), utc("2026-03-30T01:30")]


def test_a_day_that_the_zone_left_out_has_no_slots() -> None:
    free = next_free(read_slots(["daily 09:00"]), "Pacific/Apia", utc("2011-12-29T00:00"), count=3)
    assert [wall_of(at, "Pacific/Apia") for at in free] == ["2011-12-29T09:00", "2011-12-31T09:00", "2012-01-01T09:00"]


def test_slots_that_are_always_quiet_or_none_at_all_give_nothing() -> None:
    at_night = read_slots(["daily 23:00"])
    assert next_free(at_night, "UTC", utc("2026-01-01T00:00"), quiet=read_quiet("22:00-08:00")) == []
    assert next_free([], "UTC", utc("2026-01-01T00:00")) == []


clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
some_slots = st.lists(st.builds(Slot, st.frozensets(st.integers(0, 6)), clocks), max_size=4)


@settings(max_examples=60, deadline=None)
@given(some_slots, z.moments, z.zones, st.lists(st.integers(0, 10), max_size=4))
def test_free_slots_increase_are_never_quiet_never_taken_and_always_slots(
    slots: list[Slot], after: datetime, zone: str, picked: list[int]
) -> None:
    quiet = read_quiet("22:00-08:00, 13:00-14:00")
    first = next_free(slots, zone, after, count=11)
    taken = [first[number] for number in picked if number < len(first)]
    free = next_free(slots, zone, after, taken=taken, quiet=quiet, count=8)
    assert all(one < other for one, other in zip([after, *free], free, strict=False))
    assert not any(is_quiet(quiet, at, zone) for at in free)
    assert not set(free) & set(taken)
    times = {slot.at.isoformat("minutes") for slot in slots}
    assert all(wall_of(at, zone)[11:] in times or at in set(coming(slots, zone, after)) for at in free)


@settings(max_examples=30, deadline=None)
@given(some_slots, z.moments, z.zones)
def test_taking_slots_one_by_one_gives_what_taking_them_at_once_gives(
    slots: list[Slot], after: datetime, zone: str
) -> None:
    at_once = next_free(slots, zone, after, count=5)
    one_by_one: list[datetime] = []
    for _ in at_once:
        one_by_one += next_free(slots, zone, after, taken=one_by_one)
    assert one_by_one == at_once
