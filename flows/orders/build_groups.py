"""Customer groups are built now."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_forms import BuildGroupsForm
from models.locale import mark
from tasks.groups.orders.steps import build


@flow(name="build-groups", flow_run_name=named(mark("Build customer groups")))
async def build_groups(form: BuildGroupsForm) -> State[None]:
    """One after the other, each behind those it is made of."""
    return ended(build(form))
