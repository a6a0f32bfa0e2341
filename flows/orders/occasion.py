"""Occasion: one comes into the calendar by hand, is put aside, or brought back."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.planning import OccasionOrder
from tasks.occasions.steps import correct_occasions


class OccasionForm(OccasionOrder):
    """An occasion you know of, or one that is not for us."""

    model_config = ConfigDict(title=mark("Calendar of occasions: add, put aside"))


@flow(name="occasion", flow_run_name=named(mark("Calendar of occasions: add, put aside")))
async def occasion(form: OccasionForm) -> State[None]:
    """Correct the calendar; what a person said stands whatever the sources tell."""
    return ended(correct_occasions(form))
