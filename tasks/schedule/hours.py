"""Working hours: what somebody can be expected to do by when. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from models.locale import mark
from models.reason import because
from models.schedule import DAY_MINUTES, Shift, Unreadable, WorkingHours
from tasks.schedule.wall import instant, local, wall_at

NO_HOURS = mark("Within a year there are no working hours; write when somebody is there to answer.")
SEARCH_DAYS = 366


def work_until(hours: WorkingHours, zone: str, since: datetime, work: timedelta) -> datetime:
    """The moment at which so much working time has passed since then; only time within working hours counts."""
    at = since.astimezone(UTC)
    for start, end in _shifts(hours, zone, local(since, zone).date() - timedelta(days=1)):
        at = max(at, start)
        if at < end and at + work <= end:
            return at + work
        work -= max(end - at, timedelta())
        at = max(at, end)
    raise Unreadable(because(NO_HOURS, code="no_hours"))


def opening(hours: WorkingHours, zone: str, at: datetime) -> datetime | None:
    """When it opens next; None where it is open at this moment, or always."""
    if not hours.shifts:
        return None
    for start, end in _shifts(hours, zone, local(at, zone).date() - timedelta(days=1)):
        if start <= at < end:
            return None
        if start > at:
            return start
    raise Unreadable(because(NO_HOURS, code="no_hours"))


def _shifts(hours: WorkingHours, zone: str, first: date) -> Iterator[tuple[datetime, datetime]]:
    for day in (first + timedelta(days=ahead) for ahead in range(SEARCH_DAYS + 2)):
        if day not in hours.closed_on:
            yield from sorted(_span(shift, day, zone) for shift in hours.shifts if day.weekday() in shift.weekdays)


def _span(shift: Shift, day: date, zone: str) -> tuple[datetime, datetime]:
    next_day = timedelta(days=1 if shift.end <= shift.start or shift.end == DAY_MINUTES else 0)
    start, end = (time(minute % DAY_MINUTES // 60, minute % 60) for minute in (shift.start, shift.end))
    return instant(wall_at(day, start), zone), instant(wall_at(day + next_day, end), zone)
