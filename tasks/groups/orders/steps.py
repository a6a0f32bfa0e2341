"""Steps of orders about customer groups, each carried out at once."""

from models.ending import Ending
from models.group_forms import BuildGroupsForm, ChangeGroupForm, CorrectGroupForm, MakeGroupForm, PutAwayGroupForm
from models.locale import mark
from tasks.groups.orders.engine import GroupOrders
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.step import step


@step(mark("Make the group"))
def make(form: MakeGroupForm) -> Ending:
    """Make a group and build it."""
    return told(by_the_book(lambda: GroupOrders(house()).make(form)))


@step(mark("Change the group"))
def change(form: ChangeGroupForm) -> Ending:
    """Change a group, as its next version, and build it."""
    return told(by_the_book(lambda: GroupOrders(house()).change(form)))


@step(mark("Correct the group by hand"))
def correct(form: CorrectGroupForm) -> Ending:
    """Add customers to a group or remove them, and build it."""
    return told(by_the_book(lambda: GroupOrders(house()).correct(form)))


@step(mark("Put the group away, or bring it back"))
def put_away(form: PutAwayGroupForm) -> Ending:
    """Use a group no more, or again."""
    return told(by_the_book(lambda: GroupOrders(house()).put_away(form)))


@step(mark("Build the groups"))
def build(form: BuildGroupsForm) -> Ending:
    """Find out who belongs in groups now."""
    return told(by_the_book(lambda: GroupOrders(house()).build(form)))
