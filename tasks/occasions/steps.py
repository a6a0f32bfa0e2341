"""Step of the calendar: what a person says of an occasion."""

from models.ending import Ending
from models.locale import mark
from models.planning import OccasionOrder
from tasks.house import house
from tasks.occasions.engine import Occasions
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Correct the calendar of occasions"))
def correct_occasions(order: OccasionOrder) -> Ending:
    """Add an occasion, put one aside, or bring one back."""
    report = by_the_book(lambda: Occasions(house()).carry_out(order))
    show("occasion", report.markdown(), report.title)
    return report.ending
