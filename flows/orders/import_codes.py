"""Somebody else's codes are taken in."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import ImportCodesForm
from tasks.offering.steps import import_codes


@flow(name="import codes", flow_run_name=named(mark("Take codes in from a file")))
async def take_codes_in(form: ImportCodesForm) -> State[None]:
    """The same file again adds nothing."""
    return ended(import_codes(form))
