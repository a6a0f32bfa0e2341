"""B1 · customer groups: built from their rules, corrected by hand, made from ready ones."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_orders import GroupsForm
from models.locale import mark
from tasks.groups.steps import build_groups, change_groups, show_groups
from tasks.tables.steps import load_tables


@flow(name="B1 · customer groups", flow_run_name=named(mark("Form and correct customer groups")))
async def customer_groups(form: GroupsForm = GroupsForm()) -> State[None]:  # noqa: B008  frozen
    """Change what is ordered, take the company's tables over, bring the groups up to today, show them."""
    done = change_groups(form)
    if done.failed:
        return ended(done)
    done += load_tables(form.what, form.tables)
    done += build_groups("B1", form.what, form.group)
    done += show_groups(form.group)
    return ended(done)
