"""Whom time alone may bring into a group or out of it between two days: those whose dates a window has passed. Pure.

More may be named than move, never fewer: they are looked at, and nobody else. What is relative to all others, as a
score is, moves everybody.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from models.customers import ConsentAct, Purpose
from models.group_rules import (
    Agreed,
    Birthday,
    Bought,
    Condition,
    Counted,
    Joined,
    Purchases,
    Reacted,
    Rule,
    Scored,
    Today,
    conditions,
)
from tasks.groups.reactions import reactions
from tasks.groups.selection import born
from tasks.groups.sources import A, C, R
from tasks.groups.windows import AsOf, Span, gap, within


def moves_everybody(rule: Rule | None, former: AsOf, now: AsOf) -> bool:
    """Whether anybody at all may have come or gone, even where nothing changed about them."""
    return rule is not None and any(_moves_everybody(one, former, now) for one in conditions(rule))


def _moves_everybody(one: Condition, former: AsOf, now: AsOf) -> bool:
    if isinstance(one, Today):
        return former.contains(one.period) != now.contains(one.period)
    return isinstance(one, Scored)


def moved(rule: Rule | None, former: AsOf, now: AsOf) -> list[Select[Any]]:
    """Queries for the ids of whoever may have moved since then; none where it is the same day."""
    if rule is None or former.day == now.day:
        return []
    return list(dict.fromkeys(query for one in conditions(rule) for query in _of(one, former, now)))


def _of(one: Condition, former: AsOf, now: AsOf) -> Iterator[Select[Any]]:
    if isinstance(one, Bought | Counted):
        yield from (_buyers(span) for span in _purchases(one.what, former, now))
    if isinstance(one, Counted) and one.measure in ("first", "last"):
        bounds = (day.since_days_ago(one.is_, int(one.value)) for day in (former, now))
        yield from (_buyers(span) for before, after in zip(*bounds, strict=True) for span in gap(before, after))
    if isinstance(one, Birthday):
        yield select(C.id).where(born(former.birthdays(one.side, one.days) ^ now.birthdays(one.side, one.days)))
    if isinstance(one, Joined):
        bounds_ = zip(former.bounds(one.period), now.bounds(one.period), strict=True)
        yield from (select(C.id).where(within(C.created_at, *span)) for pair in bounds_ for span in gap(*pair))
    if isinstance(one, Agreed):
        yield from (_agreeing(one, span) for span in gap(former.ends, now.ends))
    if isinstance(one, Reacted):
        yield reactions().moved(one, former, now)


def _purchases(what: Purchases, former: AsOf, now: AsOf) -> Iterator[Span]:
    for before, after in zip(former.bounds(what.period), now.bounds(what.period), strict=True):
        yield from gap(before, after)


def _buyers(span: Span) -> Select[Any]:
    return select(R.customer_id).where(R.customer_id.is_not(None), within(R.at, *span))


def _agreeing(one: Agreed, span: Span) -> Select[Any]:
    """Those about whom, or about whose address, something was said under a date that has come meanwhile."""
    said = (col(ConsentAct.purpose) == one.purpose.value, within(col(ConsentAct.at), *span))
    if one.purpose is Purpose.PERSONAL:
        return select(C.id).where(C.id.in_(select(col(ConsentAct.customer_id)).where(*said)))
    return select(A.c.customer_id).where(A.c.print.in_(select(col(ConsentAct.print)).where(*said)))
