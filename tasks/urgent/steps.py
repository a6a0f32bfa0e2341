"""Step of «срочно»: a correction goes out at once, and its approval is asked for afterwards."""

from prefect import runtime

from models.ending import Ending
from models.locale import mark
from models.orders import UrgentOrder
from models.post import Value
from tasks.approval.steps import Asked, wait_for
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step
from tasks.urgent import rows
from tasks.urgent.engine import Hurrying


class LetOut(Value):
    """What was let out, and the question that is asked about it."""

    ending: Ending
    asked: Asked | None = None


@step(mark("Let it out at once"))
def let_out_at_once(order: UrgentOrder) -> LetOut:
    """Let the correction out, if the order was given by somebody who had signed in; typed here it is only stated."""
    at, run = house(), str(runtime.flow_run.id or "")
    hurrying = Hurrying(at.sessions, at.clock, at.workspace, at.staff_url, at.now)
    report = by_the_book(lambda: hurrying.let_out(order, proven=False))
    show("order", report.markdown(), report.title)
    with at.reads() as session:
        question = rows.question_about(session, [line.id for line in report.lines if line.done])
    return LetOut(ending=report.ending, asked=wait_for(at, question, run) if question else None)
