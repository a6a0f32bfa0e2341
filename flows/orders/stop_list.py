"""A customer's addresses are put into the stop-list, or taken out of it."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.customer_orders import StopListForm
from models.locale import mark
from tasks.consents.steps import change_stop_list


@flow(name="stop-list", flow_run_name=named(mark("The stop-list of addresses")))
async def stop_list(form: StopListForm) -> State[None]:
    """Nothing is sent to an address from this moment on, or it may be sent to again."""
    return ended(change_stop_list(form))
