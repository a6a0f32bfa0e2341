"""The day a group is built for, and where its windows begin and end: all on the company's clocks. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_

from models.group_rules import Compare, Period

SENSE = 1  # raised where a condition comes to mean something else: every group is then built whole once
A_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class AsOf:
    """The end of `day` in `zone`; sums are in `currency`."""

    day: date
    zone: str
    currency: str

    @property
    def stamp(self) -> str:
        """What a build says it was made for; another zone, currency or sense makes it a stranger."""
        return f"{self.day} {self.zone} {self.currency} {SENSE}"

    def former(self, stamp: str) -> "AsOf | None":
        """The day of a former build that this one may go on from; None where nothing can be told from it."""
        said, _, terms = stamp.partition(" ")
        if not said or terms != self.stamp.partition(" ")[2] or date.fromisoformat(said) > self.day:
            return None
        return AsOf(date.fromisoformat(said), self.zone, self.currency)

    def begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone))

    def ago(self, days: int) -> datetime:
        """The midnight with which the day so many days ago begins; -1 is the end of this day."""
        return self.begins(self.day - days * A_DAY)

    @property
    def ends(self) -> datetime:
        return self.ago(-1)

    def bounds(self, period: Period) -> tuple[datetime | None, datetime]:
        """From when, or ever, and before when; what is later than this day is not there yet."""
        if period.days is not None:
            return self.ago(period.days), self.ends
        since = self.begins(period.starts_on) if period.starts_on else None
        return since, min(self.ends, self.begins(period.ends_on + A_DAY)) if period.ends_on else self.ends

    def contains(self, period: Period) -> bool:
        """Whether this very day is in the period."""
        if period.days is not None:
            return True
        return (period.starts_on or self.day) <= self.day <= (period.ends_on or self.day)

    def since_days_ago(self, is_: Compare, days: int) -> tuple[datetime | None, datetime | None]:
        """From when and before when a moment is so many days ago; None where there is no such bound."""
        first, last = self.ago(days), self.ago(days - 1)
        return {
            ">=": (None, last), ">": (None, first), "<=": (first, None), "<": (last, None), "=": (first, last),
        }[is_]  # fmt: skip

    def birthdays(self, side: str, days: int) -> frozenset[str]:
        """The days as 05-17 on which somebody is born who has their birthday within so many days."""
        step = A_DAY if side == "next" else -A_DAY
        return frozenset(said for number in range(days + 1) for said in _celebrated(self.day + number * step))


def _celebrated(day: date) -> tuple[str, ...]:
    said = f"{day:%m-%d}"
    is_common = (day + A_DAY).day == 1
    return (said, "02-29") if said == "02-28" and is_common else (said,)


def within(column: Any, since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    """Whether a moment is in a half-open span."""
    bounds = ([column >= since] if since is not None else []) + ([column < until] if until is not None else [])
    return and_(True, *bounds)


def gap(former: datetime | None, now: datetime | None) -> list[Span]:
    """What a bound has passed over; nothing where it stands."""
    return [(min(former, now), max(former, now))] if former and now and former != now else []
