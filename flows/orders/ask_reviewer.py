"""Ask somebody outside the company: they get a link that shows some versions and takes a word about each."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.review_forms import AskReviewer
from tasks.review.steps import ask_reviewer as ask


class AskReviewerForm(AskReviewer):
    """Whom to ask outside the company, about what, for how long. What they say decides nothing."""

    model_config = ConfigDict(title=mark("Ask somebody outside"))


@flow(name="ask reviewer", flow_run_name=named(mark("Ask somebody outside")))
async def ask_reviewer(form: AskReviewerForm) -> State[None]:
    """Make the link and send it in a letter."""
    return ended(ask(form))
