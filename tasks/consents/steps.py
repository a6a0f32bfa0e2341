"""Steps about consents and the stop-list, each carried out at once, in one transaction."""

from models.customer_orders import ConsentForm, StopListForm
from models.ending import Ending
from models.locale import mark
from tasks.consents.engine import Consents
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step


@step(mark("Write the consent down"))
def record_consent(form: ConsentForm) -> Ending:
    """Write a consent, given or withdrawn, into the ledger."""
    return told(by_the_book(lambda: Consents(house()).consent(form)))


@step(mark("Change the stop-list"))
def change_stop_list(form: StopListForm) -> Ending:
    """Put a customer's addresses into the stop-list, or take them out of it."""
    return told(by_the_book(lambda: Consents(house()).stop_list(form)))
