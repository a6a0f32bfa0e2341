"""Once more to those who did not open: a draft, and the group it goes to."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_reaction_orders import NonOpenersForm
from tasks.reactions_to_mailings.steps import write_to_non_openers


@flow(name="once more to non-openers", flow_run_name=named(mark("Once more to those who did not open")))
async def non_openers(form: NonOpenersForm) -> State[None]:
    """Make the group of those who did not open, and begin a draft for it."""
    return ended(write_to_non_openers(form))
