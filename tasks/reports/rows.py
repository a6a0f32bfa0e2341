"""What the registry and the deliveries say of a period: everything a report is made from, in one look.

Sessions are given; nothing here opens or commits one. A goal of a level metric (members) is measured over the whole
registry, because a channel's members belong to no goal; any other goal over the facts that name it.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from models.delivery import FOR_A_PERSON
from models.registry import METRICS, Kind, Tally
from tasks.registry.rows import planned, tally, unrecorded, waiting
from tasks.reports.period import Period, midnight
from tasks.reports.standing import touches
from tasks.reports.values import Due, Facts, Goal, Plan, Stuck

BY = ("campaign", "goal", "channel", "customer_group", "person", "fund")
LISTED = 50


def gather(session: Session, plan: Plan, period: Period) -> Facts:
    """Read the facts of the period, of the one before, and of every goal and budget since its first day."""
    return Facts(
        tallies=tuple(tally(session, period.bounds, BY)),
        pieces=tuple(tally(session, period.bounds, ("subject_id",), {"subject_kind": "piece"})),
        days=tuple(tally(session, period.day_bounds, ("channel",))),
        goals={goal.key: _attained(session, goal, period) for goal in plan.goals},
        campaigns={one.key: _since(session, one.first, one.last, period, campaign=one.key) for one in plan.campaigns},
        funds={one.key: _since(session, one.first, one.last, period, fund=one.key) for one in plan.funds},
        due=_due(session, period),
        stuck=_stuck(session, period),
        unrecorded=len(unrecorded(session, period.since, period.until)),
    )


def _attained(session: Session, goal: Goal, period: Period) -> tuple[Tally, ...]:
    level = goal.metric in METRICS and METRICS[goal.metric].kind == Kind.LEVEL
    return _since(session, goal.first, goal.last, period, **({} if level else {"goal": goal.key}))


def _since(session: Session, first: date, last: date, period: Period, **where: str) -> tuple[Tally, ...]:
    """The sums from the first day to the last day of the period, or to the own last one."""
    if not touches(first, last, period):
        return ()
    end = min(last, period.last) + timedelta(days=1)
    narrowed: Mapping[str, str] = where
    return tuple(tally(session, (midnight(first, period.zone), midnight(end, period.zone)), (), narrowed))


def _due(session: Session, period: Period) -> tuple[Due, ...]:
    found = planned(session, period.since, period.until)
    return tuple(Due(one.subject_id, one.channel, one.campaign, one.state, one.number) for one in found)


def _stuck(session: Session, period: Period) -> tuple[Stuck, ...]:
    found = waiting(session, period.since, period.until, FOR_A_PERSON, LISTED)
    return tuple(Stuck(one.subject_id, one.channel, one.state, one.due_at, one.reason) for one in found)
