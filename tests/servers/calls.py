"""A call to a provider: what was asked, and the ways in which it ends otherwise than with a result. Pure."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.servers.forms import Upload


@dataclass
class Call:
    """One request, read: whose it is, what it asks, with what. `number` is its number in the journal."""

    method: str
    parameters: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    token: str = ""
    number: int = 0
    patient: bool = True

    def described(self) -> dict[str, Any]:
        return self.parameters | {name: upload.described() for name, upload in self.files.items()}


class Refusal(Exception):
    """The provider's no, by its own code and words."""

    def __init__(self, code: int, says: str, **details: Any) -> None:
        super().__init__(says)
        self.code = code
        self.says = says
        self.details = details


class Wait(Exception):
    """There is nothing to answer yet; ask again at the next event, and for the last time after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Rate:
    """At most `count` calls within `seconds`, by the server's clock."""

    def __init__(self, count: int | None, seconds: float) -> None:
        self.count = count
        self.seconds = seconds
        self._times: dict[Any, deque[float]] = {}

    def wait_for(self, key: Any, now: float) -> float:
        """Count this call; 0 when it may pass, else how many seconds are left to wait."""
        if self.count is None:
            return 0
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) >= self.count:
            return times[0] + self.seconds - now
        times.append(now)
        return 0
