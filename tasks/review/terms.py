"""How long a link for somebody outside is good, how much it shows, how often it may be answered. Pure."""

from datetime import datetime, timedelta

DAYS, DAYS_MOST = 3, 30
VERSIONS_MOST = 60  # each is a whole proof on one page
ANSWERS_MOST = 10
WORDS_MOST = 1000


def ends_at(now: datetime, days: int) -> datetime:
    return now + timedelta(days=min(max(days, 1), DAYS_MOST))


def is_good(now: datetime, expires_at: datetime, revoked_at: datetime | None, answers: int, most: int) -> bool:
    return revoked_at is None and expires_at > now and answers < most
