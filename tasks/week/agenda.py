"""The publications of a page as a calendar that usual programs open (RFC 5545). Pure."""

from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from models.desk.week import STANDING_TITLES, Export, Placed, Standing
from models.locale import translate

MAKER = "-//Otdel//Week//EN"
A_YEAR = timedelta(days=366)  # its clocks are told for as long, not from 1970 on
SHOWN = timedelta(minutes=15)  # a publication is a moment, and a calendar shows no moments
SURE = frozenset({Standing.PUBLISHED, Standing.PLANNED, Standing.GOING, Standing.LATE})


def calendar(export: Export) -> bytes:
    """Write an event for each publication, on the clocks of its channel; its name stays the same wherever it moves."""
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", export.title)
    made.add("x-wr-timezone", export.zone)
    for placed in export.placed:
        made.add_component(_event(placed, export))
    if export.placed:
        days = [placed.line.due_at.date() for placed in export.placed]
        made.add_missing_timezones(min(days) - A_YEAR, max(days) + A_YEAR)
    return bytes(made.to_ical())


def _event(placed: Placed, export: Export) -> Event:
    line, event = placed.line, Event()
    begins = line.due_at.astimezone(ZoneInfo(line.zone))
    page = f"{export.home}/staff/piece/{line.piece_id}" if line.piece_id else ""
    event.add("uid", f"placement-{line.id}@{urlsplit(export.home).hostname or 'otdel'}")
    event.add("dtstamp", export.made_at)
    event.add("sequence", line.changes)
    event.add("dtstart", begins)
    event.add("dtend", begins + SHOWN)
    event.add("summary", f"{line.title} · {line.channel}")
    event.add("description", "\n".join(_told(placed)))
    event.add("status", _status(placed.standing))
    event.add("transp", "TRANSPARENT")
    if line.url or page:
        event.add("url", line.url or page)
    return event


def _status(standing: Standing) -> str:
    if standing is Standing.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if standing in SURE else "TENTATIVE"


def _told(placed: Placed) -> list[str]:
    line = placed.line
    told = [f"№ {line.number}" if line.number else "", line.campaign, line.author,
            translate(STANDING_TITLES[placed.standing]), str(placed.reason), str(placed.advice)]  # fmt: skip
    return [text for text in told if text]
