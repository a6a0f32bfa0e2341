"""A1 · channel analysis: what our channels reach, how people answer, what it costs, when it is best."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.analysis.steps import analyse_channels


class AnalysisForm(Form):
    """Look at the last ninety days; nothing needs to be filled in."""


@flow(name="A1 · channel analysis", flow_run_name=named(mark("Compare the channels")))
async def channel_analysis(form: AnalysisForm = AnalysisForm()) -> State[None]:  # noqa: B008  frozen
    """Compare the channels, recommend slots, say honestly where too little is known."""
    return ended(analyse_channels())
