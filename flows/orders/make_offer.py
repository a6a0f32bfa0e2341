"""An offer is written."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import MakeOfferForm
from tasks.offering.steps import write_offer


@flow(name="make offer", flow_run_name=named(mark("Write an offer")))
async def make_offer(form: MakeOfferForm) -> State[None]:
    """Its next version, where it is there already."""
    return ended(write_offer(form))
