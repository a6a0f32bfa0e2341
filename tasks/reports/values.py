"""What a report is made from, and what it is: plan and facts in, one language-free value out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.delivery import State
from models.post import Value
from models.reason import Reason
from models.registry import Tally
from tasks.reports.period import Period

Number = int | float
Weights = Mapping[str, Number | None]


class Goal(Value):
    """A goal of the plan; the target is in the unit of its metric, money in minor units."""

    key: str
    title: str
    metric: str
    target: int
    first: date
    last: date


class Budget(Value):
    """Money of a campaign or a fund for these days, in minor units of the company's currency; None: none was set."""

    key: str
    title: str
    amount: int | None
    first: date
    last: date


class Card(Value):
    """A piece as a report names it, and what it was made for."""

    title: str
    author: str = ""
    goal: str = ""
    customer_group: str = ""
    link: str = ""


class Plan(Value):
    """What the company intended, and how it calls things.

    `titles` are by dimension of the registry (channel, customer_group, person…) and key; `pieces` by id.
    `result` is what costs are divided by (clicks, orders…); empty: the first that is known of all that bring money.
    """

    company: str
    currency: str
    synthetic: bool = False
    result: str = ""
    goals: tuple[Goal, ...] = ()
    campaigns: tuple[Budget, ...] = ()
    funds: tuple[Budget, ...] = ()
    titles: Mapping[str, Mapping[str, str]] = {}
    pieces: Mapping[str, Card] = {}


@dataclass(frozen=True)
class Due:
    """How many publications of a piece in a channel the period holds, by what became of them.

    `ahead`: they are yet to come, so nothing is to be expected of them.
    """

    piece: str
    channel: str
    campaign: str
    state: State
    number: int
    ahead: bool = False


@dataclass(frozen=True)
class Stuck:
    """A publication that did not go out as planned, and why."""

    piece: str
    channel: str
    state: State
    due_at: datetime
    reason: Reason


@dataclass(frozen=True)
class Facts:
    """What the registry and the deliveries say of a period.

    `tallies` and `pieces` have slot 0 for the period before and slot 1 for this one, `days` a slot for each day.
    `goals` and `funds` are by key, each from its own first day to the end of the period; `campaigns` since anything
    was spent on them, for much is paid before the first day.
    """

    tallies: tuple[Tally, ...] = ()
    pieces: tuple[Tally, ...] = ()
    days: tuple[Tally, ...] = ()
    goals: Mapping[str, tuple[Tally, ...]] = field(default_factory=dict)
    campaigns: Mapping[str, tuple[Tally, ...]] = field(default_factory=dict)
    funds: Mapping[str, tuple[Tally, ...]] = field(default_factory=dict)
    due: tuple[Due, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    unrecorded: int = 0

    @property
    def named(self) -> frozenset[str]:
        """The pieces that these facts speak of."""
        counted = {tally.of("subject_id") for tally in self.pieces}
        return frozenset(counted | {one.piece for one in self.due} | {one.piece for one in self.stuck})


class Standing(StrEnum):
    """How a goal or a budget stands on the last day of the report."""

    NOT_BEGUN = "not begun"
    NO_DATA = "no data"
    DONE = "done"
    UNDER_WAY = "under way"
    ON_TRACK = "on track"
    BEHIND = "behind"
    NOT_REACHED = "not reached"
    OVER = "over"


@dataclass(frozen=True)
class Figure:
    """A number of the whole department beside the period before, and beside the plan where there was one."""

    measure: str
    value: Number | None
    before: Number | None = None
    planned: Number | None = None

    @property
    def change(self) -> float | None:
        """The share by which it changed; None where nothing can be compared."""
        if self.value is None or not self.before:
            return None
        return (self.value - self.before) / self.before


@dataclass(frozen=True)
class Line:
    """One key of a cut; `title` is empty where the facts named none."""

    key: str
    title: str
    values: Weights
    before: Weights


@dataclass(frozen=True)
class Cut:
    """The facts by one dimension: the measures anything is known of, the lines, and the whole."""

    dimension: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class GoalLine:
    """A goal with its fact since its first day; `expected` is what an even pace would have brought."""

    goal: Goal
    fact: int | None
    expected: float | None
    cost: int | None
    standing: Standing

    @property
    def share(self) -> float | None:
        return self.fact / self.goal.target if self.fact is not None and self.goal.target else None


@dataclass(frozen=True)
class MoneyLine:
    """A fund (spent since its first day) or a campaign (spent since ever), and of that in the period."""

    budget: Budget
    spent: int | None
    in_period: int | None
    standing: Standing

    @property
    def share(self) -> float | None:
        return self.spent / self.budget.amount if self.spent is not None and self.budget.amount else None

    @property
    def over(self) -> int:
        """By how much the budget is exceeded."""
        return max(0, (self.spent or 0) - self.budget.amount) if self.budget.amount is not None else 0


@dataclass(frozen=True)
class PieceLine:
    """A piece that went out in the period, and how it was received."""

    piece: str
    title: str
    author: str
    link: str
    values: Weights


@dataclass(frozen=True)
class Day:
    """One day of the plot: what each channel brought, by its key."""

    on: date
    values: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """A week or a month of the department. What is not known is None everywhere, and never 0.

    `today` is its last day, or the day it was made while the period is under way.
    """

    company: str
    currency: str
    synthetic: bool
    period: Period
    made_at: datetime
    result: str
    figures: tuple[Figure, ...]
    goals: tuple[GoalLine, ...]
    campaigns: tuple[MoneyLine, ...]
    funds: tuple[MoneyLine, ...]
    outside_funds: int | None
    other_money: Mapping[str, int]
    cuts: tuple[Cut, ...]
    best: tuple[PieceLine, ...]
    worst: tuple[PieceLine, ...]
    outcomes: Mapping[State, int]
    stuck: tuple[Stuck, ...]
    titles: Mapping[str, Mapping[str, str]]
    pieces: Mapping[str, Card]
    plotted: str
    days: tuple[Day, ...]
    today: date
    missing: tuple[str, ...]
    silent: Mapping[str, tuple[str, ...]]
    unrecorded: int
    conclusion: str

    def title_of(self, dimension: str, key: str) -> str:
        return self.titles.get(dimension, {}).get(key, key)

    def cut(self, dimension: str) -> Cut:
        return next(cut for cut in self.cuts if cut.dimension == dimension)

    def figure(self, measure: str) -> Figure:
        return next((one for one in self.figures if one.measure == measure), Figure(measure, None))
