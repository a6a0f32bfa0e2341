"""Working hours: what somebody can be expected to do by when. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from models.locale import mark
from models.reason import because
from models.schedule import DAY_MINUTES, Shift, Unreadable, WorkingHours
from tasks.schedule.quiet import SPAN, read_span
from tasks.schedule.wall import instant, local, wall_at
from tasks.schedule.weekdays import read_weekdays

BAD_HOURS = mark("“{said}” is not working hours; write the days and the hours, for example “mon-fri 09:00-18:00”.")
NO_HOURS = mark("Within a year there are no working hours; write when somebody is there to answer.")
HOURS = re.compile(rf"(?P<days>.*?\S)\s+(?:с\s+|from\s+)?(?P<span>{SPAN.pattern})")
SEARCH_DAYS = 366


def read_hours(texts: Iterable[str], closed_on: Iterable[date] = ()) -> WorkingHours:
    """Read "mon-fri 09:00-18:00", «сб 10:00–15:00»; "18:00-02:00" ends on the next day."""
    return WorkingHours(tuple(_read(text) for text in texts), frozenset(closed_on))


def _read(text: str) -> Shift:
    match = HOURS.fullmatch(text.strip().lower())
    days = read_weekdays(match["days"]) if match else None
    if match is None or days is None:
        raise Unreadable(because(BAD_HOURS, code="hours", said=text))
    return Shift(days, *read_span(match["span"]))


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


def _shifts(hours: WorkingHours, zone: str, first: date) -> Iterator[tuple[datetime, datetime]]:
    for day in (first + timedelta(days=ahead) for ahead in range(SEARCH_DAYS + 2)):
        if day not in hours.closed_on:
            yield from sorted(_span(shift, day, zone) for shift in hours.shifts if day.weekday() in shift.weekdays)


def _span(shift: Shift, day: date, zone: str) -> tuple[datetime, datetime]:
    next_day = timedelta(days=1 if shift.end <= shift.start or shift.end == DAY_MINUTES else 0)
    start, end = (time(minute % DAY_MINUTES // 60, minute % 60) for minute in (shift.start, shift.end))
    return instant(wall_at(day, start), zone), instant(wall_at(day + next_day, end), zone)
