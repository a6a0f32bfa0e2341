"""A customer's consent is written down: given or withdrawn."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.customer_orders import ConsentForm
from models.locale import mark
from tasks.consents.steps import record_consent


@flow(name="consent", flow_run_name=named(mark("A customer's consent")))
async def consent(form: ConsentForm) -> State[None]:
    """Write it into the ledger; who may be written to follows at once."""
    return ended(record_consent(form))
