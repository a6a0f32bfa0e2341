"""A mailing is approved, or returned with a reason."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import DecideMailingForm
from tasks.mailing.steps import decide_mailing


@flow(name="decide mailing", flow_run_name=named(mark("Approve a mailing")))
async def decide_about_mailing(form: DecideMailingForm) -> State[None]:
    """Write the decision down as stated; who must sign in is told where."""
    return ended(decide_mailing(form))
