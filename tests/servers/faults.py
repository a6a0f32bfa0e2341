"""The ways in which a server may misbehave, and the plan of when it does. Pure: the same seed, the same faults."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

NOTHING_DONE = frozenset({"timeout_before", "close_before", "429", "5xx", "ok_with_error", "html"})
"""The call has no effect."""
DONE = frozenset(
    {"timeout_after", "close_after", "5xx_after", "truncated", "truncated_wire", "no_id", "html_after", "slow", "late"}
)
"""The call takes effect, and the caller may fail to learn it."""
DONE_LATER = frozenset({"acts_late"})
"""The call takes effect only after `delay_ms`, when the caller may have looked and found nothing."""
KINDS = NOTHING_DONE | DONE | DONE_LATER
ANY = "*"


@dataclass(frozen=True)
class Fault:
    """One misbehaviour.

    `delay_ms` holds the answer back; for a time-out it is when the connection is dropped (0: never, the other side or
    the end of the server does it), for `slow` it is the pause before each byte, for `acts_late` it is when it acts.
    `code` is the status of a 5xx, or VK's code for `429` (6, 9, 29) and `ok_with_error`.
    """

    kind: str
    delay_ms: int = 0
    retry_after: int = 1
    code: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is not a fault; there are {sorted(KINDS)}")

    @classmethod
    def read(cls, value: Any) -> "Fault | None":
        """Take a fault as a test writes it: its kind, its fields, or None for a call that goes well."""
        if value is None or isinstance(value, Fault):
            return value
        return cls(value) if isinstance(value, str) else cls(**value)


class Faults:
    """The plan: a list per method, one used up by each call, and after it chances per method.

    `script` is {method: [fault, None, …]}, `chance` is {method: {kind: probability} or [(fault, probability), …]};
    the method “*” is any. The n-th call of a method meets the same chance whatever other methods are called between.
    """

    def __init__(
        self,
        script: Mapping[str, Iterable[Any]] | None = None,
        chance: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        self.seed = seed
        self._script: dict[str, deque[Fault | None]] = {}
        self._chance = {method: _odds(odds) for method, odds in (chance or {}).items()}
        self._calls: Counter[str] = Counter()
        for method, faults in (script or {}).items():
            self.add(method, *faults)

    def add(self, method: str, *faults: Any) -> None:
        """Append to the script of a method."""
        self._script.setdefault(method, deque()).extend(Fault.read(each) for each in faults)

    def next_for(self, method: str) -> Fault | None:
        """Use up one call of this method."""
        self._calls[method] += 1
        for name in (method, ANY):
            if self._script.get(name):
                return self._script[name].popleft()
        return self._by_chance(method) if self._chance else None

    def _by_chance(self, method: str) -> Fault | None:
        roll = Random(f"{self.seed}:{method}:{self._calls[method]}").random()
        for name in (method, ANY):
            for fault, probability in self._chance.get(name, ()):
                roll -= probability
                if roll < 0:
                    return fault
        return None


def _odds(odds: Any) -> list[tuple[Fault, float]]:
    pairs = odds.items() if isinstance(odds, Mapping) else odds
    read = [(Fault.read(fault), float(probability)) for fault, probability in pairs]
    return [(fault, probability) for fault, probability in read if fault is not None]
