"""To whom a mailing goes, by whom and when."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import SetUpMailingForm
from tasks.mailing.steps import set_up_mailing


@flow(name="set up mailing", flow_run_name=named(mark("To whom and when")))
async def arrange_mailing(form: SetUpMailingForm) -> State[None]:
    """Choose groups, mailer, time and shares; whoever approved others is asked again."""
    return ended(set_up_mailing(form))
