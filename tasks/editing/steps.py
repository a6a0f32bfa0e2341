"""Step of correcting a piece: carried out at once, in one transaction, and answered in words."""

from models.editing import Correction
from models.ending import Ending
from models.locale import mark
from tasks.editing.engine import Editing
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Correct the piece"))
def correct_piece(order: Correction) -> Ending:
    """Save a new version of the piece, unless the desk has; its versions for the channels follow."""
    report = by_the_book(lambda: Editing(house()).correct(order))
    show("order", report.markdown(), report.title)
    return report.ending
