"""Somebody is away, and a deputy answers."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.staff import AbsenceForm
from tasks.people.steps import change_absence


@flow(name="absence", flow_run_name=named(mark("An absence")))
async def absence(form: AbsenceForm) -> State[None]:
    """Write the absence down, or strike it out."""
    return ended(change_absence(form))
