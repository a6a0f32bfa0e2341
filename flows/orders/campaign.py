"""Campaign: one is added to company.yaml, or changed there."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.planning import CampaignOrder
from tasks.campaigns.steps import plan_campaign


class CampaignForm(CampaignOrder):
    """A campaign: its title, days, budget and goal."""

    model_config = ConfigDict(title=mark("Campaign: add or change"))


@flow(name="campaign", flow_run_name=named(mark("Campaign: add or change")))
async def campaign(form: CampaignForm) -> State[None]:
    """Write it down; say what of it is planned outside its days."""
    return ended(plan_campaign(form))
