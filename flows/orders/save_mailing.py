"""What a mailing says is saved as its next version."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import SaveMailingForm
from tasks.mailing.steps import save_mailing


@flow(name="save mailing", flow_run_name=named(mark("What a mailing says")))
async def write_mailing(form: SaveMailingForm) -> State[None]:
    """Keep the version; an approval of the former one does not hold for it."""
    return ended(save_mailing(form))
