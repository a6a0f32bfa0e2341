"""A4 · grouping by customer group: Match every piece that no specialist has grouped."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.grouping.steps import match_groups


class GroupingForm(Form):
    """Nothing needs to be filled in: it works on whatever is new."""


@flow(name="A4 · grouping by customer group", flow_run_name=named(mark("Match pieces to customer groups")))
async def grouping(form: GroupingForm = GroupingForm()) -> State[None]:  # noqa: B008  frozen
    """Match every piece that no specialist has grouped."""
    return ended(match_groups())
