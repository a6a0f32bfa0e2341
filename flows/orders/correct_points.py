"""Points are corrected by hand."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.card_orders import CorrectPointsForm
from models.locale import mark
from tasks.cards.steps import correct_by_hand


@flow(name="correct-points", flow_run_name=named(mark("Correct points by hand")))
async def correct_points(form: CorrectPointsForm) -> State[None]:
    """A line of the ledger, with its other side and its reason."""
    return ended(correct_by_hand(form))
