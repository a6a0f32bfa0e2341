"""A card is blocked or replaced."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.card_orders import CardForm
from models.locale import mark
from tasks.cards.steps import turn_card


@flow(name="card", flow_run_name=named(mark("A card: block, replace")))
async def change_card(form: CardForm) -> State[None]:
    """The old card is good no more, at once."""
    return ended(turn_card(form))
