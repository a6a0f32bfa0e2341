"""A5 · editing and creation: a brief becomes a draft in the plan, its facts checked against the product feed."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.brief import BriefForm
from models.locale import mark
from tasks.writing.steps import check_facts, write_draft


@flow(name="A5 · editing and creation", flow_run_name=named(mark("Write a draft")))
async def content_creation(form: BriefForm) -> State[None]:
    """Write the draft, put it into the plan, check the facts of all pieces."""
    return ended(write_draft(form.brief, tuple(form.products), form.wish) + check_facts())
