"""The brief of a piece: what it must say, to whom, and what it wants of them. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from models.form import Form, InWords, OneOf
from models.locale import mark
from models.post import Product, Value

Purpose = Literal["offer", "news", "recipe", "event", "story"]


class Wish(Value):
    """Where, when, for whom, why and by whom, as a person wrote it; empty is left open."""

    channels: tuple[str, ...] = ()
    on: str = ""
    at: str = ""
    group: str = ""
    goal: str = ""
    author: str = ""
    deadline: str = ""
    occasion: str = ""


class Brief(Value):
    """`steps` are a recipe's; `place` and `starts` an event's (local words, as they should be read)."""

    purpose: Purpose
    title: str = ""
    goal: str = ""
    group: str = ""
    products: tuple[Product, ...] = ()
    offer: str = ""
    facts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    place: str = ""
    starts: str = ""
    call_to_action: str = ""
    link: str = ""
    deadline: date | None = None
    language: Literal["ru", "en"] = "ru"


class BriefForm(Form):
    """What is to be said, to whom, and what it wants of them."""

    purpose: Annotated[Purpose, InWords()] = Field(
        title=mark("Kind of piece"), description=mark("An offer, news, a recipe, an event or a story.")
    )
    title: str = Field(default="", title=mark("Title"), description=mark("Empty: made of the brief."))
    offer: str = Field(default="", title=mark("What is offered"), description=mark("In one sentence, with its price."))
    facts: list[str] = Field(
        default=[], title=mark("Facts"), description=mark("One a line; the draft says nothing that is not here.")
    )
    products: list[str] = Field(
        default=[], title=mark("Products"), description=mark("Names or ids as in the product feed.")
    )
    call_to_action: str = Field(
        default="", title=mark("Call to action"), description=mark("What the reader should do.")
    )
    steps: list[str] = Field(default=[], title=mark("Steps"), description=mark("Of a recipe, one a line."))
    place: str = Field(default="", title=mark("Where"), description=mark("Of an event, as it should be read."))
    starts: str = Field(
        default="", title=mark("When it begins"), description=mark("Of an event, as it should be read.")
    )
    deadline: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        title=mark("Last day of the offer"),
        description=mark("As 2026-12-31, this day included; after it the piece is held."),
    )
    link: str = Field(default="", title=mark("Link"), description=mark("The page to read more on, with https://."))
    channels: list[Annotated[str, OneOf("channels")]] = Field(
        default=[], title=mark("Channels"), description=mark("As in channels.yaml; empty: all of them.")
    )
    on: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        title=mark("Date"),
        description=mark("As 2026-12-31; empty: a free slot."),
    )
    at: str = Field(
        default="",
        pattern=r"^(\d{2}:\d{2})?$",
        title=mark("Time"),
        description=mark("As 09:30; empty: the channel's slot."),
    )
    group: Annotated[str, OneOf("groups")] = Field(
        default="", title=mark("Customer group"), description=mark("As in company.yaml.")
    )
    goal: Annotated[str, OneOf("goals")] = Field(
        default="", title=mark("Goal"), description=mark("As in company.yaml.")
    )
    author: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Author"), description=mark("As in company.yaml.")
    )
    occasion: str = Field(
        default="", title=mark("Occasion"), description=mark("The key or title of the occasion it is made of, if any.")
    )

    @property
    def brief(self) -> Brief:
        return Brief(
            purpose=self.purpose, title=self.title, offer=self.offer, facts=tuple(self.facts), steps=tuple(self.steps),
            place=self.place, starts=self.starts, link=self.link, call_to_action=self.call_to_action,
        )  # fmt: skip

    @property
    def wish(self) -> Wish:
        return Wish(
            channels=tuple(self.channels), on=self.on, at=self.at, group=self.group, goal=self.goal, author=self.author,
            deadline=self.deadline, occasion=self.occasion,
        )  # fmt: skip
