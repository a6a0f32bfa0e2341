"""Publish now: an approved publication does not wait for its time."""

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Order
from tasks.orders.steps import make_due, tell_whether_out
from tasks.posting.steps import lay_out_schedule, publish_due


class PublishNowForm(Order):
    """Which publication to publish at once; it must have been approved."""

    model_config = ConfigDict(title=mark("Publish now"))

    urgent: bool = Field(
        default=False,
        title=mark("In quiet hours too"),
        description=mark("Otherwise what falls into the channel's quiet hours goes out when they end."),
    )


@flow(name="publish now", flow_run_name=named(mark("Publish now")))
async def publish_now(form: PublishNowForm) -> State[None]:
    """Lay out the plan as it is now, make it due, publish, and say where it is out."""
    lay_out_schedule()
    order = make_due(form, form.urgent)
    publish_due()
    return ended(tell_whether_out(order))
