"""The links to a personal page are closed."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.card_orders import ClosePageForm
from models.locale import mark
from tasks.cards.steps import close_links


@flow(name="close-page", flow_run_name=named(mark("Close the links to a personal page")))
async def close_page(form: ClosePageForm) -> State[None]:
    """No link that was given out so far opens the page any more."""
    return ended(close_links(form))
