"""Steps about the record of a customer."""

from models.customer_orders import EraseCustomerForm
from models.ending import Ending
from models.locale import mark
from tasks.customers.record.engine import Records
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step


@step(mark("Remove everything personal"))
def erase_record(form: EraseCustomerForm) -> Ending:
    """Erase a customer; the stop-list keeps the prints of their addresses."""
    return told(by_the_book(lambda: Records(house()).erase(form)))
