"""An offer, a batch of codes or one coupon is stopped."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import StopOfferForm
from tasks.offering.steps import stop_coupons


@flow(name="stop offer", flow_run_name=named(mark("Stop coupons")))
async def stop_offer(form: StopOfferForm) -> State[None]:
    """The next redemption sees it."""
    return ended(stop_coupons(form))
