"""A10 · reaction control: how people answer, by snapshots; who waits for an answer is not forgotten."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.reactions.steps import count_audience, hear_updates, remind_of_answers, take_reactions


class ReactionsForm(Form):
    """Look at whatever is due; nothing needs to be filled in."""


@flow(name="A10 · reaction control", flow_run_name=named(mark("See how people answer")))
async def reaction_control(form: ReactionsForm = ReactionsForm()) -> State[None]:  # noqa: B008  frozen
    """Hear what the bots were told, take the snapshots that are due, count members, remind of answers."""
    done = hear_updates()
    done += take_reactions()
    done += count_audience()
    done += remind_of_answers()
    return ended(done.ending)
