"""The program of points is set."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.card_orders import PointsProgramForm
from models.locale import mark
from tasks.cards.steps import set_program


@flow(name="points-program", flow_run_name=named(mark("The program of points")))
async def points_program(form: PointsProgramForm) -> State[None]:
    """What points are worth and how they come, from now on."""
    return ended(set_program(form))
