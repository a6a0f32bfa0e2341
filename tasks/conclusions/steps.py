"""Steps of conclusions: the head's words about a month are kept, and its report is made with them."""

from prefect import runtime

from models.ending import Ending
from models.locale import mark
from models.planning import ConclusionOrder
from tasks.conclusions.engine import Conclusions
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Keep the conclusion"))
def keep_conclusion(order: ConclusionOrder) -> Ending:
    """Keep the head's words about a month; a repeated step keeps them once."""
    once = f"run-{runtime.flow_run.id or ''}"
    report = by_the_book(lambda: Conclusions(house()).conclude(order, once))
    show("conclusion", report.markdown(), report.title)
    return report.ending
