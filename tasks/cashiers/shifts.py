"""When a shift ends by itself: an hour after the outlet closes, as its hours say in words. Pure."""

import re
from datetime import datetime, time, timedelta

from tasks.schedule.wall import instant, local, wall_at

AFTER_CLOSING = timedelta(hours=1)
NIGHT, MORNING = time(4), time(8)  # where no hours can be read: nobody trades at night, or begins anew
LONGEST = timedelta(hours=16)
NEVER_CLOSED = re.compile(
    r"\b0?0[:.]00\s*(?:-|–|—|до|to|till)\s*(?:24[:.]00|0?0[:.]00|23[:.]59)|24/7|круглосуточно|round the clock",
    re.IGNORECASE,
)
RANGE = re.compile(r"\d{1,2}[:.]\d{2}\s*(?:-|–|—|до|to|till)\s*(\d{1,2})[:.](\d{2})", re.IGNORECASE)


def closing(hours: str) -> time | None:
    """The latest closing that is named: “пн-пт 08:00-21:00, сб-вс 09:00-22:00” is 22:00."""
    named = [(int(hour), int(minute)) for hour, minute in RANGE.findall(hours)]
    good = [time(hour % 24, minute) for hour, minute in named if hour <= 24 and minute < 60]
    nights = [one for one in good if one < MORNING]  # closes after midnight
    return max(nights) if nights else max(good, default=None)


def ends_at(now: datetime, hours: str, zone: str) -> datetime:
    """The end of a shift that begins now: the next closing and an hour, or the night; never longer than a long day.

    A night in which the outlet trades ends nothing, and where it never closes only the long day does.
    """
    if NEVER_CLOSED.search(hours):
        return now + LONGEST
    closes, ends = closing(hours), [now + LONGEST]
    if closes is not None:
        ends.append(_next(now - AFTER_CLOSING, closes, zone) + AFTER_CLOSING)
    if closes is None or not time(NIGHT.hour - 1) < closes < MORNING:
        ends.append(_next(now, NIGHT, zone))
    return min(ends)


def _next(now: datetime, clock: time, zone: str) -> datetime:
    day = local(now, zone).date()
    at = instant(wall_at(day, clock), zone)
    return at if at > now else instant(wall_at(day + timedelta(days=1), clock), zone)
