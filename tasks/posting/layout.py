"""From a row of the plan and a channel's rhythm to the placements it means. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from models.content import PlanRow
from models.delivery import Lateness
from models.schedule import QuietHours, Slot
from tasks.schedule.quiet import next_open
from tasks.schedule.recurrence import Occurrence, occurrence, occurrences
from tasks.schedule.slots import next_free
from tasks.schedule.wall import instant, local, wall_of

DEFAULT_TIME = time(10, 0)
HORIZON = timedelta(days=35)


@dataclass(frozen=True)
class Rhythm:
    """When a channel publishes, and what it does about what is late."""

    zone: str
    slots: tuple[Slot, ...] = ()
    quiet: QuietHours = QuietHours()  # noqa: RUF009  frozen
    late_after: timedelta = timedelta(hours=2)
    lateness: Lateness = Lateness.ASK


@dataclass(frozen=True)
class Time:
    """One time of a placement; `occurrence` is its stable name: its number on the recurrence's grid, else "0"."""

    occurrence: str
    wall: str
    zone: str
    due_at: datetime
    late_at: datetime
    lateness: Lateness


def times(
    row: PlanRow, rhythm: Rhythm, now: datetime, given: Mapping[str, datetime], taken: Sequence[datetime]
) -> list[Time]:
    """All times this row means on this channel up to the horizon.

    `given` are the times its occurrences already have: one that was put into a slot stays there. `taken` are the
    channel's other times. A recurrence keeps the grid of its anchor, whatever happened to the occurrences before.
    """
    zone = row.zone or rhythm.zone
    wall = _wall(row, rhythm, zone, now, given.get("0"), taken)
    if row.repeat is None:
        return [_time("0", wall, zone, row, rhythm)]
    since = min(now - timedelta(days=1), instant(wall, zone))
    found = occurrences(row.repeat, wall, zone, since, now + HORIZON)
    kept = {o.number: o for o in found} | _kept(row, wall, zone, given)
    return [_time(str(number), kept[number].wall, zone, row, rhythm) for number in sorted(kept)]


def _kept(row: PlanRow, wall: str, zone: str, given: Iterable[str]) -> dict[int, Occurrence]:
    """The occurrences that are rows already, so that they move with their anchor."""
    assert row.repeat is not None
    found = (occurrence(row.repeat, wall, zone, int(number)) for number in given)
    return {o.number: o for o in found if o is not None}


def _wall(
    row: PlanRow, rhythm: Rhythm, zone: str, now: datetime, given: datetime | None, taken: Sequence[datetime]
) -> str:
    """The row's own time; else the slot it has, else a free one of its day, else the next free one."""
    if row.on is not None and row.at is not None:
        return datetime.combine(row.on, row.at).isoformat(timespec="minutes")
    if given is not None and (row.on is None or local(given, zone).date() == row.on):
        return wall_of(given, zone)
    after = now if row.on is None else max(now, _start_of(row, zone))
    free = next_free(rhythm.slots, zone, after, taken=taken, quiet=rhythm.quiet) if rhythm.slots else []
    return wall_of(free[0], zone) if free else _without_slots(row, rhythm, zone, now)


def _start_of(row: PlanRow, zone: str) -> datetime:
    assert row.on is not None
    return instant(datetime.combine(row.on, time()).isoformat(timespec="minutes"), zone) - timedelta(minutes=1)


def _without_slots(row: PlanRow, rhythm: Rhythm, zone: str, now: datetime) -> str:
    if row.on is not None:
        return datetime.combine(row.on, row.at or DEFAULT_TIME).isoformat(timespec="minutes")
    return wall_of(next_open(rhythm.quiet, now, zone), zone)


def _time(occurrence: str, wall: str, zone: str, row: PlanRow, rhythm: Rhythm) -> Time:
    due = instant(wall, zone).astimezone(UTC)
    opens = next_open(rhythm.quiet, due, rhythm.zone)  # what quiet hours keep back is not late
    return Time(occurrence, wall, zone, due, opens + rhythm.late_after, row.if_late or rhythm.lateness)
