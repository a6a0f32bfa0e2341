"""A mailing is sent to colleagues as a test."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import TestMailingForm
from tasks.mailing.steps import test_mailing


@flow(name="test mailing", flow_run_name=named(mark("Send a test")))
async def try_mailing(form: TestMailingForm) -> State[None]:
    """Send it as one customer would get it; nothing of it is counted."""
    return ended(test_mailing(form))
