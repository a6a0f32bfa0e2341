"""Answered: a question of a customer is off the list, by what a person says."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import InWords
from models.locale import mark
from models.orders import QuestionIs, Signed
from tasks.questions.steps import settle_question


class AnsweredForm(Signed):
    """Which question is answered. An answer in the channel's own name is noticed by itself."""

    model_config = ConfigDict(title=mark("Question answered"))

    question: int = Field(
        ge=1, title=mark("Number of the question"), description=mark("It stands on the desk, under “To decide”.")
    )
    answer: Annotated[Literal["answered", "needs no answer"], InWords()] = Field(
        default="answered",
        title=mark("What became of it"),
        description=mark("What needs no answer is not counted as a question any more."),
    )


@flow(name="question answered", flow_run_name=named(mark("Question answered")))
async def question_answered(form: AnsweredForm) -> State[None]:
    """Write down that it is answered, and how long it took."""
    answer = QuestionIs.ANSWERED if form.answer == "answered" else QuestionIs.NONE_NEEDED
    return ended(settle_question(form.question, answer, form))
