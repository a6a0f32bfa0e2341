"""C8 · coupons and offers: an offer written from a form or a text, checked, and put to whoever approves."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import CouponsForm
from tasks.offering.steps import write_and_ask


@flow(name="C8 · coupons and offers", flow_run_name=named(mark("Write an offer and ask for its approval")))
async def coupons(form: CouponsForm) -> State[None]:
    """What is wrong is said by field; what is right is asked about at once. Codes follow its approval."""
    return ended(write_and_ask(form))
