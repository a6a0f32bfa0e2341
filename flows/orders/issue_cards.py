"""Cards are given out."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.card_orders import IssueCardsForm
from models.locale import mark
from tasks.cards.steps import give_cards


@flow(name="issue-cards", flow_run_name=named(mark("Give cards out")))
async def issue_cards(form: IssueCardsForm) -> State[None]:
    """Who has a good card keeps it; everybody else gets one."""
    return ended(give_cards(form))
