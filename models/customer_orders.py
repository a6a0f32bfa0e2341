"""Forms of orders about customers: by number, without names and addresses, for Prefect keeps what is filled in."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.customers import AddressKind, Purpose
from models.form import InWords
from models.locale import mark
from models.orders import Signed

GIVEN, WITHDRAWN = "the consent is given", "the consent is withdrawn"
BAR, LIFT = "put into the stop-list", "take out of the stop-list"
EVERY = "all addresses"
ADDRESSES = {EVERY: None, "e-mail": AddressKind.EMAIL, "phone": AddressKind.PHONE,
             "name on Telegram": AddressKind.TELEGRAM}  # fmt: skip
PURPOSES = {"consent to advertising": Purpose.ADVERTISING, "consent to personal data": Purpose.PERSONAL}
TEXT_MOST = 200
CUSTOMER_TITLE = mark("Number of the customer")
CUSTOMER_ABOUT = mark("It stands on the customer's page on the desk.")


class ConsentForm(Signed):
    """A customer has given or withdrawn a consent: it is written into the ledger, and who may be written to follows."""

    model_config = ConfigDict(title=mark("A customer's consent"))

    customer: int = Field(ge=1, title=CUSTOMER_TITLE, description=CUSTOMER_ABOUT)
    what: Annotated[Literal["the consent is given", "the consent is withdrawn"], InWords()] = Field(
        title=mark("What the customer said"),
        description=mark("A consent counts with its date and the document that proves it."),
    )
    purpose: Annotated[Literal["consent to advertising", "consent to personal data"], InWords()] = Field(
        default="consent to advertising",
        title=mark("Which consent"),
        description=mark("Advertising needs both; the one to personal data is the customer's own, not an address's."),
    )
    address: Annotated[Literal["all addresses", "e-mail", "phone", "name on Telegram"], InWords()] = Field(
        default="all addresses",
        title=mark("For which address"),
        description=mark("Of the consent to advertising: every address the customer has now, or one kind."),
    )
    date: str = Field(
        default="",
        title=mark("On which day"),
        description=mark("For example 25.11.2026; empty for a withdrawal means now."),
    )
    proof: str = Field(
        default="",
        title=mark("The document that proves it"),
        description=mark("Its number, for example: form 17. No names and no addresses: Prefect shows them to many."),
    )
    wording: str = Field(
        default="",
        title=mark("Version of the words"),
        description=mark("Which text the customer agreed to, for example v3; no names here either."),
    )


class StopListForm(Signed):
    """An address is put into the stop-list or taken out of it; the reason stays beside it."""

    model_config = ConfigDict(title=mark("The stop-list of addresses"))

    what: Annotated[Literal["put into the stop-list", "take out of the stop-list"], InWords()] = Field(
        title=mark("What happens"),
        description=mark("Who unsubscribed, complained or was erased comes out only by a consent given later."),
    )
    customer: int = Field(ge=1, title=CUSTOMER_TITLE, description=CUSTOMER_ABOUT)
    address: Annotated[Literal["all addresses", "e-mail", "phone", "name on Telegram"], InWords()] = Field(
        default="all addresses",
        title=mark("Which address"),
        description=mark("Every address the customer has now, or one kind."),
    )
    line: int = Field(
        default=0,
        ge=0,
        title=mark("Line of the stop-list"),
        description=mark("The number of one line that is taken out; 0 means all of these addresses."),
    )


class EraseCustomerForm(Signed):
    """A customer has asked to be erased: everything personal goes, and the stop-list keeps prints of the addresses."""

    model_config = ConfigDict(title=mark("Erase a customer"))

    customer: int = Field(ge=1, title=CUSTOMER_TITLE, description=CUSTOMER_ABOUT)
    sure: bool = Field(
        default=False, title=mark("Yes, erase"), description=mark("Nothing is erased without it; it cannot be undone.")
    )
