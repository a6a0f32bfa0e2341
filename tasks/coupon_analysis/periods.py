"""The days that are compared: before an offer, while it held, and after it. Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Periods:
    """Both days are included. `seen_to` is the last day that is known whole: nothing later is compared.

    `before` and `after` are how many days are looked at before the first and behind the last; 0 is not at all.
    `known_to` is the last day that purchases are known of: days behind it are not days without purchases.
    """

    first_day: date
    last_day: date
    seen_to: date
    before: int = 0
    after: int = 0
    known_to: date | None = None

    def known_from(self, day: date | None) -> "Periods":
        """The same where purchases are known only from a day on: days before it are not days without purchases."""
        if day is None:
            return self
        return replace(self, before=min(self.before, max(0, (self.first_day - day).days)))

    @property
    def looked_to(self) -> date:
        return self.seen_to if self.known_to is None else min(self.seen_to, self.known_to)

    @property
    def is_whole(self) -> bool:
        """Whether purchases are known of all days of the offer."""
        return self.looked_to >= self.last_day

    @property
    def begins(self) -> date:
        return self.first_day - self.before * DAY

    @property
    def during_ends(self) -> date:
        """The day behind the last one of the offer that is known."""
        return max(self.first_day, min(self.last_day, self.looked_to) + DAY)

    @property
    def after_ends(self) -> date:
        return max(self.during_ends, min(self.last_day + self.after * DAY, self.looked_to) + DAY)

    @property
    def during_days(self) -> int:
        return (self.during_ends - self.first_day).days

    @property
    def is_running(self) -> bool:
        """Begun and not over: its first day may be today, which is not over either."""
        return self.first_day <= self.seen_to + DAY and self.seen_to < self.last_day

    @property
    def weeks_before(self) -> int:
        """Whole weeks before the first day; what is left over at their beginning belongs to none."""
        return self.before // WEEK
