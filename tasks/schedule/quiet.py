"""Quiet hours (тихие часы): spans of the day in which nothing is published, on the clocks of a zone. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from models.locale import mark
from models.reason import because
from models.schedule import DAY_MINUTES, QuietHours, Unreadable
from tasks.schedule.wall import clock_changes, local, moments, wall_at

BAD_SPAN = mark("“{said}” is not quiet hours; write them as 22:00-08:00, several with a comma between.")
NO_SPAN = mark("“{said}” begins and ends at the same time; write when the quiet hours begin and when they end.")
ALWAYS_QUIET = mark("With quiet hours “{said}” nothing could ever be published; leave some time of the day open.")
SEARCH_DAYS = 4  # a day can lose its only open hour to a clock change, or be left out whole
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
SPAN = re.compile(r"(\d{1,2}[:.]\d{2})\s*(?:-|–|—|до|to)\s*(\d{1,2}[:.]\d{2})")


def read_quiet(text: str) -> QuietHours:
    """Read "22:00-08:00, 13:00-14:00"; an empty text is no quiet hours."""
    quiet = QuietHours(tuple(read_span(part) for part in re.split(r"[,;]", text) if part.strip()))
    if all(quiet.hold(minute) for minute in range(DAY_MINUTES)):
        raise Unreadable(because(ALWAYS_QUIET, code="always_quiet", said=text))
    return quiet


def read_span(text: str) -> tuple[int, int]:
    """Read "22:00-08:00" as minutes of the day."""
    match = SPAN.fullmatch(text.strip().lower())
    if match is None:
        raise Unreadable(because(BAD_SPAN, code="span", said=text.strip()))
    start, end = (read_minute(side) for side in match.groups())
    if start is None or end is None or start == DAY_MINUTES:
        raise Unreadable(because(BAD_SPAN, code="span", said=text.strip()))
    if start == end:
        raise Unreadable(because(NO_SPAN, code="span", said=text.strip()))
    return start, end


def read_minute(text: str) -> int | None:
    """Read "09:00" or "9.00" as a minute of the day, 24:00 included; None where it is not one."""
    match = CLOCK.fullmatch(text.strip())
    if match is None or int(match[2]) > 59:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= DAY_MINUTES else None


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
