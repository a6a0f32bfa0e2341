"""Steps about what was dropped on the desk: each applies one dropped file, unless the desk has done so already."""

from models.ending import Ending
from models.locale import mark
from tasks.dropping.applying import engine
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step


@step(mark("Load the dropped plan"))
def load_dropped_plan(drop: int, seen: str, left_out: list[str], cancelled: list[str], person: str) -> Ending:
    """Load the plan as its difference was looked at, but for the rows taken out."""
    return told(by_the_book(lambda: engine.load_plan(house(), drop, seen, left_out, cancelled, person), follows=True))


@step(mark("Replace the product feed"))
def replace_product_feed(drop: int, source: str, seen: str, person: str) -> Ending:
    """Let the dropped feed take the place of the company's, and take its products over."""
    return told(by_the_book(lambda: engine.load_products(house(), drop, source, seen, person), follows=True))


@step(mark("Load the customers"))
def load_dropped_customers(drop: int, seen: str, person: str) -> Ending:
    """Load the dropped table of customers, some rows at a time."""
    return told(by_the_book(lambda: engine.load_customers(house(), drop, seen, person), follows=True))


@step(mark("Load the purchases"))
def load_dropped_purchases(drop: int, seen: str, person: str) -> Ending:
    """Load the dropped table of purchases, some receipts at a time."""
    return told(by_the_book(lambda: engine.load_purchases(house(), drop, seen, person), follows=True))


@step(mark("Put the pictures into the folder"))
def put_dropped_pictures(drop: int, replaced: list[str], both: list[str], seen: str, person: str) -> Ending:
    """Put the dropped pictures into the company's folder of pictures."""
    return told(by_the_book(lambda: engine.load_pictures(house(), drop, replaced, both, seen, person), follows=True))
