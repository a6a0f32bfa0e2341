"""How fast letters go: what a minute and a day let through, and how long a "not now" is heeded. Pure.

A sender that is new is warmed up: so many letters on its first day, and each day so many times more.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from models.mailers import MailerCard, WarmUp

FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
RETRY_FIRST, RETRY_LONGEST = timedelta(minutes=5), timedelta(hours=4)
GIVE_UP_AFTER = 14  # tries: two days at the pace of retry()
WARM_DAYS = 60  # then a sender is known


def rest(refusals: int, asked: timedelta | None = None) -> timedelta:
    """How long a domain or an account is left alone after so many refusals in a row; never less than was asked for."""
    ours: timedelta = min(FIRST_REST * 2 ** min(refusals, 10), LONGEST_REST)
    return max(ours, asked) if asked else ours


def retry(attempts: int, asked: timedelta | None = None) -> timedelta:
    """When one letter is tried again."""
    ours: timedelta = min(RETRY_FIRST * 2 ** min(attempts, 10), RETRY_LONGEST)
    return max(ours, asked) if asked else ours


def ceiling(plan: WarmUp | None, first_sent_on: date | None, today: date) -> int | None:
    """How many letters may go on this day while the sender is warmed up; None: as many as there are."""
    if plan is None:
        return None
    day = (today - first_sent_on).days if first_sent_on else 0
    return None if day >= WARM_DAYS else int(plan.first_day * plan.factor**day)


def left_of(plan: WarmUp | None, first_sent_on: date | None, today: date, gone: int) -> int | None:
    """How many of them are left where so many have gone today."""
    most = ceiling(plan, first_sent_on, today)
    return None if most is None else max(0, most - gone)


@dataclass
class Bucket:
    """So many a minute, and never more than a second's worth at once after a pause: a burst is what looks like spam."""

    per_minute: int
    level: float = 1.0
    at: float = 0.0

    def room(self, now: float) -> int:
        """How many may go now; `now` in seconds of any clock."""
        per_second = self.per_minute / 60
        self.level = min(max(1.0, per_second), self.level + max(0.0, now - self.at) * per_second)
        self.at = now
        return int(self.level)

    def take(self, number: int) -> None:
        self.level -= number


@dataclass
class Pace:
    """The rates of one account: all its letters, and those to single domains."""

    card: MailerCard
    whole: Bucket | None = None
    domains: dict[str, Bucket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.whole = Bucket(self.card.per_minute) if self.card.per_minute else None
        self.domains = {domain.casefold(): Bucket(rate) for domain, rate in self.card.domains.items()}

    def room(self, now: float) -> int | None:
        """How many letters may go now; None: as many as there are."""
        return self.whole.room(now) if self.whole else None

    def room_of(self, domain: str, now: float) -> int | None:
        bucket = self.domains.get(domain)
        return bucket.room(now) if bucket else None

    def went(self, domain: str) -> None:
        """One letter to this domain is on its way."""
        if self.whole:
            self.whole.take(1)
        if bucket := self.domains.get(domain):
            bucket.take(1)
