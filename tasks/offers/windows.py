"""When an offer holds: days, weekdays and hours on the outlet's own clocks. Pure.

Both days are included, and so are both ends of the hours. Hours over midnight (22:00–02:00) belong to the weekday on
which they begin; the days of the offer stay days of the calendar.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from models.basket import Place
from models.offers import Conditions, Invitation, OfferTerms, Sitting
from tasks.schedule.wall import instant, local, wall_at

A_DAY = timedelta(days=1)
AN_INSTANT = timedelta(microseconds=1)


def begins_at(terms: OfferTerms, zone: str) -> datetime:
    """The first instant in the zone, in UTC."""
    return instant(wall_at(terms.first_day, time()), zone)


def ends_at(terms: OfferTerms, zone: str) -> datetime:
    """The last instant in the zone, in UTC."""
    return instant(wall_at(terms.last_day + A_DAY, time()), zone) - AN_INSTANT


def anywhere(terms: OfferTerms, zones: Iterable[str]) -> tuple[datetime, datetime]:
    """The first and the last instant at which it may hold in any of the zones."""
    known = [*zones] or ["UTC"]
    return min(begins_at(terms, zone) for zone in known), max(ends_at(terms, zone) for zone in known)


def last_day(ends: datetime, zones: Iterable[str]) -> date:
    """The day that is meant by an end which holds anywhere in the zones: further east it is another day by then."""
    return min(local(ends, zone).date() for zone in [*zones] or ["UTC"])


def is_over_midnight(conditions: Conditions) -> bool:
    since, until = conditions.hours_from, conditions.hours_to
    return since is not None and until is not None and since > until


def within_hours(conditions: Conditions, clock: time) -> bool:
    since, until = conditions.hours_from or time.min, conditions.hours_to or time.max
    if since > until:
        return clock >= since or clock <= until
    return since <= clock <= until


def on_weekday(conditions: Conditions, wall: datetime) -> bool:
    """Whether the weekday fits; the small hours of a night belong to the evening before."""
    if not conditions.weekdays:
        return True
    is_night = is_over_midnight(conditions) and conditions.hours_to and wall.time() <= conditions.hours_to
    return (wall - A_DAY if is_night else wall).isoweekday() in conditions.weekdays


def wall_clock(place: Place) -> datetime:
    """What the clocks of the outlet show, without a zone."""
    return local(place.at, place.zone).replace(tzinfo=None)


def sitting_at(invitation: Invitation, place: Place) -> Sitting | None:
    """The sitting of this outlet and day that is nearest to now; the earlier one of two."""
    now = wall_clock(place)
    today = [one for one in invitation.sittings if one.outlet == place.outlet and one.at.date() == now.date()]
    return min(today, key=lambda one: (abs(one.at - now), one.at), default=None)
