"""A personal link goes to a person by mail."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.staff import InviteForm
from tasks.people.steps import send_invitation


@flow(name="invite", flow_run_name=named(mark("Invite a person")))
async def invite(form: InviteForm) -> State[None]:
    """Send the link; it is in no artifact, log or parameter."""
    return ended(send_invitation(form))
