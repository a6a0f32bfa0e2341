"""How many wrong codes somebody may send in a while before nothing of theirs is looked up any more. Pure.

A code of ours is hit by one of a million guesses at the most (`tasks/codes`), so a till that is left alone with these
bounds would need years. A cashier mistypes far less.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.guesses import GuessedBy

SLOWED = 10  # so many times fewer for each till while its address, or the house as a whole, is guessed at


@dataclass(frozen=True)
class Bound:
    """At most so many wrong codes within a window; windows stand on a grid that begins with the epoch."""

    kind: GuessedBy
    window: timedelta
    most: int

    @property
    def seconds(self) -> int:
        return int(self.window.total_seconds())

    def since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=now.timestamp() % self.seconds)

    def until(self, now: datetime) -> datetime:
        return self.since(now) + self.window


MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
BOUNDS = (
    Bound(GuessedBy.TILL, MINUTES, 20), Bound(GuessedBy.TILL, DAY, 200),
    Bound(GuessedBy.ADDRESS, MINUTES, 60), Bound(GuessedBy.ADDRESS, DAY, 600),
    Bound(GuessedBy.HOUSE, MINUTES, 600),
)  # fmt: skip
Counted = Mapping[Bound, int]


def full(counted: Counted) -> Bound | None:
    """The bound of the till that is reached, the one that lasts longest first; None where it may try more.

    Those of its address and of the house stop nobody who has sent nothing wrong: they make its own narrower.
    """
    slowed = any(bound.kind is not GuessedBy.TILL and number >= bound.most for bound, number in counted.items())
    reached = [
        bound for bound, number in counted.items()
        if bound.kind is GuessedBy.TILL and number >= (bound.most // SLOWED if slowed else bound.most)
    ]  # fmt: skip
    return max(reached, key=lambda bound: bound.window, default=None)


def just_reached(bound: Bound, number: int, added: int) -> bool:
    """Whether these wrong codes were the ones that reached it."""
    return number - added < bound.most <= number
