"""Opens and clicks of letters counted in memory and written together: no reader waits for the database."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

from models.mail_returns import Seen

LOG = logging.getLogger(__name__)
WAITING_MOST = 50_000  # beyond it the database has been away for long, or somebody presses one link without end

Key = tuple[str, int | None, bool, datetime]


class LookCounter:
    """Of one letter's link one look a minute is kept; nothing about the reader but whether it is a machine."""

    def __init__(self, write: Callable[[Sequence[Seen]], None], now: Callable[[], datetime]) -> None:
        self.write, self.now = write, now
        self._seen: dict[Key, Seen] = {}
        self._lock = Lock()

    def add(self, mark: str, link: int | None, robot: bool) -> None:
        at = self.now()
        key = (mark, link, robot, at.replace(second=0, microsecond=0))
        with self._lock:
            if len(self._seen) < WAITING_MOST:
                self._seen.setdefault(key, Seen(mark=mark, link=link, at=at, robot=robot))

    def flush(self) -> None:
        """Write what was seen; what cannot be written now is kept for the next time."""
        with self._lock:
            seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            self.write(list(seen.values()))
        except Exception as error:
            LOG.warning("looks at letters are not written yet: %s", type(error).__name__)
            with self._lock:
                self._seen = {**seen, **self._seen}
