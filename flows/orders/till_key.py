"""The keys of the tills are listed, or one is revoked."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.staff import TillKeyForm
from tasks.outlets.steps import tend_till_keys


@flow(name="till-key", flow_run_name=named(mark("Keys of the tills")))
async def till_key(form: TillKeyForm) -> State[None]:
    """List them or revoke one; making one is done where nobody else can read it."""
    return ended(tend_till_keys(form))
