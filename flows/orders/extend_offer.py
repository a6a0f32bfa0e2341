"""An offer, a batch of codes or one coupon holds longer."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import ExtendOfferForm
from tasks.offering.steps import extend_coupons


@flow(name="extend offer", flow_run_name=named(mark("Let coupons hold longer")))
async def extend_offer(form: ExtendOfferForm) -> State[None]:
    """A whole offer is approved again for it."""
    return ended(extend_coupons(form))
