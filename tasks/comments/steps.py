"""Step of a comment on a piece."""

from prefect.runtime import flow_run

from models.editing import Remark
from models.ending import Ending
from models.locale import mark
from tasks.comments.engine import Comments
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Say it to colleagues"))
def say_to_colleagues(remark: Remark) -> Ending:
    """Keep the comment and tell whom it concerns, unless the desk has; a run that starts again repeats nothing."""
    once = f"run:{flow_run.id}"
    report = by_the_book(lambda: Comments(house()).comment(remark, once))
    show("order", report.markdown(), report.title)
    return report.ending
