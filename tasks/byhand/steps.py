"""Step of a text by hand for one channel."""

from models.editing import HandText
from models.ending import Ending
from models.locale import mark
from tasks.byhand.engine import ByHand
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Write down the text for one channel"))
def write_by_hand(order: HandText) -> Ending:
    """Write, keep or put away a text for one channel, unless the desk has."""
    report = by_the_book(lambda: ByHand(house()).by_hand(order))
    show("order", report.markdown(), report.title)
    return report.ending
