"""A customer is erased on request."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.customer_orders import EraseCustomerForm
from models.locale import mark
from tasks.customers.record.steps import erase_record


@flow(name="erase-customer", flow_run_name=named(mark("Erase a customer")))
async def erase_customer(form: EraseCustomerForm) -> State[None]:
    """Everything personal goes; the stop-list keeps the prints of the addresses."""
    return ended(erase_record(form))
