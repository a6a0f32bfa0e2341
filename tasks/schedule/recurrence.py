"""Occurrences of a recurrence on an anchor grid. Pure.

The k-th occurrence is computed from the anchor and k alone, never from the one before it, so its number and its key
stay when others are moved, cancelled or forgotten, and 09:00 stays 09:00 in its zone whatever the clocks do.
Number 0 is the first grid point on or after the anchor's day. A day that the zone left out has no occurrence, but
keeps its number: the numbers of the others do not change.
"""

from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile

from models.schedule import Recurrence
from tasks.schedule.wall import day_exists, instant, local, read, wall_at


@dataclass(frozen=True)
class Occurrence:
    """One of a recurrence: its number for good, what the clocks show, and the instant in UTC."""

    number: int
    wall: str
    at: datetime


def occurrence(recurrence: Recurrence, anchor: str, zone: str, number: int) -> Occurrence | None:
    """The occurrence of this number; None beyond the end, and on a day that the zone left out."""
    start = read(anchor)
    if not is_within(recurrence, start.date(), number):
        return None
    day = grid_day(recurrence, start.date(), number)
    return _on(day, start.time(), zone, number) if day_exists(day, zone) else None


def occurrences(recurrence: Recurrence, anchor: str, zone: str, since: datetime, before: datetime) -> list[Occurrence]:
    """All occurrences in [since, before), in order."""
    start = read(anchor)
    first = number_from(recurrence, start.date(), local(since, zone).date() - timedelta(days=1))
    last_day = local(before, zone).date()
    numbers = takewhile(
        lambda number: (
            is_within(recurrence, start.date(), number) and grid_day(recurrence, start.date(), number) <= last_day
        ),
        count(first),
    )
    days = ((number, grid_day(recurrence, start.date(), number)) for number in numbers)
    found = (_on(day, start.time(), zone, number) for number, day in days if day_exists(day, zone))
    return [one for one in found if since <= one.at < before]


def is_within(recurrence: Recurrence, start: date, number: int) -> bool:
    """Whether the recurrence has this number, by `times` and `until`."""
    if number < 0 or (recurrence.times is not None and number >= recurrence.times):
        return False
    day = grid_day(recurrence, start, number)
    return day < date.max and (recurrence.until is None or day <= recurrence.until)


def grid_day(recurrence: Recurrence, start: date, number: int) -> date:
    """The day of the k-th grid point; beyond the calendar's end, its last day."""
    try:
        return RULES[recurrence.rule](recurrence, start, number)
    except (OverflowError, ValueError):
        return date.max


def number_from(recurrence: Recurrence, start: date, day: date) -> int:
    """The smallest number whose grid point is on or after the day."""
    days = max((day - start).days, 0)
    return bisect_left(range(days + 1), day, key=lambda number: grid_day(recurrence, start, number))


def _by_days(recurrence: Recurrence, start: date, number: int) -> date:
    return start + timedelta(days=number * recurrence.interval)


def _by_weeks(recurrence: Recurrence, start: date, number: int) -> date:
    weekdays = recurrence.weekdays or (start.weekday(),)
    weeks, place = divmod(number + bisect_left(weekdays, start.weekday()), len(weekdays))
    monday = start - timedelta(days=start.weekday())
    return monday + timedelta(weeks=weeks * recurrence.interval, days=weekdays[place])


def _by_months(recurrence: Recurrence, start: date, number: int) -> date:
    years, month = divmod(start.month - 1 + number * recurrence.interval, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


RULES = {"day": _by_days, "week": _by_weeks, "month": _by_months}


def _on(day: date, clock: time, zone: str, number: int) -> Occurrence:
    wall = wall_at(day, clock)
    return Occurrence(number, wall, instant(wall, zone))
