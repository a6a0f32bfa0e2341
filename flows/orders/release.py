"""Release of a Stop: only a person lets go, and only one who may."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import InWords
from models.locale import mark
from models.orders import Signed
from models.stop import Scope
from tasks.stop.steps import release_stop


class ReleaseForm(Signed):
    """Which Stop to release: by its number, or every Stop of one scope."""

    model_config = ConfigDict(title=mark("Release of a Stop"))

    scope: Annotated[Literal["number", "all", "channel", "campaign", "piece"], InWords()] = Field(
        title=mark("What to release"),
        description=mark("A Stop by its number; or the Stops of everything, of a channel, a campaign, a piece."),
    )
    key: str = Field(
        default="",
        title=mark("Which one"),
        description=mark("The number of the Stop; or the name of the channel or campaign, or the № of the piece."),
    )

    keep_late: bool = Field(
        default=False,
        title=mark("Keep back what is late"),
        description=mark("What should have gone out under the Stop is held instead of going out late, all at once."),
    )

    @property
    def number(self) -> int:
        digits = self.key.strip().lstrip("№").strip()
        return int(digits) if self.scope == "number" and digits.isdecimal() else 0


@flow(name="release", flow_run_name=named(mark("Release of a Stop")))
async def release(form: ReleaseForm) -> State[None]:
    """Let go; what was held back goes out by its own rule for lateness."""
    scope = None if form.scope == "number" else Scope(form.scope)
    return ended(release_stop(form.number, scope, form.key, form, form.keep_late))
