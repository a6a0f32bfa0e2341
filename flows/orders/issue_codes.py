"""Codes of an offer are issued."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import IssueCodesForm
from tasks.offering.steps import issue_codes


@flow(name="issue codes", flow_run_name=named(mark("Issue codes")))
async def issue(form: IssueCodesForm) -> State[None]:
    """In portions, each whole; the same order is one batch."""
    return ended(issue_codes(form))
