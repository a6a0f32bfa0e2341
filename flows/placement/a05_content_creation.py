"""A5 · editing and creation: a brief becomes a draft in the plan, its facts checked against the product feed."""

from typing import Annotated

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.brief import Brief, Purpose, Wish
from models.form import Form, InWords
from models.locale import mark
from tasks.writing.steps import check_facts, write_draft


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
    channels: list[str] = Field(
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
    group: str = Field(default="", title=mark("Customer group"), description=mark("As in company.yaml."))
    goal: str = Field(default="", title=mark("Goal"), description=mark("As in company.yaml."))
    author: str = Field(default="", title=mark("Author"), description=mark("As in company.yaml."))


@flow(name="A5 · editing and creation", flow_run_name=named(mark("Write a draft")))
async def content_creation(form: BriefForm) -> State[None]:
    """Write the draft, put it into the plan, check the facts of all pieces."""
    brief = Brief(
        purpose=form.purpose, title=form.title, offer=form.offer, facts=tuple(form.facts), steps=tuple(form.steps),
        place=form.place, starts=form.starts, link=form.link, call_to_action=form.call_to_action,
    )  # fmt: skip
    wish = Wish(
        channels=tuple(form.channels), on=form.on, at=form.at, group=form.group, goal=form.goal, author=form.author,
        deadline=form.deadline,
    )  # fmt: skip
    return ended(write_draft(brief, tuple(form.products), wish) + check_facts())
