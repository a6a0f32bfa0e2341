"""Step of keeping nothing longer than it is needed: subscriptions that nobody confirmed."""

from models.ending import Ending
from models.locale import mark, translate
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.subscribing.engine import Subscribing

TITLE = mark("Subscriptions that nobody confirmed")
FORGOTTEN = mark("Never confirmed: {closed}; of these, nothing personal is kept any more of {gone}.")


@step(mark("Forget subscriptions that nobody confirmed"))
def forget_unconfirmed() -> Ending:
    """Close them, and remove whoever is known by nothing but such a form; the ledger keeps the prints."""
    subscribing = Subscribing(house())
    closed, gone = subscribing.forget()
    if closed:
        show("forgotten", translate(FORGOTTEN, closed=closed, gone=gone), translate(TITLE))
    return Ending(done=closed, total=closed, remarks=tuple(map(str, subscribing.remarks())))
