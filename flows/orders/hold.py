"""Hold: a publication waits for a person instead of its time."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import RepeatedOrder
from tasks.orders.steps import hold_publications


class HoldForm(RepeatedOrder):
    """Which publication to hold; it goes out only after somebody has restored it."""

    model_config = ConfigDict(title=mark("Hold a publication"))


@flow(name="hold", flow_run_name=named(mark("Hold a publication")))
async def hold(form: HoldForm) -> State[None]:
    """Hold what is not yet going out; of the rest say why it was too late."""
    return ended(hold_publications(form))
