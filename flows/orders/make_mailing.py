"""A mailing is begun."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import MakeMailingForm
from tasks.mailing.steps import make_mailing


@flow(name="make mailing", flow_run_name=named(mark("Begin a mailing")))
async def begin_mailing(form: MakeMailingForm) -> State[None]:
    """Write its first version; its author goes on from there."""
    return ended(make_mailing(form))
