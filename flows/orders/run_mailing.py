"""A mailing is paused, goes on, or is cancelled."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import RunMailingForm
from tasks.mailing.steps import run_mailing


@flow(name="run mailing", flow_run_name=named(mark("Pause or cancel a mailing")))
async def steer_mailing(form: RunMailingForm) -> State[None]:
    """Holds within seconds; what is out already stays out."""
    return ended(run_mailing(form))
