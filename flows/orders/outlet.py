"""An outlet opens, changes or closes."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.staff import OutletForm
from tasks.outlets.steps import change_outlet


@flow(name="outlet", flow_run_name=named(mark("An outlet")))
async def outlet(form: OutletForm) -> State[None]:
    """Change company.yaml; keys of a closed outlet are revoked."""
    return ended(change_outlet(form))
