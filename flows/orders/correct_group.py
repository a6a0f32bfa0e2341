"""Customers are added to a group or removed from it by hand."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_forms import CorrectGroupForm
from models.locale import mark
from tasks.groups.orders.steps import correct


@flow(name="correct-group", flow_run_name=named(mark("Correct a customer group by hand")))
async def correct_group(form: CorrectGroupForm) -> State[None]:
    """Each is answered for by number."""
    return ended(correct(form))
