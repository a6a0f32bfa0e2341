"""A dropped table of purchases is loaded: who bought what, when and where."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Dropped
from tasks.dropping.steps import load_dropped_purchases


class LoadPurchasesForm(Dropped):
    """Which dropped table of purchases to load."""

    model_config = ConfigDict(title=mark("Load dropped purchases"))


@flow(name="load purchases", flow_run_name=named(mark("Load dropped purchases")))
async def load_purchases(form: LoadPurchasesForm) -> State[None]:
    """Load it, some receipts at a time; killed in the middle it goes on where it was."""
    return ended(load_dropped_purchases(form.drop, form.seen, form.person))
