"""C4 · styling of mailings: made ready by the brand and the rules of mailboxes, checked, and asked about."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import CheckMailingForm
from tasks.mailing.steps import check_and_ask, check_mailing


@flow(name="C4 · mailing styling", flow_run_name=named(mark("Styling and check of a mailing")))
async def mailing_styling(form: CheckMailingForm) -> State[None]:
    """Make the mailing ready, check it with all its links, and ask for its approval where that is wanted."""
    return ended(check_and_ask(form) if form.ask else check_mailing(form))
