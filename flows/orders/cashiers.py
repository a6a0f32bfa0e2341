"""The devices of the cashier's page and their cashiers are listed, or one is taken off."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.cashier_orders import CashiersForm
from models.locale import mark
from tasks.tending_cashiers.steps import tend_cashiers


@flow(name="cashiers", flow_run_name=named(mark("Cashiers and their devices")))
async def cashiers(form: CashiersForm) -> State[None]:
    """List them or take one off; pairing codes and PINs are made where nobody else can read them."""
    return ended(tend_cashiers(form))
