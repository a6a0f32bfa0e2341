"""A11 · unified registry: every result of every operation in one append-only table."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.collecting.steps import collect_results


class RegistryForm(Form):
    """Nothing needs to be filled in: it gathers whatever is not there yet."""


@flow(name="A11 · unified registry", flow_run_name=named(mark("Gather results")))
async def unified_registry(form: RegistryForm = RegistryForm()) -> State[None]:  # noqa: B008  frozen
    """Gather what the operations left in their own rows."""
    return ended(collect_results())
