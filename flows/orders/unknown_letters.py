"""A person says what became of letters whose outcome is unknown."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import UnknownLettersForm
from tasks.mailing.steps import decide_unknown_letters


@flow(name="unknown letters", flow_run_name=named(mark("Letters whose outcome is unknown")))
async def clear_up_letters(form: UnknownLettersForm) -> State[None]:
    """Settle them; those that did not arrive go out again, under another key."""
    return ended(decide_unknown_letters(form))
