"""Points by the calendar: receipts are counted, what is over ends, the registry hears what is owed."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.cards.steps import keep_points


class PointsForm(Form):
    """Nothing needs to be filled in: what has come is counted, what is over ends."""


@flow(name="points", flow_run_name=named(mark("Points of the day")))
async def points_of_the_day(form: PointsForm = PointsForm()) -> State[None]:  # noqa: B008  frozen
    """Points for purchases, points that end, and what the company owes by them."""
    return ended(keep_points())
