"""Revoke a link for somebody outside the company before its time."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.review_forms import RevokeReviewer
from tasks.review.steps import revoke_reviewer as revoke


class RevokeReviewerForm(RevokeReviewer):
    """Which link is to show nothing any more; what was said by it stays."""

    model_config = ConfigDict(title=mark("Revoke a link for somebody outside"))


@flow(name="revoke reviewer", flow_run_name=named(mark("Revoke a link for somebody outside")))
async def revoke_reviewer(form: RevokeReviewerForm) -> State[None]:
    """End the link."""
    return ended(revoke(form))
