"""«Срочно»: a correction goes out before it is approved; the run then waits for the approval."""

from prefect import State, flow
from prefect.flow_runs import asuspend_flow_run
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import UrgentOrder
from models.reason import NO_REASON
from tasks.approval.steps import conclude, question, record
from tasks.urgent.steps import let_out_at_once

A_MONTH = 30 * 24 * 3600


class UrgentForm(UrgentOrder):
    """Which correction to let out, and why it cannot wait. Only those whom company.yaml names may, signed in."""

    model_config = ConfigDict(title=mark("Urgent, without approval"))


@flow(name="urgent", flow_run_name=named(mark("Urgent, without approval")))
async def urgent(form: UrgentForm) -> State[None]:
    """Let it out, then ask the approver and wait, as every question does."""
    done = let_out_at_once(form)
    if done.asked is None:
        return ended(done.ending)
    complaint, round = NO_REASON, 0
    while form_of_answer := question(done.asked, complaint):
        answer = await asuspend_flow_run(wait_for_input=form_of_answer, timeout=A_MONTH, key=f"answer-{round}")
        complaint, round = record(done.asked, answer), round + 1
    return ended(conclude(done.asked))
