"""A customer group is changed."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_forms import ChangeGroupForm
from models.locale import mark
from tasks.groups.orders.steps import change


@flow(name="change-group", flow_run_name=named(mark("Change a customer group")))
async def change_group(form: ChangeGroupForm) -> State[None]:
    """Its next version is written down, and it is built."""
    return ended(change(form))
