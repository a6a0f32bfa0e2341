"""An outlet has confirmed an instruction by telephone or on paper."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.trade_forms import ConfirmInstructionForm
from tasks.trade.steps import confirm_instruction


@flow(name="confirm instruction", flow_run_name=named(mark("An outlet has confirmed")))
async def outlet_confirmed(form: ConfirmInstructionForm) -> State[None]:
    """Write down who confirmed it."""
    return ended(confirm_instruction(form))
