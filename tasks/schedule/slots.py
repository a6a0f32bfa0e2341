"""Slots (слоты): the places in a channel's week, and the next free ones. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from models.schedule import QuietHours, Slot
from tasks.schedule.quiet import is_quiet
from tasks.schedule.wall import instant, local, wall_at

NOTHING_QUIET = QuietHours()
A_MINUTE = timedelta(minutes=1)
A_YEAR = timedelta(days=366)


def coming(slots: Sequence[Slot], zone: str, after: datetime, horizon: timedelta = A_YEAR) -> Iterator[datetime]:
    """The instants of the slots strictly after a moment, in order, each once, in UTC.

    A time in a gap is moved by the rule of wall times; where that throws it out of its day, the slot has none there.
    """
    day = local(after, zone).date()
    while day <= local(after + horizon, zone).date():
        times = {slot.at for slot in slots if day.weekday() in slot.weekdays}
        for at in sorted({instant(wall_at(day, clock), zone) for clock in times}):
            if after < at <= after + horizon and local(at, zone).date() == day:
                yield at
        day += timedelta(days=1)


def next_free(
    slots: Sequence[Slot],
    zone: str,
    after: datetime,
    *,
    taken: Iterable[datetime] = (),
    quiet: QuietHours = NOTHING_QUIET,
    apart: timedelta = A_MINUTE,
    count: int = 1,
) -> list[datetime]:
    """The next `count` free slots within a year, outside quiet hours; fewer where there are no more.

    A slot is taken when a placement, or one slot given here, stands nearer to it than `apart`.
    """
    return list(islice(_free(slots, zone, after, sorted(at.astimezone(UTC) for at in taken), quiet, apart), count))


def _free(
    slots: Sequence[Slot], zone: str, after: datetime, taken: list[datetime], quiet: QuietHours, apart: timedelta
) -> Iterator[datetime]:
    given: datetime | None = None
    for at in coming(slots, zone, after):
        crowded = is_near(taken, at, apart) or (given is not None and at - given < apart)
        if not crowded and not is_quiet(quiet, at, zone):
            given = at
            yield at


def is_near(moments: Sequence[datetime], at: datetime, apart: timedelta) -> bool:
    """Whether one of the sorted moments is nearer to `at` than `apart`."""
    place = bisect_left(moments, at)
    return any(abs(near - at) < apart for near in moments[max(place - 1, 0) : place + 1])
