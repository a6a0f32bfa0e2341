"""Some of an offer is changed."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import ChangeOfferForm
from tasks.offering.steps import change_offer


@flow(name="change offer", flow_run_name=named(mark("Change an offer")))
async def some_of_an_offer(form: ChangeOfferForm) -> State[None]:
    """Only what harms no holder, once codes are out."""
    return ended(change_offer(form))
