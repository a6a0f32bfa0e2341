"""Sending of mailings: begun at their hour, each letter exactly once, or it says why not."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.mailing.steps import begin_mailings, finish_mailings, look_after_mailings, send_letters, show_progress


class SendingForm(Form):
    """Send whatever is due; nothing needs to be filled in."""


@flow(name="mailing sending", flow_run_name=named(mark("Send the mailings that are due")))
async def mailing_sending(form: SendingForm = SendingForm()) -> State[None]:  # noqa: B008  frozen
    """Begin what is due, send for a minute and a half, clear up and finish; the next minute's run goes on."""
    begun = begin_mailings()
    sent = send_letters()
    show_progress()
    finish_mailings()
    look_after_mailings()
    return ended(begun + sent)
