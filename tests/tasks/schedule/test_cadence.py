from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.schedule.cadence import next_on
from tests.tasks.schedule import zones as z

ages = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=30)), min_size=1, max_size=8, unique=True)


@given(ages, z.moments, st.data())
def test_every_look_that_is_not_missed_is_taken_once_and_then_there_is_none(
    ages: list[timedelta], begun: datetime, data: st.DataObject
) -> None:
    looks, last = 0, None
    while (due := next_on(ages, begun, last)) is not None:
        assert last is None or due > last
        last = due + data.draw(st.timedeltas(timedelta(0), timedelta(days=3)))
        looks += 1
    assert 1 <= looks <= len(ages)
    assert last is not None and last >= begun + max(ages)


def test_missed_looks_are_taken_as_one() -> None:
    hours = [timedelta(hours=number) for number in (1, 2, 3, 6)]
    begun = z.utc("2026-01-01T00:00")
    assert next_on(hours, begun, None) == begun + timedelta(hours=1)
    back_after_a_night = begun + timedelta(hours=4)
    assert next_on(hours, begun, back_after_a_night) == begun + timedelta(hours=6)
    assert next_on(hours, begun, begun + timedelta(hours=30)) is None
