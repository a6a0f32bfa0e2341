"""Steps about the cashier's page. Neither a pairing code nor a PIN is made here: what Prefect shows is read by many."""

from models.cashier_orders import CashiersForm
from models.ending import Ending
from models.locale import mark
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step
from tasks.tending_cashiers.engine import Tending


@step(mark("Look after cashiers and their devices"))
def tend_cashiers(form: CashiersForm) -> Ending:
    """List them, or take one off."""
    return told(by_the_book(lambda: Tending(house()).tend(form)))
