"""Stop: whatever is not yet out stays where it is, within seconds, until a person releases it."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import InWords
from models.locale import mark
from models.orders import Signed
from models.stop import Scope
from tasks.stop.steps import pull_stop


class StopForm(Signed):
    """What to stop: nothing of it goes out until a person releases the Stop."""

    model_config = ConfigDict(title=mark("Stop"))

    scope: Annotated[Literal["all", "channel", "campaign", "piece"], InWords()] = Field(
        title=mark("What to stop"), description=mark("Everything, or one channel, one campaign, one piece.")
    )
    key: str = Field(
        default="",
        title=mark("Which one"),
        description=mark("The name of the channel or campaign, or the № of the piece; empty for everything."),
    )


@flow(name="stop", flow_run_name=named(mark("Stop")))
async def stop(form: StopForm) -> State[None]:
    """Pull the switch, then list what is out already."""
    return ended(pull_stop(Scope(form.scope), form.key, form))
