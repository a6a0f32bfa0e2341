"""Steps about customer groups: change, build, show. Nothing about anybody leaves them but numbers."""

from prefect import runtime

from integrations.errors import Refused
from models.ending import Ending
from models.group_orders import ANEW, REBUILDS, SHOW, GroupsForm
from models.letters import Ground
from models.locale import mark, translate
from tasks.groups.engine import Groups
from tasks.groups.orders.engine import GroupOrders
from tasks.groups.showing.engine import TITLE, Shown, ending_of
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.runs.steps import show
from tasks.step import step

FOR_MAILINGS = mark("Customer groups for mailings")
GROUNDS = {"advertising": Ground.ADVERTISING, "service message": Ground.SERVICE}


@step(mark("Change the customer groups"))
def change_groups(form: GroupsForm) -> Ending:
    """Correct a group by hand, or make one of the ready groups; nothing where only building or showing is meant."""
    if form.what in REBUILDS or form.what == SHOW:
        return Ending()
    return told(by_the_book(lambda: GroupOrders(house(), builds=False, behind="").ordered(form)))


@step(mark("Build the customer groups"))
def build_groups(operation: str, what: str, group: str) -> Ending:
    """Bring the groups up to today: those that changed, or all whole; each in a transaction of its own."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    if what == SHOW:
        return Ending(done=1, total=1)  # what was asked for is done by the next step
    try:
        keys = [key] if (key := Shown(at).key_of(group)) else []
        return ending_of(Groups(at).rebuild(operation, keys, what == ANEW, str(runtime.flow_run.id or "")))
    except Refused as refused:
        return Ending(total=1, remarks=(str(refused.reason),))


@step(mark("Show the customer groups"))
def show_groups(group: str) -> Ending:
    """Sizes, drift, coverage and overlap beside the run."""
    try:
        show("customer-groups", Shown(house()).shown(group), translate(TITLE))
    except Refused as refused:
        return Ending(total=1, remarks=(str(refused.reason),))
    return Ending()


@step(mark("Show whom mailings to the groups would reach"))
def show_reach(group: str, ground: str) -> Ending:
    """Recipients by kind of address beside the run, with consents, the stop-list and control groups applied."""
    try:
        show("mailing-groups", Shown(house()).reach_shown(group, GROUNDS[ground]), translate(FOR_MAILINGS))
    except Refused as refused:
        return Ending(total=1, remarks=(str(refused.reason),))
    return Ending()
