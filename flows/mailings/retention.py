"""What is kept no longer than it is needed: subscriptions nobody confirmed, answers nobody asks for again,
letters on this computer to customers who were erased, mails that came back long ago, files with codes.
"""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.intake.steps import forget_answers
from tasks.local_mail.steps import forget_letters, forget_returned
from tasks.offering.steps import clear_codes
from tasks.subscribing.steps import forget_unconfirmed


class RetentionForm(Form):
    """Nothing needs to be filled in: what is old enough is forgotten."""


@flow(name="retention", flow_run_name=named(mark("What is kept no longer")))
async def forget_what_is_old(form: RetentionForm = RetentionForm()) -> State[None]:  # noqa: B008  frozen
    """Forget whoever never confirmed, answers and files with codes of a week ago, letters of the erased, returns."""
    gone = forget_unconfirmed() + forget_answers() + forget_letters() + forget_returned()
    return ended(gone + clear_codes())
