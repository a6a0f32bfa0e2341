"""A customer group is made."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_forms import MakeGroupForm
from models.locale import mark
from tasks.groups.orders.steps import make


@flow(name="make-group", flow_run_name=named(mark("Make a customer group")))
async def make_group(form: MakeGroupForm) -> State[None]:
    """It is made and built; whoever belongs in it is there at once."""
    return ended(make(form))
