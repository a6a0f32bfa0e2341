"""Plan against fact: how goals and budgets stand on the last day of a period, or today while it is under way. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from models.registry import METRICS, Kind, Tally
from tasks.reports.measures import MEASURES, weigh
from tasks.reports.period import Period
from tasks.reports.values import Budget, Goal, GoalLine, MoneyLine, Number, Standing

PACE = 0.95  # a goal within a twentieth of an even pace is on track


def elapsed(first: date, last: date, today: date) -> float:
    """The share of these days that is over at the end of today."""
    passed, whole = (today - first).days + 1, (last - first).days + 1
    return min(max(passed / whole, 0.0), 1.0) if whole > 0 else 1.0


def goal_line(goal: Goal, tallies: Iterable[Tally], today: date, currency: str) -> GoalLine:
    """A goal beside its fact; a level, and what should stay small, have no even pace to be compared with."""
    weights = weigh(tallies, currency)
    fact, spent = weights[goal.metric], weights["cost"]
    pace = _has_pace(goal.metric)
    expected = goal.target * elapsed(goal.first, goal.last, today) if pace else None
    return GoalLine(goal, _whole(fact), expected, _whole(spent), judge(goal, fact, expected, today))


def _has_pace(metric: str) -> bool:
    level = metric in METRICS and METRICS[metric].kind == Kind.LEVEL
    return not level and MEASURES[metric].better >= 0


def _whole(number: Number | None) -> int | None:
    return None if number is None else round(number)


def judge(goal: Goal, fact: Number | None, expected: float | None, today: date) -> Standing:
    """How the goal stands; where less is better the target is a limit."""
    if today < goal.first:
        return Standing.NOT_BEGUN
    if fact is None:
        return Standing.NO_DATA
    if MEASURES[goal.metric].better < 0:
        return Standing.OVER if fact > goal.target else Standing.ON_TRACK
    return _climbing(goal, fact, expected, today)


def _climbing(goal: Goal, fact: Number, expected: float | None, today: date) -> Standing:
    if fact >= goal.target:
        return Standing.DONE
    if today >= goal.last:
        return Standing.NOT_REACHED
    if expected is None:
        return Standing.UNDER_WAY
    return Standing.ON_TRACK if fact >= PACE * expected else Standing.BEHIND


def money_lines(
    budgets: Iterable[Budget],
    since_first: Mapping[str, Iterable[Tally]],
    now: Mapping[str, Iterable[Tally]],
    period: Period,
    currency: str,
) -> tuple[MoneyLine, ...]:
    """Budgets beside what was spent, of those that the period touches."""
    lines = []
    for budget in budgets:
        spent, in_period = (weigh(found.get(budget.key, ()), currency)["cost"] for found in (since_first, now))
        if touches(budget.first, budget.last, period) or in_period:
            lines.append(MoneyLine(budget, _whole(spent), _whole(in_period), _kept(budget, spent)))
    return tuple(lines)


def money_line(budget: Budget, spent: Iterable[Tally], currency: str) -> MoneyLine:
    """A budget beside all that was spent of it."""
    cost = weigh(spent, currency)["cost"]
    return MoneyLine(budget, _whole(cost), None, _kept(budget, cost))


def _kept(budget: Budget, spent: Number | None) -> Standing:
    if spent is None:
        return Standing.NO_DATA
    return Standing.OVER if budget.amount is not None and spent > budget.amount else Standing.ON_TRACK


def touches(first: date, last: date, period: Period) -> bool:
    return first <= period.last and last >= period.first
