"""How long to wait after "not now". Pure."""

from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)


def backoff(attempts: int, asked: timedelta | None = None) -> timedelta:
    """Double from five seconds to a quarter of an hour; the provider's own wish is never undercut.

    There is no jitter: one account is paced by one queue, so nothing stampedes.
    """
    ours: timedelta = min(FIRST * 2 ** min(attempts, 16), LONGEST)
    return max(ours, asked) if asked else ours
