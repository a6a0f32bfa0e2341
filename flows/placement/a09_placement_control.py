"""A9 · placement control: what is live equals what was approved, or somebody is asked."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.control.steps import look_at_live


class ControlForm(Form):
    """Look at whatever is due; nothing needs to be filled in."""


@flow(name="A9 · placement control", flow_run_name=named(mark("Check what is live")))
async def placement_control(form: ControlForm = ControlForm()) -> State[None]:  # noqa: B008  frozen
    """Look at what is live, compare it with what was approved, ask about what differs; a person's hand stays."""
    return ended(look_at_live())
