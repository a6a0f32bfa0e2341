"""Forms about a piece: what a person corrects in it, writes by hand for one channel, or says to colleagues."""

from typing import Annotated, Literal

from pydantic import Field

from models.form import Form, InWords, OneOf
from models.locale import mark
from models.orders import LAST, Signed

CLEARED = "-"
TEXT_MAX = 60_000
LINE_MAX = 500


class OfPiece(Form):
    """Which piece is meant."""

    piece: str = Field(title=mark("№ of the piece"), description=mark("As in the content plan."))


class Correction(Signed, OfPiece):
    """What is to be different in a piece: a field left empty stays as it is, a hyphen alone empties it."""

    title: str = Field(default="", title=mark("Title"), description=mark("Empty: stays as it is."))
    text: str = Field(
        default="",
        title=mark("Text"),
        description=mark("Whole, as markdown. Empty: stays as it is."),
    )
    description: str = Field(
        default="", title=mark("Description"), description=mark("Empty: stays as it is; a hyphen alone empties it.")
    )
    pictures: list[str] = Field(
        default=[],
        title=mark("Pictures"),
        description=mark("All of them in order, one a line: file | what is seen. Empty: stay as they are."),
    )
    channels: str = Field(
        default="", title=mark("Channels"), description=mark("Names with commas. Empty: stay as they are.")
    )
    date: str = Field(
        default="", title=mark("Date"), description=mark("For example 25.11. Empty: stays; a hyphen: a free slot.")
    )
    time: str = Field(
        default="",
        title=mark("Time"),
        description=mark("On each channel's clocks. Empty: stays; a hyphen: the channel's slot."),
    )
    campaign: Annotated[str, OneOf("campaigns")] = Field(
        default="", title=mark("Campaign"), description=mark("Empty: stays as it is; a hyphen alone empties it.")
    )
    goal: Annotated[str, OneOf("goals")] = Field(
        default="", title=mark("Goal"), description=mark("Empty: stays as it is; a hyphen alone empties it.")
    )
    group: Annotated[str, OneOf("groups")] = Field(
        default="",
        title=mark("Customer group"),
        description=mark("Empty: stays as it is; a hyphen: found by its words (A4)."),
    )
    author: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Author"), description=mark("Empty: stays as it is; a hyphen alone empties it.")
    )
    offer_until: str = Field(
        default="",
        title=mark("Last day of the offer"),
        description=mark("Empty: stays as it is; a hyphen alone empties it."),
    )
    version: int = Field(
        default=0,
        ge=0,
        title=mark("Take back version"),
        description=mark("The number of a former version whose words and pictures are to come back; 0: none."),
    )
    begun: int = Field(
        default=0,
        ge=0,
        title=mark("Begun from version"),
        description=mark("If somebody has saved a later one, nothing is changed and you are told; 0: not compared."),
    )


class HandText(Signed, OfPiece):
    """A text for one channel that differs from the common one."""

    channel: Annotated[str, OneOf("channels")] = Field(title=mark("Channel"), description=mark("Its name or key."))
    what: Annotated[Literal["write", "keep", "take"], InWords()] = Field(
        default="write",
        title=mark("What to do"),
        description=mark("Write this text; keep the one there is; take the common text instead."),
    )
    text: str = Field(
        default="",
        title=mark("Text"),
        description=mark("Whole, as markdown."),
    )
    begun: int = Field(
        default=0,
        ge=0,
        title=mark("Begun from version"),
        description=mark("If somebody has saved a later one, nothing is changed and you are told; 0: not compared."),
    )


class Remark(OfPiece):
    """What colleagues are to know about a piece; it is never published."""

    channel: Annotated[str, OneOf("channels")] = Field(
        default="", title=mark("Channel"), description=mark("Where it is about one version only; empty: all of them.")
    )
    text: str = Field(title=mark("Comment"), description=mark("For colleagues; it never goes out."))
    person: Annotated[str, OneOf("people")] = Field(
        title=mark("Who says it"),
        description=mark("Your name as in company.yaml; it is written down as stated."),
        json_schema_extra={"position": LAST},
    )
