"""The better variant goes to whoever waited for it."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.mailing_orders import WinnerForm
from tasks.mailing.steps import let_winner_out


@flow(name="choose winner", flow_run_name=named(mark("Choose the winning variant")))
async def choose_winner(form: WinnerForm) -> State[None]:
    """Let it out to everybody who waited."""
    return ended(let_winner_out(form))
