"""What to do about a publication that is not as approved: accept it, restore it, take it down."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, InWords, OneOf
from models.locale import mark
from tasks.control.steps import decide_difference


class DifferenceForm(Form):
    """Which difference, and what to do about it."""

    check: int = Field(
        ge=1, title=mark("Number of the difference"), description=mark("It stands in the letter about the difference.")
    )
    answer: Annotated[Literal["accept as it is", "restore as approved", "take down"], InWords()] = Field(
        title=mark("Decision"),
        description=mark("What is accepted is not asked about again; restoring and taking down happen at once."),
    )
    person: Annotated[str, OneOf("people")] = Field(
        title=mark("Who decides"), description=mark("Your name; it is written down with the decision as stated.")
    )


@flow(name="live difference", flow_run_name=named(mark("Decide about a difference")))
async def live_difference(form: DifferenceForm) -> State[None]:
    """Do what a person decided about a difference that placement control has found."""
    return ended(decide_difference(form.check, form.answer, form.person))
