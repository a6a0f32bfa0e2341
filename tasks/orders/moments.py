"""The new time a person names for a publication, read on the clocks of its channel. Pure."""

from datetime import date, datetime, time, timedelta

from integrations.errors import Refused
from models.locale import mark
from models.reason import because
from models.schedule import Unreadable
from tasks.content.moments import moment, read_date, read_time
from tasks.schedule.wall import instant, local, wall_of

PAST = mark("{time} has passed already. Name a later time, or order “Publish now”.")
NO_TIME = mark("Name a new date, a new time, or both.")


def new_time(day: str, clock: str, old: datetime, now: datetime, zone: str) -> datetime:
    """The new moment of a publication that was due at `old`; what is not named stays. Raises Refused."""
    if not day.strip() and not clock.strip():
        raise Refused(because(NO_TIME, code="no_time"))
    due = instant(_wall(day, clock, local(old, zone), local(now, zone)), zone)
    if due <= now:
        raise Refused(because(PAST, code="past", time=wall_of(due, zone).replace("T", " ")))
    return due


def _wall(day: str, clock: str, old: datetime, now: datetime) -> str:
    try:
        on, beside = read_date(day, now, now.date()) if day.strip() else (None, None)
        said: time | timedelta | None = read_time(clock, now) if clock.strip() else beside
    except Unreadable as error:
        raise Refused(error.reason) from None
    on, at = moment(on or _same_day(said, old, now), said, now)
    return datetime.combine(on, at or old.time()).isoformat(timespec="minutes")


def _same_day(said: time | timedelta | None, old: datetime, now: datetime) -> date:
    """Without a date the day stays, but now+30m is counted from today."""
    return now.date() if isinstance(said, timedelta) else old.date()
