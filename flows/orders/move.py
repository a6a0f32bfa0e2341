"""Move: a publication that is not yet going out gets a new time."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import TimedOrder
from tasks.orders.steps import move_publications
from tasks.posting.steps import announce_coming, lay_out_schedule


class MoveForm(TimedOrder):
    """Which publication to move, and to when."""

    model_config = ConfigDict(title=mark("Move a publication"))


@flow(name="move", flow_run_name=named(mark("Move a publication")))
async def move(form: MoveForm) -> State[None]:
    """Lay out the plan as it is now, give the new time, announce it in Prefect under a run of its own."""
    lay_out_schedule()
    done = move_publications(form)
    announce_coming(return_state=True)  # the order is carried out: where Prefect fails here, the next A8 announces it
    return ended(done)
