"""An offer is approved, or returned with a reason."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import DecideOfferForm
from tasks.offering.steps import decide_offer


@flow(name="decide offer", flow_run_name=named(mark("Approve an offer")))
async def decide_about_offer(form: DecideOfferForm) -> State[None]:
    """Write the decision down as stated; who must sign in is told where."""
    return ended(decide_offer(form))
