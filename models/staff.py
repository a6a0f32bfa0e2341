"""Forms about people, outlets and the tills' keys: what the desk, Prefect and the command line fill in alike."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import InWords, OneOf
from models.locale import mark
from models.orders import Signed

ENLIST, CHANGE, LEAVE, SIGN_OUT = "a new person", "change a person", "a person has left", "sign out everywhere"
AWAY, BACK = "away", "not away after all"
OPEN, ALTER, CLOSE = "a new outlet", "change an outlet", "close an outlet"
LIST, REVOKE = "list the keys", "revoke a key"
CLEARED = "-"


class PersonForm(Signed):
    """Somebody comes, changes or leaves: company.yaml is changed, and what they may do follows at once."""

    model_config = ConfigDict(title=mark("A person of the department"))

    what: Annotated[
        Literal["a new person", "change a person", "a person has left", "sign out everywhere"], InWords()
    ] = Field(
        title=mark("What happens"),
        description=mark("Whoever has left is signed out at once; what they did stays written down."),
    )  # fmt: skip
    who: str = Field(
        default="",
        title=mark("Who"),
        description=mark("Name or key as in company.yaml; for a new person a key of your own, or nothing."),
    )
    name: str = Field(
        default="",
        title=mark("First and last name"),
        description=mark("As colleagues read it; empty keeps what it is."),
    )
    email: str = Field(
        default="", title=mark("E-mail"), description=mark("Letters go there; empty keeps what it is, “-” removes it.")
    )
    telegram: str = Field(
        default="",
        title=mark("Chat in Telegram"),
        description=mark("The number of their chat with the company's bot; empty keeps what it is, “-” removes it."),
    )
    roles: str = Field(
        default="",
        title=mark("Roles"),
        description=mark("Separated by commas, for example author, approver; empty keeps what they are."),
    )
    deputy: Annotated[str, OneOf("people")] = Field(
        default="",
        title=mark("Deputy"),
        description=mark("Name or key of whoever answers while they are away; empty keeps, “-” removes."),
    )


class AbsenceForm(Signed):
    """Days on which somebody is away and a deputy answers; everybody may write down their own."""

    model_config = ConfigDict(title=mark("An absence"))

    what: Annotated[Literal["away", "not away after all"], InWords()] = Field(
        default="away",
        title=mark("What happens"),
        description=mark("An absence is written down, or struck out again."),
    )
    who: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Who is away"), description=mark("Name or key as in company.yaml; empty means yourself.")
    )
    first: str = Field(title=mark("First day"), description=mark("For example 25.11, 2026-11-25 or +1 for tomorrow."))
    last: str = Field(
        default="", title=mark("Last day"), description=mark("The last day away; empty means the first day only.")
    )
    deputy: Annotated[str, OneOf("people")] = Field(
        default="",
        title=mark("Deputy"),
        description=mark("Who answers on these days; empty means the person's usual deputy."),
    )


class InviteForm(Signed):
    """A personal link to come in by, sent to the person by mail; nobody else ever sees it."""

    model_config = ConfigDict(title=mark("Invite a person"))

    who: Annotated[str, OneOf("people")] = Field(
        title=mark("Whom"), description=mark("Name or key as in company.yaml.")
    )


class OutletForm(Signed):
    """An outlet opens, changes or closes: company.yaml is changed, and the site shows it."""

    model_config = ConfigDict(title=mark("An outlet"))

    what: Annotated[Literal["a new outlet", "change an outlet", "close an outlet"], InWords()] = Field(
        title=mark("What happens"), description=mark("The keys of the tills of an outlet that closes are revoked.")
    )
    outlet: Annotated[str, OneOf("outlets")] = Field(
        default="",
        title=mark("Outlet"),
        description=mark("Name or key as in company.yaml; for a new one a key of your own, or nothing."),
    )
    name: str = Field(
        default="", title=mark("Name"), description=mark("As customers read it; empty keeps what it is.")
    )  # fmt: skip
    city: str = Field(default="", title=mark("City"), description=mark("Empty keeps what it is, “-” removes it."))
    address: str = Field(
        default="", title=mark("Address"), description=mark("Street and house; empty keeps what it is, “-” removes it.")
    )
    zone: str = Field(
        default="",
        title=mark("Time zone"),
        description=mark("For example Asia/Novosibirsk; empty keeps what it is, “-” means the company's."),
    )
    phone: str = Field(default="", title=mark("Phone"), description=mark("Empty keeps what it is, “-” removes it."))
    hours: str = Field(
        default="", title=mark("Opening hours"), description=mark("In words; empty keeps what it is, “-” removes it.")
    )


class TillKeyForm(Signed):
    """The keys of an outlet's tills. A new one is made on the desk or by “otdel till-key”: here it could be read."""

    model_config = ConfigDict(title=mark("Keys of the tills"))

    what: Annotated[Literal["list the keys", "revoke a key"], InWords()] = Field(
        default="list the keys",
        title=mark("What to do"),
        description=mark("A key that is revoked lets no till in any more, from this moment on."),
    )
    outlet: Annotated[str, OneOf("outlets")] = Field(
        default="", title=mark("Outlet"), description=mark("Name or key as in company.yaml; empty means all of them.")
    )
    key: int = Field(
        default=0, ge=0, title=mark("Number of the key"), description=mark("As the list shows it; 0 for the list.")
    )
