"""What a run does about an order of the desk: it shows its answer, or carries it out where only a run does."""

from collections.abc import Callable

from prefect.runtime import flow_run

from models.database import now_by
from tasks.house import house
from tasks.orderbook import rows
from tasks.orderbook.broken import broken_off, may_follow
from tasks.orderbook.tags import order_of
from tasks.orders.answers import Report


def by_the_book(carry_out: Callable[[], Report], follows: bool = False) -> Report:
    """Carry an order out, unless the desk has; then what was said to whoever gave it is shown.

    One that the desk has left open, cut off by a kill, is not carried out behind everybody's back: meanwhile whoever
    gave it may have done something else. `follows`: this one is, while it is fresh, because it only makes stand still,
    or names what it was seen as.
    """
    at, id = house(), order_of(flow_run.tags or [])
    if not id:
        return carry_out()
    with at.reads() as session:
        found, now = rows.order(session, id), now_by(at.clock, session)
    if found is not None and found.carried_out_at:
        return Report.model_validate(found.said)
    is_cut_off = found is not None and not found.by_run and not (follows and may_follow(found.given_at, now))
    report = broken_off() if is_cut_off else carry_out()
    with at.sessions.begin() as session:
        rows.settle(session, at.clock, id, report.model_dump(mode="json"))
    return report
