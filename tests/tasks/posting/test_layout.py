"""From a row of the plan to its times."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from models.content import PlanRow
from models.delivery import Lateness
from models.schedule import Recurrence
from models.timetable import read_quiet, read_slots
from tasks.posting.layout import HORIZON, Rhythm, times

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, 12:00 in Moscow
MOSCOW = Rhythm("Europe/Moscow", read_slots(["daily 09:00, 19:30"]), read_quiet("22:00-08:00"))


def walls(row: PlanRow, rhythm: Rhythm = MOSCOW, **more: Any) -> list[str]:
    more = {"given": {}, "taken": []} | more
    return [found.wall for found in times(row, rhythm, NOW, **more)]


@pytest.mark.parametrize(
    ("row", "wall"),
    [
        pytest.param({"on": date(2026, 11, 24), "at": time(11, 15)}, "2026-11-24T11:15", id="its-own-time"),
        pytest.param({"on": date(2026, 11, 24)}, "2026-11-24T09:00", id="slot-of-the-day"),
        pytest.param({"on": date(2026, 11, 23)}, "2026-11-23T19:30", id="slot-still-to-come-today"),
        pytest.param({}, "2026-11-23T19:30", id="next-free-slot"),
        pytest.param({"on": date(2026, 11, 1), "at": time(9)}, "2026-11-01T09:00", id="past-stays-past"),
    ],
)
def test_a_row_gets_its_time(row: dict[str, Any], wall: str) -> None:
    assert walls(PlanRow(**row)) == [wall]


def test_a_taken_slot_is_not_given_twice() -> None:
    taken = [datetime(2026, 11, 23, 16, 30, tzinfo=UTC)]
    assert walls(PlanRow(), taken=taken) == ["2026-11-24T09:00"]


def test_a_row_that_has_a_slot_keeps_it() -> None:
    given = {"0": datetime(2026, 11, 25, 6, 0, tzinfo=UTC)}
    assert walls(PlanRow(), given=given) == ["2026-11-25T09:00"]
    assert walls(PlanRow(on=date(2026, 11, 25)), given=given) == ["2026-11-25T09:00"]
    assert walls(PlanRow(on=date(2026, 11, 26)), given=given) == ["2026-11-26T09:00"]


def test_without_slots_quiet_hours_are_waited_for() -> None:
    night = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    [found] = times(PlanRow(), Rhythm("Europe/Moscow", quiet=read_quiet("22:00-08:00")), night, {}, [])
    assert found.wall == "2026-11-24T08:00"


def test_the_rows_own_zone_wins() -> None:
    row = PlanRow(on=date(2026, 11, 24), at=time(9), zone="Asia/Novosibirsk")
    [found] = times(row, MOSCOW, NOW, {}, [])
    assert found.due_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_repeating_row_has_all_its_times_up_to_the_horizon() -> None:
    row = PlanRow(on=date(2026, 11, 16), at=time(9), repeat=Recurrence(rule="week"))
    found = times(row, MOSCOW, NOW, {}, [])
    assert [f.occurrence for f in found] == ["0", "1", "2", "3", "4", "5", "6"]
    assert found[-1].due_at <= NOW + HORIZON


def test_occurrences_keep_their_names_when_the_anchor_moves() -> None:
    row = PlanRow(on=date(2026, 11, 24), at=time(9), repeat=Recurrence(rule="day", times=3))
    before = times(row, MOSCOW, NOW, {}, [])
    moved = row.model_copy(update={"on": date(2026, 11, 25)})
    after = times(moved, MOSCOW, NOW, {f.occurrence: f.due_at for f in before}, [])
    assert [f.occurrence for f in after] == [f.occurrence for f in before] == ["0", "1", "2"]
    assert [f.wall for f in after] == ["2026-11-25T09:00", "2026-11-26T09:00", "2026-11-27T09:00"]


@pytest.mark.parametrize(("said", "policy"), [(None, Lateness.ASK), (Lateness.SKIP, Lateness.SKIP)])
def test_lateness_is_the_rows_or_the_channels(said: Lateness | None, policy: Lateness) -> None:
    [found] = times(PlanRow(on=date(2026, 11, 24), at=time(9), if_late=said), MOSCOW, NOW, {}, [])
    assert (found.lateness, found.late_at - found.due_at) == (policy, timedelta(hours=2))
