"""The stretch of time a report is about: a week or a month of the company's own days. Pure."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from models.post import Value


class Period(Value):
    """Whole days from `first` to `last`, both included, in the company's zone."""

    kind: Literal["week", "month"]
    first: date
    last: date
    zone: str

    @property
    def since(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    @property
    def day_bounds(self) -> tuple[datetime, ...]:
        """The midnights around every day."""
        return (*(midnight(day, self.zone) for day in self.days), self.until)

    @property
    def before(self) -> "Period":
        """The week or month before, to compare with."""
        eve = self.first - timedelta(days=1)
        return week_of(eve, self.zone) if self.kind == "week" else month_of(eve, self.zone)

    @property
    def bounds(self) -> tuple[datetime, datetime, datetime]:
        """The period before and this one: what a tally takes to know both at once."""
        return self.before.since, self.since, self.until


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone))


def week_of(day: date, zone: str) -> Period:
    """The week, Monday to Sunday, that the day is in (ISO 8601)."""
    monday = day - timedelta(days=day.weekday())
    return Period(kind="week", first=monday, last=monday + timedelta(days=6), zone=zone)


def month_of(day: date, zone: str) -> Period:
    """The calendar month that the day is in."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(kind="month", first=first, last=last, zone=zone)


def name_of(period: Period) -> str:
    """What the report of a period is called in files and tables: week-2026-11-16, month-2026-10-01."""
    return f"{period.kind}-{period.first}"
