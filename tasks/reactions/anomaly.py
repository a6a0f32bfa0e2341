"""What stands out among the reactions: far from the account's usual at the same age, or falling. Pure.

Far means a modified z-score above 3.5: the distance from the median by the median absolute deviation (Iglewicz and
Hoaglin, "How to Detect and Handle Outliers", 1993). A count varies by chance by about its square root, so the spread
is never taken to be less than that; a usual of fewer than 8 publications says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import median

from models.locale import mark, translate
from models.reason import Reason, because
from models.registry import METRICS
from tasks.reactions.cadence import nearest_age
from tasks.schedule.duration import say_duration

MIN_POINTS = 8
FAR = 3.5
SIGMA = 1.4826  # makes the median absolute deviation of a normal distribution its standard deviation
NEVER_FALL = frozenset({"views", "reach", "reach_total", "clicks"})  # likes can be taken back; these only grow
WITHDRAWN_SHARE = 0.2
WITHDRAWN_MIN = 5

ABOVE = mark("{metric}: {value} after {age}; usual for this channel is about {usual}. Look at what went so well.")
BELOW = mark("{metric}: {value} after {age}; usual for this channel is about {usual}. Look whether people see it.")
FELL = mark("{metric}: fell from {usual} to {value}. Look whether it is still on the channel and shown to everybody.")


class Turn(StrEnum):
    ABOVE = "above"
    BELOW = "below"
    FELL = "fell"


WORDS = {Turn.ABOVE: ABOVE, Turn.BELOW: BELOW, Turn.FELL: FELL}


@dataclass(frozen=True)
class Point:
    """A metric of one publication at an age."""

    placement: str
    metric: str
    age: timedelta
    value: int


@dataclass(frozen=True)
class Anomaly:
    """What stands out; `usual` is the median, or the highest value seen where it fell."""

    turn: Turn
    metric: str
    value: int
    usual: int
    age: timedelta = timedelta()

    @property
    def reason(self) -> Reason:
        """The words for a person, in the current language."""
        title = translate(METRICS[self.metric].title) if self.metric in METRICS else self.metric
        words = {"metric": title, "value": self.value, "usual": self.usual, "age": say_duration(self.age)}
        return because(WORDS[self.turn], code=f"anomaly_{self.turn}", **words)


def usual_for(point: Point, history: Iterable[Point]) -> list[int]:
    """The values of the other publications at the same step of the cadence, one for each: its nearest look."""
    step = nearest_age(point.age)
    nearest: dict[str, Point] = {}
    for other in history:
        alike = other.metric == point.metric and other.placement != point.placement
        if alike and nearest_age(other.age) == step:
            rival = nearest.setdefault(other.placement, other)
            nearest[other.placement] = min(rival, other, key=lambda p: (abs(p.age - point.age), p.age, p.value))
    return sorted(other.value for other in nearest.values())


def judge(point: Point, usual: Sequence[int]) -> Anomaly | None:
    """Say whether the point is far from the usual; None where it is not, or where too little is known."""
    if len(usual) < MIN_POINTS:
        return None
    middle = median(usual)
    spread = max(SIGMA * median(abs(value - middle) for value in usual), sqrt(max(middle, 1)))
    if abs(point.value - middle) <= FAR * spread:
        return None
    turn = Turn.ABOVE if point.value > middle else Turn.BELOW
    return Anomaly(turn, point.metric, point.value, round(middle), nearest_age(point.age))


def fall(metric: str, series: Sequence[tuple[datetime, int]]) -> Anomaly | None:
    """Say whether the last value of a metric stands below what was already reached; a few likes may be taken back."""
    values = [value for _, value in sorted(series)]
    if not values or values[-1] >= max(values):
        return None
    lost, highest = max(values) - values[-1], max(values)
    if metric not in NEVER_FALL and lost < max(WITHDRAWN_SHARE * highest, WITHDRAWN_MIN):
        return None
    return Anomaly(Turn.FELL, metric, values[-1], highest)
