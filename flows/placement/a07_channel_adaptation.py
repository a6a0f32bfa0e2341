"""A7 · channel adaptation: Make a version of every piece for every channel it goes to."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.adaptation.steps import adapt_to_channels


class AdaptationForm(Form):
    """Nothing needs to be filled in: it works on whatever is new."""


@flow(name="A7 · channel adaptation", flow_run_name=named(mark("Adapt to the channels")))
async def channel_adaptation(form: AdaptationForm = AdaptationForm()) -> State[None]:  # noqa: B008  frozen
    """Make a version of every piece for every channel it goes to."""
    return ended(adapt_to_channels())
