"""C3 · content of mailings: one is begun with a ready set of blocks, and written on the desk from there."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import ComposeMailingForm
from tasks.mailing.steps import make_mailing


@flow(name="C3 · mailing content", flow_run_name=named(mark("Content of a mailing")))
async def mailing_content(form: ComposeMailingForm) -> State[None]:
    """Begin a mailing: subject, preheader, blocks, with the products and the brand of now."""
    return ended(make_mailing(form))
