"""A dropped table of customers is loaded: who is known, how to reach them, what they agreed to."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Dropped
from tasks.dropping.steps import load_dropped_customers


class LoadCustomersForm(Dropped):
    """Which dropped table of customers to load."""

    model_config = ConfigDict(title=mark("Load dropped customers"))


@flow(name="load customers", flow_run_name=named(mark("Load dropped customers")))
async def load_customers(form: LoadCustomersForm) -> State[None]:
    """Load it, some rows at a time; killed in the middle it goes on where it was."""
    return ended(load_dropped_customers(form.drop, form.seen, form.person))
