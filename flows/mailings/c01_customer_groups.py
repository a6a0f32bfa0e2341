"""C1 · customer groups for mailings: the same groups, with consents and the stop-list always applied."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.group_orders import MailingGroupsForm
from models.locale import mark
from tasks.groups.steps import build_groups, show_reach


@flow(name="C1 · customer groups for mailings", flow_run_name=named(mark("See whom mailings would reach")))
async def mailing_groups(form: MailingGroupsForm = MailingGroupsForm()) -> State[None]:  # noqa: B008  frozen
    """Bring the groups up to today, show whom a mailing to each would reach and why not the others."""
    done = build_groups("C1", form.what, form.group)
    done += show_reach(form.group, form.ground)
    return ended(done)
