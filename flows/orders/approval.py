"""Approval: one decision over a table of versions, single rows taken out, in Prefect's own form."""

from prefect import State, flow
from prefect.flow_runs import asuspend_flow_run
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.ending import Ending
from models.form import Form
from models.locale import mark
from models.reason import NO_REASON
from tasks.approval.steps import ask, conclude, question, record, tell_approver

A_MONTH = 30 * 24 * 3600


class ApprovalForm(Form):
    """What to ask about."""

    days: int = Field(
        default=7, ge=1, le=60, title=mark("Days ahead"), description=mark("Ask about what is due within so many days.")
    )
    piece: str = Field(
        default="", title=mark("№ of the piece"), description=mark("Leave it empty to ask about the whole plan.")
    )


@flow(name="approval", flow_run_name=named(mark("Approval")))
async def approval(form: ApprovalForm) -> State[None]:
    """Ask the approver and wait: the run sleeps without a process and starts again from its first line."""
    asked = ask(form.days, form.piece)
    if isinstance(asked, Ending):
        return ended(asked)
    tell_approver(asked)
    complaint, round = NO_REASON, 0
    while form_of_answer := question(asked, complaint):
        answer = await asuspend_flow_run(wait_for_input=form_of_answer, timeout=A_MONTH, key=f"answer-{round}")
        complaint, round = record(asked, answer), round + 1
    return ended(conclude(asked))
