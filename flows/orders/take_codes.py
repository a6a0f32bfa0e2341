"""A file with codes is made for whoever prints them."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import TakeCodesForm
from tasks.offering.steps import take_codes


@flow(name="take codes", flow_run_name=named(mark("A file with codes")))
async def file_with_codes(form: TakeCodesForm) -> State[None]:
    """Beside the company's folder; who took it stays written down."""
    return ended(take_codes(form))
