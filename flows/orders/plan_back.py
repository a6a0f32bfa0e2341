"""The content plan back: the person's own table with status, link, reach, reactions and reason in it."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import PlanFile
from tasks.outcomes.steps import give_plan_back


class PlanBackForm(PlanFile):
    """Which plan; nothing needs to be filled in for the usual one."""

    model_config = ConfigDict(title=mark("The content plan with what became of it"))


@flow(name="plan back", flow_run_name=named(mark("The content plan with what became of it")))
async def plan_back(form: PlanBackForm = PlanBackForm()) -> State[None]:  # noqa: B008  frozen
    """Write what became of every row beside it, into a copy; the plan itself is not touched."""
    return ended(give_plan_back(form.file))
