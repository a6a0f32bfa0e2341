"""Visits counted in memory and written together: a burst of clicks does not wait for the database."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from models.desk import Visited, VisitKind

LOG = logging.getLogger(__name__)
FLUSH_SECONDS = 1.0

Key = tuple[VisitKind, str, datetime, bool]


class VisitCounter:
    """Counts by the hour; nothing about the visitor is kept but whether it is a machine."""

    def __init__(self, write: Callable[[Sequence[Visited]], None], now: Callable[[], datetime]) -> None:
        self.write, self.now = write, now
        self._counted: Counter[Key] = Counter()
        self._lock = Lock()

    def add(self, kind: VisitKind, key: str, robot: bool) -> None:
        hour = self.now().replace(minute=0, second=0, microsecond=0)
        with self._lock:
            self._counted[kind, key, hour, robot] += 1

    def flush(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            self.write([Visited(kind=k, key=key, hour=h, robot=r, number=n) for (k, key, h, r), n in counted.items()])
        except Exception as error:
            LOG.warning("visits are not written yet: %s", type(error).__name__)
            with self._lock:
                self._counted.update(counted)
