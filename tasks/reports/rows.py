"""What the registry and the deliveries say of a period: everything a report is made from, in one look.

Sessions are given; nothing here opens or commits one. A goal of a level metric (members) is measured over the whole
registry, because a channel's members belong to no goal; any other goal over the facts that name it.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.delivery import FOR_A_PERSON, OUT, Verb
from models.piece import Piece
from models.registry import METRICS, Kind, Tally
from tasks.registry.rows import D, planned, tally, unrecorded, waiting
from tasks.reports.period import Period, midnight
from tasks.reports.standing import touches
from tasks.reports.values import Card, Due, Facts, Goal, Plan, Stuck

BY = ("campaign", "goal", "channel", "customer_group", "person", "fund")
LISTED = 50
AT_ONCE = 10_000
EVER = date(2000, 1, 1)


def gather(session: Session, plan: Plan, period: Period, now: datetime) -> Facts:
    """Read the facts of the period, of the one before, and of every goal and budget since it began."""
    return Facts(
        tallies=tuple(tally(session, period.bounds, BY)),
        pieces=tuple(tally(session, period.bounds, ("subject_id",), {"subject_kind": "piece"})),
        days=tuple(tally(session, period.day_bounds, ("channel",))),
        goals={goal.key: _attained(session, goal, period) for goal in plan.goals},
        campaigns={one.key: _since(session, EVER, period.last, period, campaign=one.key) for one in plan.campaigns},
        funds={one.key: _since(session, one.first, one.last, period, fund=one.key) for one in plan.funds},
        due=_due(session, period, now),
        stuck=_stuck(session, period),
        unrecorded=len(unrecorded(session, period.since, period.until)),
    )


def cards(session: Session, period: Period, pieces: Collection[str]) -> dict[str, Card]:
    """These pieces by their id, those that left the plan too, with where they were first published in the period."""
    links, wanted = _links(session, period), sorted(int(id) for id in pieces if id.isdecimal())
    of = (col(Piece.id), col(Piece.title), col(Piece.author), col(Piece.goal), col(Piece.customer_group))
    return {
        str(id): Card(title=title, author=author, goal=goal, customer_group=group, link=links.get(str(id), ""))
        for start in range(0, len(wanted), AT_ONCE)
        for id, title, author, goal, group in session.execute(
            select(*of).where(col(Piece.id).in_(wanted[start : start + AT_ONCE]))
        )
    }


def _links(session: Session, period: Period) -> dict[str, str]:
    out = (D.verb == Verb.PUBLISH, D.subject_kind == "piece", D.state.in_(OUT), D.url.startswith("http"))
    query = select(D.subject_id, D.url).where(*out, D.sent_at >= period.since, D.sent_at < period.until)
    links: dict[str, str] = {}
    for piece, url in session.execute(query.order_by(D.sent_at, D.id)):
        links.setdefault(piece, url)
    return links


def attained(session: Session, goal: Goal, last: date, zone: str) -> tuple[Tally, ...]:
    """What has been reached of a goal from its first day to this one, or to its own last."""
    level = goal.metric in METRICS and METRICS[goal.metric].kind == Kind.LEVEL
    where = {"metric": goal.metric} if level else {"goal": goal.key}
    return _summed(session, goal.first, min(goal.last, last), zone, where)


def _attained(session: Session, goal: Goal, period: Period) -> tuple[Tally, ...]:
    touched = touches(goal.first, goal.last, period)
    return attained(session, goal, period.last, period.zone) if touched else ()


def _since(session: Session, first: date, last: date, period: Period, **where: str) -> tuple[Tally, ...]:
    """The sums from the first day to the last day of the period, or to the own last one."""
    if not touches(first, last, period):
        return ()
    return _summed(session, first, min(last, period.last), period.zone, where)


def _summed(session: Session, first: date, last: date, zone: str, where: Mapping[str, str]) -> tuple[Tally, ...]:
    bounds = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    return tuple(tally(session, bounds, (), where))


def _due(session: Session, period: Period, now: datetime) -> tuple[Due, ...]:
    found = planned(session, period.since, period.until, now)
    return tuple(Due(one.subject_id, one.channel, one.campaign, one.state, one.number, one.ahead) for one in found)


def _stuck(session: Session, period: Period) -> tuple[Stuck, ...]:
    found = waiting(session, period.since, period.until, FOR_A_PERSON, LISTED)
    return tuple(Stuck(one.subject_id, one.channel, one.state, one.due_at, one.reason) for one in found)
