"""Step of the company's tables: whichever has changed is loaded before the groups are built."""

from prefect import runtime

from models.ending import Ending
from models.group_orders import REBUILDS
from models.locale import mark, translate
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.tables.engine import Tables
from tasks.tables.told import TITLE, ending_of, markdown


@step(mark("Load the company's tables"))
def load_tables(what: str, wanted: bool) -> Ending:
    """Load the tables that company.yaml names, where they are not as they were; only before a rebuild."""
    at = house()
    if not wanted or what not in REBUILDS or at.unreadable():
        return Ending()
    told = Tables(at, str(runtime.flow_run.id or "")).load()
    if told:
        show("company-tables", markdown(told), translate(TITLE))
    return ending_of(told)
