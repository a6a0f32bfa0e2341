"""The approval of an offer is asked for."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import AskOfferForm
from tasks.offering.steps import ask_offer


@flow(name="ask offer", flow_run_name=named(mark("Ask for approval of an offer")))
async def ask_about_offer(form: AskOfferForm) -> State[None]:
    """Whoever decides is told what it says."""
    return ended(ask_offer(form))
