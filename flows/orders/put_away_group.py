"""A customer group is used no more, or again."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_forms import PutAwayGroupForm
from models.locale import mark
from tasks.groups.orders.steps import put_away


@flow(name="put-away-group", flow_run_name=named(mark("Put a customer group away")))
async def put_away_group(form: PutAwayGroupForm) -> State[None]:
    """Its history stays."""
    return ended(put_away(form))
