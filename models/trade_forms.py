"""The forms of coupons in trade."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import Form, InWords
from models.locale import mark
from models.orders import Signed


class TradeForm(Form):
    """Look after offers in trade: instructions of outlets, reservations, limits, files of tills."""

    model_config = ConfigDict(title=mark("Coupons in trade"))

    what: Annotated[Literal["everything", "instructions only", "files of tills only"], InWords()] = Field(
        default="everything",
        title=mark("What to do"),
        description=mark("Everything is done by itself; choose a part where you cannot wait."),
    )
    offer: str = Field(
        default="",
        title=mark("Key of the offer"),
        description=mark("For the instructions of one offer; empty means all."),
    )


class ConfirmInstructionForm(Signed):
    """An outlet has confirmed an instruction otherwise than by its link: by telephone, on paper."""

    model_config = ConfigDict(title=mark("An outlet has confirmed"))

    instruction: int = Field(
        ge=1, title=mark("Number of the instruction"), description=mark("It stands on the desk, under “Trade”.")
    )
    who: str = Field(title=mark("Who confirmed"), description=mark("The name of whoever answers for it in the outlet."))
