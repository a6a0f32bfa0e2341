"""Cancel: a publication that is not yet going out never will."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import RepeatedOrder
from tasks.orders.steps import cancel_publications


class CancelForm(RepeatedOrder):
    """Which publication to cancel; of a piece, its publications in all channels or in one."""

    model_config = ConfigDict(title=mark("Cancel a publication"))


@flow(name="cancel", flow_run_name=named(mark("Cancel a publication")))
async def cancel(form: CancelForm) -> State[None]:
    """Cancel what is not yet going out; of the rest say why it was too late."""
    return ended(cancel_publications(form))
