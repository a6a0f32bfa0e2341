"""Unknown outcome: a person has looked at the channel and says what is there."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import InWords
from models.locale import mark
from models.orders import Order, Verdict
from tasks.orders.steps import decide_unknown


class UnknownForm(Order):
    """What you have seen in the channel. Look there before you answer."""

    model_config = ConfigDict(title=mark("Unknown outcome"))

    verdict: Annotated[Literal["out", "again", "leave"], InWords()] = Field(
        title=mark("What to do"),
        description=mark("It is out; it is not there, publish it again; or leave it without another attempt."),
    )
    link: str = Field(
        default="",
        title=mark("Link to the publication"),
        description=mark("Where it is out: the address from the channel, for control and reports."),
    )


@flow(name="unknown outcome", flow_run_name=named(mark("Unknown outcome")))
async def unknown_outcome(form: UnknownForm) -> State[None]:
    """Write down what is there; nothing was repeated until now."""
    return ended(decide_unknown(form, Verdict(form.verdict), form.link))
