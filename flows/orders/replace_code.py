"""A code that does not work is replaced."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import ReplaceCodeForm
from tasks.offering.steps import replace_code


@flow(name="replace code", flow_run_name=named(mark("Give another code for one that does not work")))
async def give_another_code(form: ReplaceCodeForm) -> State[None]:
    """With what is left of its uses; the reason stays in both histories."""
    return ended(replace_code(form))
