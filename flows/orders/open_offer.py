"""What was stopped of an offer is redeemed again."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import OpenOfferForm
from tasks.offering.steps import open_coupons


@flow(name="open offer", flow_run_name=named(mark("Let stopped coupons be redeemed again")))
async def open_offer(form: OpenOfferForm) -> State[None]:
    """By whoever may release a Stop."""
    return ended(open_coupons(form))
