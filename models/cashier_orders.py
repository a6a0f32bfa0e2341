"""The form about the cashier's page that the desk and Prefect fill in alike."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import InWords, OneOf
from models.locale import mark
from models.orders import Signed

LIST, DEVICE_OFF, CASHIER_OFF = "list devices and cashiers", "take a device off", "take a cashier off"


class CashiersForm(Signed):
    """Devices of the cashier's page and who signs in there. Pairing codes and PINs are made on the desk only."""

    model_config = ConfigDict(title=mark("Cashiers and their devices"))

    what: Annotated[Literal["list devices and cashiers", "take a device off", "take a cashier off"], InWords()] = Field(
        default="list devices and cashiers",
        title=mark("What to do"),
        description=mark("What is taken off comes in no more, from this moment on; its open shift ends."),
    )
    outlet: Annotated[str, OneOf("outlets")] = Field(
        title=mark("Outlet"), description=mark("Name or key as in company.yaml.")
    )
    number: int = Field(
        default=0, ge=0, title=mark("Number of the device or cashier"),
        description=mark("As the list shows it; 0 for the list."),
    )  # fmt: skip
