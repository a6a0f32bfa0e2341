"""When the reactions to a publication are looked at: often while it is fresh, then ever more seldom. Pure."""

from datetime import datetime, timedelta

from tasks.schedule.cadence import next_on

AGES = (
    timedelta(minutes=15),
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24)),
    *(timedelta(days=days) for days in (2, 4, 7, 14, 28)),
)


def next_look(sent_at: datetime, last_looked_at: datetime | None) -> datetime | None:
    """The next snapshot after the last one; None when the publication is four weeks old and was looked at."""
    return next_on(AGES, sent_at, last_looked_at)


def nearest_age(age: timedelta) -> timedelta:
    """The step of the cadence that a snapshot of this age belongs to."""
    return min(AGES, key=lambda step: abs(step - age))
