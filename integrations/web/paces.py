"""How often one may do a thing in a minute: counted in memory, by whoever asks, and forgotten with the minute."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

KNOWN_MOST = 100_000


class Paces:
    """Nothing is kept longer than its minute; several web processes each count for themselves."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._counted: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def may(self, what: str, who: str, most: int) -> bool:
        """Count one; whether it is still within the limit of this minute."""
        minute = self.now().replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counted = minute, Counter()
            if (what, who) not in self._counted and len(self._counted) >= KNOWN_MOST:
                return False
            self._counted[what, who] += 1
            return self._counted[what, who] <= most
