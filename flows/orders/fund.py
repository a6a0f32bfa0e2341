"""Fund: one is added to company.yaml, or changed there."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.planning import FundOrder
from tasks.campaigns.steps import plan_fund


class FundForm(FundOrder):
    """A fund: its title and its budget of the year."""

    model_config = ConfigDict(title=mark("Fund: add or change"))


@flow(name="fund", flow_run_name=named(mark("Fund: add or change")))
async def fund(form: FundForm) -> State[None]:
    """Write it down; reports compare with it from now on."""
    return ended(plan_fund(form))
