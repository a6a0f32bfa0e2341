"""Steps about outlets and the keys of their tills. A key is never made here: what Prefect shows is read by many."""

from models.ending import Ending
from models.locale import mark
from models.staff import OutletForm, TillKeyForm
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.outlets.engine import Shops
from tasks.step import step


@step(mark("Write the outlet into company.yaml"))
def change_outlet(form: OutletForm) -> Ending:
    """Open, change or close an outlet."""
    return told(by_the_book(lambda: Shops(house()).outlet(form)))


@step(mark("Look after the keys of the tills"))
def tend_till_keys(form: TillKeyForm) -> Ending:
    """List the keys, or revoke one."""
    return told(by_the_book(lambda: Shops(house()).keys(form)))
