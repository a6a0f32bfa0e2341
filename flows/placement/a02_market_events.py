"""A2 · market event analysis: the calendar of occasions, from the feeds and calendars of feeds.yaml."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.analysis.steps import gather_events


class EventsForm(Form):
    """Read the sources of events; nothing needs to be filled in."""


@flow(name="A2 · market event analysis", flow_run_name=named(mark("Gather the events of the market")))
async def market_events(form: EventsForm = EventsForm()) -> State[None]:  # noqa: B008  frozen
    """Read the sources, fold what repeats, weigh, show what comes."""
    return ended(gather_events())
