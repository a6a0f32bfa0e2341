"""The approval of a mailing is asked for."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import AskMailingForm
from tasks.mailing.steps import ask_mailing


@flow(name="ask mailing", flow_run_name=named(mark("Ask for approval of a mailing")))
async def ask_about_mailing(form: AskMailingForm) -> State[None]:
    """Check it, keep what would be sent, ask whoever decides."""
    return ended(ask_mailing(form))
