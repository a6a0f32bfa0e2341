"""Conclusion: the head's own words about a month, on its page and in its report."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.planning import ConclusionOrder
from tasks.conclusions.steps import keep_conclusion
from tasks.reports.steps import make_report


class ConclusionForm(ConclusionOrder):
    """What the head concludes about a month; every version is kept."""

    model_config = ConfigDict(title=mark("The head's conclusion about a month"))


@flow(name="conclusion", flow_run_name=named(mark("The head's conclusion about a month")))
async def conclusion(form: ConclusionForm) -> State[None]:
    """Keep the words, then make the month's report with them."""
    kept = keep_conclusion(form)
    return ended(kept if kept.failed else kept + make_report("month", form.first_day, ""))
