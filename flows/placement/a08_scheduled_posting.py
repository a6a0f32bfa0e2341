"""A8 · scheduled posting: each placement goes out exactly once, or says why not."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.approval.steps import ask_about_what_is_pressing, look_after_requests
from tasks.content.steps import read_product_feeds
from tasks.people.steps import follow_company_file
from tasks.posting.steps import (
    announce_coming,
    lay_out_schedule,
    look_for_unknown,
    obey_cancellations,
    publish_due,
    tell_about_trouble,
)


class PostingForm(Form):
    """Publish whatever is due; nothing needs to be filled in."""


@flow(name="A8 · scheduled posting", flow_run_name=named(mark("Publish what is due")))
async def scheduled_posting(form: PostingForm = PostingForm()) -> State[None]:  # noqa: B008  frozen
    """Lay out the plan, publish what is due, look for what is unknown, announce what comes."""
    follow_company_file()
    read_product_feeds()
    lay_out_schedule()
    obey_cancellations()
    published = publish_due()
    found = look_for_unknown()
    look_after_requests()
    ask_about_what_is_pressing()
    tell_about_trouble()
    announce_coming()
    return ended(published + found)
