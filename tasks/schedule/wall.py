"""Wall time and the instant it means in a zone. Pure.

A wall time is naive text, "YYYY-MM-DDTHH:MM", and stands beside an IANA zone; only the pair is stored for good.
Where the clocks jump forward over it (a gap), it means the instant as much later as they jump: 02:30 becomes 03:30.
Where they go back (a fold) and it comes twice, it means the first of the two. A whole day that a zone left out
(Pacific/Apia, 30 December 2011) is a gap of a day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.locale import mark
from models.reason import because
from models.schedule import Unreadable

BAD_WALL = mark("“{wall}” is not a date and time; write it as 2026-12-31T09:00.")
BAD_ZONE = mark("“{zone}” is not a time zone; write its IANA name, for example Europe/Moscow.")
NO_ZONE = "a moment without a time zone: {at!r}"
SEARCH_STEP = timedelta(hours=6)  # no zone ever changed its clocks twice within this


def rules(zone: str) -> ZoneInfo:
    """Find the zone's rules; a folder of zones ("Europe") is not a zone."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Unreadable(because(BAD_ZONE, code="zone", zone=zone)) from None


def read(wall: str) -> datetime:
    """Read a wall time as a naive datetime."""
    try:
        naive = datetime.fromisoformat(wall)
    except ValueError:
        naive = None
    if naive is None or naive.tzinfo or naive.isoformat(timespec="minutes") != wall:
        raise Unreadable(because(BAD_WALL, code="wall", wall=wall))
    return naive


def moments(wall: str, zone: str) -> tuple[datetime, datetime]:
    """Both instants a wall time may mean, in UTC; the same one twice unless the clocks change over it."""
    naive = read(wall).replace(tzinfo=rules(zone))
    return naive.astimezone(UTC), naive.replace(fold=1).astimezone(UTC)


def instant(wall: str, zone: str) -> datetime:
    """The instant a wall time means, in UTC, by the rules of gaps and folds."""
    return moments(wall, zone)[0]  # fold 0 is the first of two, and reads a gap by the clock before the jump


def local(at: datetime, zone: str) -> datetime:
    """The moment on the clocks of the zone."""
    if at.tzinfo is None:
        raise ValueError(NO_ZONE.format(at=at))
    return at.astimezone(rules(zone))


def wall_of(at: datetime, zone: str) -> str:
    """What the clocks of the zone show then; seconds are cut off."""
    return local(at, zone).replace(tzinfo=None).isoformat(timespec="minutes")


def stands(wall: str, zone: str) -> bool:
    """Whether the clocks of the zone ever show this time: false in a gap."""
    return wall_of(instant(wall, zone), zone) == wall


def day_exists(day: date, zone: str) -> bool:
    """Whether the zone has this day at all; a noon is missing only where a whole day is."""
    return stands(wall_at(day, time(12)), zone)


def wall_at(day: date, at: time) -> str:
    return datetime.combine(day, at).isoformat(timespec="minutes")


def clock_changes(zone: str, since: datetime, until: datetime) -> list[datetime]:
    """The moments in (since, until] at which the clocks of the zone are put forward or back."""
    found, at = [], since
    while at < until:
        end = min(at + SEARCH_STEP, until)
        if local(at, zone).utcoffset() != local(end, zone).utcoffset():
            found.append(_change_between(zone, at, end))
        at = end
    return found


def _change_between(zone: str, low: datetime, high: datetime) -> datetime:
    before = local(low, zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if local(middle, zone).utcoffset() == before else (low, middle)
    return high.astimezone(UTC).replace(microsecond=0)
