"""What a person fills in to ask somebody outside the company, and to end that again."""

from pydantic import Field

from models.locale import mark
from models.orders import Signed


class AskReviewer(Signed):
    """Whom to ask, about what, for how long."""

    question: int = Field(
        default=0,
        ge=0,
        title=mark("Number of the question"),
        description=mark("What of it is undecided is shown; 0 where a piece is named."),
    )
    piece: str = Field(
        default="",
        title=mark("№ of the piece"),
        description=mark("As in the content plan. Empty where a question is named."),
    )
    channel: str = Field(
        default="",
        title=mark("Channel"),
        description=mark("Its name or key; empty means all channels of the piece."),
    )
    version: int = Field(
        default=0,
        ge=0,
        title=mark("Number of the version"),
        description=mark("One version alone; the desk fills it in."),
    )
    name: str = Field(
        title=mark("Who is asked"),
        description=mark("How the person outside is called; it stands beside what they say."),
    )
    email: str = Field(
        default="",
        title=mark("E-mail"),
        description=mark("The link goes there in a letter; from here it is shown nowhere else."),
    )
    days: int = Field(
        default=3,
        ge=1,
        le=30,
        title=mark("Days"),
        description=mark("For so many days the link is good."),
    )


class RevokeReviewer(Signed):
    """Which link to end."""

    link: int = Field(ge=1, title=mark("Number of the link"), description=mark("It stands in the answer that made it."))
