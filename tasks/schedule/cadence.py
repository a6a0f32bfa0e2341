"""Looks at a growing age: again soon at first, then ever more seldom. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_on(ages: Sequence[timedelta], begun_at: datetime, last_at: datetime | None) -> datetime | None:
    """The next look at something that began then; None after the last one.

    It may lie in the past: then it is due now, and because the look after it is counted from `last_at`, any number
    of missed looks are taken as one.
    """
    return next((begun_at + age for age in sorted(ages) if last_at is None or begun_at + age > last_at), None)
