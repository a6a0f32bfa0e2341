"""Steps about cards, points and personal pages."""

import secrets

from prefect.runtime import flow_run

from models.card_orders import CardForm, ClosePageForm, CorrectPointsForm, IssueCardsForm, PointsProgramForm
from models.ending import Ending
from models.locale import mark
from tasks.cards.crediting.engine import Upkeep
from tasks.cards.engine import CardOrders
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step


def orders() -> CardOrders:
    return CardOrders(house(), secrets.randbelow)


@step(mark("Give cards out"))
def give_cards(form: IssueCardsForm) -> Ending:
    """Cards for a customer, or for a group."""
    return told(by_the_book(lambda: orders().issue(form)))


@step(mark("Put the card out of use"))
def turn_card(form: CardForm) -> Ending:
    """Block a card or replace it."""
    return told(by_the_book(lambda: orders().card(form)))


@step(mark("Correct the points"))
def correct_by_hand(form: CorrectPointsForm) -> Ending:
    """Add points or take them, with a reason; this run does it once."""
    return told(by_the_book(lambda: orders().points(form, str(flow_run.id))))


@step(mark("Set the program of points"))
def set_program(form: PointsProgramForm) -> Ending:
    """Another program holds from now on."""
    return told(by_the_book(lambda: orders().program(form)))


@step(mark("Close the links"))
def close_links(form: ClosePageForm) -> Ending:
    """No link to this personal page works that was given out so far."""
    return told(by_the_book(lambda: orders().close_page(form)))


@step(mark("Count receipts, end points"))
def keep_points() -> Ending:
    """Count the receipts, let points end, tell the registry."""
    upkeep = Upkeep(house())
    counted = upkeep.count()
    upkeep.expire()
    upkeep.tell()
    return Ending(done=counted, total=counted)
