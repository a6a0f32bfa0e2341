"""Goal: one is added to company.yaml, or changed there."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.planning import GoalOrder
from tasks.campaigns.steps import plan_goal


class GoalForm(GoalOrder):
    """A goal: what is counted, how much of it, and by when."""

    model_config = ConfigDict(title=mark("Goal: add or change"))


@flow(name="goal", flow_run_name=named(mark("Goal: add or change")))
async def goal(form: GoalForm) -> State[None]:
    """Write it down; reports compare with it from now on."""
    return ended(plan_goal(form))
