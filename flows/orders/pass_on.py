"""Pass on: a question of a customer goes to whoever knows the answer."""

from typing import Annotated

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import OneOf
from models.locale import mark
from models.orders import Signed
from tasks.questions.steps import pass_question_on


class PassOnForm(Signed):
    """Which question goes to whom. They get a letter with the question and what you write under “Why”."""

    model_config = ConfigDict(title=mark("Pass a question on"))

    question: int = Field(
        ge=1, title=mark("Number of the question"), description=mark("It stands on the desk, under “To decide”.")
    )
    to: Annotated[str, OneOf("recipients")] = Field(
        title=mark("To whom"), description=mark("The name of an outlet or of a colleague.")
    )


@flow(name="pass on", flow_run_name=named(mark("Pass a question on")))
async def pass_on(form: PassOnForm) -> State[None]:
    """Write the letter, and keep the question on the list until it is answered."""
    return ended(pass_question_on(form.question, form.to, form))
