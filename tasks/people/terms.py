"""How long a person stays signed in, how long an invitation is good, how often one may guess. Pure."""

from collections.abc import Callable
from datetime import timedelta

INVITATION_LASTS = timedelta(days=7)
SESSION_LASTS = timedelta(days=14)
IDLE_LASTS = timedelta(days=3)
SEEN_EVERY = timedelta(minutes=5)

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
AT_MOST = {"both": 5, "address": 30, "name": 30}


def counters(name: str, address: str, keyed: Callable[..., str]) -> dict[str, int]:
    """Whose attempts are counted, and how many each may make in a window.

    Few for a name from one address, more for either alone: a stranger who guesses does not lock its owner out.
    """
    name = name.strip().casefold()
    return {
        keyed("both", name, address): AT_MOST["both"],
        keyed("address", address): AT_MOST["address"],
        keyed("name", name): AT_MOST["name"],
    }
