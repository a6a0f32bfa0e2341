"""Quiet hours (тихие часы): spans of the day in which nothing is published, on the clocks of a zone. Pure."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from models.schedule import DAY_MINUTES, QuietHours
from tasks.schedule.wall import clock_changes, local, moments, wall_at

SEARCH_DAYS = 4  # a day can lose its only open hour to a clock change, or be left out whole


def is_quiet(quiet: QuietHours, at: datetime, zone: str) -> bool:
    clock = local(at, zone)
    return quiet.hold(clock.hour * 60 + clock.minute)


def next_open(quiet: QuietHours, at: datetime, zone: str) -> datetime:
    """The earliest moment from `at` on that is not quiet; `at` itself where it is open."""
    if not is_quiet(quiet, at, zone):
        return at
    return min(edge for edge in _edges(quiet, at, zone) if edge > at and not is_quiet(quiet, edge, zone))


def _edges(quiet: QuietHours, at: datetime, zone: str) -> Iterator[datetime]:
    """Every moment at which quiet hours can end: by the clock, or because the clock was changed."""
    today = local(at, zone).date()
    ends = {time(end % DAY_MINUTES // 60, end % 60) for _, end in quiet.spans}
    for day in (today + timedelta(days=ahead) for ahead in range(SEARCH_DAYS + 1)):
        for end in ends:
            yield from moments(wall_at(day, end), zone)
    yield from clock_changes(zone, at, at + timedelta(days=SEARCH_DAYS))
