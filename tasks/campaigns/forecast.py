"""What is to be expected of a goal if it goes on as it has gone, said in plain words. Pure."""

from collections.abc import Callable
from datetime import date, timedelta

from models.locale import mark, translate, translate_plural
from tasks.reports.measures import MEASURES
from tasks.reports.numbers import say, say_day, say_share
from tasks.reports.standing import elapsed
from tasks.reports.values import GoalLine

BEGINS = (mark("It begins in {number} day."), mark("It begins in {number} days."))
NOTHING = mark(
    "Nothing is known of it yet. Name the goal in the content plan or in a campaign, or record results for it: "
    "then they count."
)
REACHED = mark("It is reached.")
REACHED_EARLY = (
    mark("It is reached, {number} day before its end."),
    mark("It is reached, {number} days before its end."),
)
ENDED_SHORT = mark("It ended {short} short.")
WITHIN = mark("The limit is kept: {left} is left of it.")
BROKEN = mark("The limit is broken by {over}.")
TO_GO = (
    mark("{short} is still to go, and {number} day is left."),
    mark("{short} is still to go, and {number} days are left."),
)
IN_TIME = mark("If it goes on like this, it is reached about {day}.")
AT_THE_END = mark("If it goes on like this, it is reached on its last day.")
SHORT = mark(
    "If it goes on like this, {expected} is reached by {day}: {short} short. "
    "A day needs {needed} from now on; so far it has brought {pace}."
)
GONE = (
    mark("{share} of its time is gone, {number} day is left"),
    mark("{share} of its time is gone, {number} days are left"),
)
TO_COME = mark("not begun")
ALL_GONE = mark("its time is over")


def gone(first: date, last: date, today: date) -> str:
    """How much of the time is gone."""
    if today < first:
        return translate(TO_COME)
    if today > last:
        return translate(ALL_GONE)
    return translate_plural(*GONE, (last - today).days, share=say_share(elapsed(first, last, today)))


def forecast(line: GoalLine, today: date, currency: str) -> str:
    """One or two sentences about how the goal will end."""
    goal = line.goal
    if today < goal.first:
        return translate_plural(*BEGINS, (goal.first - today).days)
    if line.fact is None:
        return translate(NOTHING)

    def said(number: float) -> str:
        return say(number, MEASURES[goal.metric].shape, currency)

    if MEASURES[goal.metric].better < 0:
        over = line.fact - goal.target
        return translate(BROKEN, over=said(over)) if over > 0 else translate(WITHIN, left=said(-over))
    if line.fact >= goal.target:
        return _reached(goal.last, today)
    if today > goal.last:
        return translate(ENDED_SHORT, short=said(goal.target - line.fact))
    return _ahead(line, today, said)


def _reached(last: date, today: date) -> str:
    left = (last - today).days
    return translate_plural(*REACHED_EARLY, left) if left > 0 else translate(REACHED)


def _ahead(line: GoalLine, today: date, said: Callable[[float], str]) -> str:
    """Not reached yet, and there is time: where the pace of so far leads, for what has a pace."""
    goal, fact = line.goal, line.fact or 0
    left = (goal.last - today).days
    if line.expected is None:
        return translate_plural(*TO_GO, left, short=said(goal.target - fact))
    passed = (today - goal.first).days + 1
    pace = fact / passed
    projected = fact + pace * left
    if projected >= goal.target:
        day = goal.first + timedelta(days=min(int(goal.target / pace), (goal.last - goal.first).days))
        return translate(AT_THE_END) if day >= goal.last else translate(IN_TIME, day=say_day(day))
    needed = (goal.target - fact) / max(left, 1)
    words = {"expected": projected, "short": goal.target - projected, "needed": needed, "pace": pace}
    return translate(SHORT, day=say_day(goal.last), **{name: said(number) for name, number in words.items()})
