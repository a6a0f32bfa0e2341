"""What came back about letters, gathered every few minutes; a winner is let out at its moment."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.reactions_to_mailings.steps import gather_returns, let_winners_out


class ReturnsForm(Form):
    """Nothing needs to be filled in: everybody who can be asked is asked."""


@flow(name="mail returns", flow_run_name=named(mark("Gather what came back")))
async def mail_returns(form: ReturnsForm = ReturnsForm()) -> State[None]:  # noqa: B008  frozen
    """Ask services and bounce mailboxes, then decide about variants whose moment has come."""
    done = gather_returns()
    done += let_winners_out()
    return ended(done)
