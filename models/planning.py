"""What the head plans: campaigns, goals, funds, occasions, conclusions; the forms in which a person says it."""

from typing import Annotated, Literal

from pydantic import Field

from models.form import Form, InWords, OneOf
from models.locale import mark
from models.orders import LAST

NOTHING = "-"  # what a person writes to take a value away, where an empty field keeps it
ADD_OR_CHANGE = mark("A new one needs all its fields; of one to be changed only those that are filled in.")
WHICH_KEY = mark(
    "To change one, choose it. A new one: small Latin letters, digits and hyphens, or nothing: it is made of the title."
)
FIRST_DAY = mark("As 2026-12-01, this day included.")
LAST_DAY = mark("As 2026-12-31, this day included.")

Whether = Annotated[Literal["add", "change"], InWords()]


class Planned(Form):
    """Who says it: stated, not proven."""

    person: Annotated[str, OneOf("people")] = Field(
        title=mark("Who orders it"),
        description=mark("Your name as in company.yaml; it is written down as stated."),
        json_schema_extra={"position": LAST},
    )


class CampaignOrder(Planned):
    """A campaign that comes, or changes."""

    what: Whether = Field(default="add", title=mark("Add or change"), description=ADD_OR_CHANGE)
    key: Annotated[str, OneOf("campaigns")] = Field(default="", title=mark("Key"), description=WHICH_KEY)
    title: str = Field(default="", title=mark("Title"), description=mark("As colleagues and reports call it."))
    starts_on: str = Field(default="", title=mark("First day"), description=FIRST_DAY)
    ends_on: str = Field(default="", title=mark("Last day"), description=LAST_DAY)
    budget: str = Field(
        default="", title=mark("Budget"), description=mark("In the company's currency, for example 60 000; 0 for none.")
    )
    goal: Annotated[str, OneOf("goals")] = Field(
        default="", title=mark("Goal"), description=mark("Its title or key; a hyphen takes the goal away.")
    )


class GoalOrder(Planned):
    """A goal that comes, or changes."""

    what: Whether = Field(default="add", title=mark("Add or change"), description=ADD_OR_CHANGE)
    key: Annotated[str, OneOf("goals")] = Field(default="", title=mark("Key"), description=WHICH_KEY)
    title: str = Field(default="", title=mark("Title"), description=mark("As colleagues and reports call it."))
    metric: str = Field(
        default="", title=mark("Metric"), description=mark("What is counted, for example clicks, orders or revenue.")
    )
    target: str = Field(
        default="", title=mark("Target"), description=mark("A number; of money in the company's currency.")
    )
    starts_on: str = Field(default="", title=mark("First day"), description=FIRST_DAY)
    ends_on: str = Field(default="", title=mark("Last day"), description=LAST_DAY)


class FundOrder(Planned):
    """A fund that comes, or changes."""

    what: Whether = Field(default="add", title=mark("Add or change"), description=ADD_OR_CHANGE)
    key: Annotated[str, OneOf("funds")] = Field(default="", title=mark("Key"), description=WHICH_KEY)
    title: str = Field(default="", title=mark("Title"), description=mark("As colleagues and reports call it."))
    budget: str = Field(
        default="",
        title=mark("Budget of the year"),
        description=mark("In the company's currency, for example 150 000; 0 for none."),
    )


class OccasionOrder(Planned):
    """An occasion added by hand, put aside, or brought back."""

    what: Annotated[Literal["add", "set aside", "bring back"], InWords()] = Field(
        default="add",
        title=mark("What to do"),
        description=mark("Add one by hand; put aside what is not for us; bring back what was put aside."),
    )
    occasion: str = Field(
        default="",
        title=mark("Occasion"),
        description=mark("The key or the title of one that is known; empty for a new one."),
    )
    title: str = Field(default="", title=mark("Title"), description=mark("Of a new one: what happens."))
    on: str = Field(default="", title=mark("Date"), description=mark("Of a new one, as 2026-12-15."))
    importance: int = Field(
        default=2, ge=1, le=3, title=mark("Importance"), description=mark("From 1 to 3; 3 is the weightiest.")
    )
    topic: str = Field(default="", title=mark("Topic"), description=mark("In a word or two; may stay empty."))
    link: str = Field(default="", title=mark("Link"), description=mark("The page to read more on, with https://."))
    reason: str = Field(
        default="",
        title=mark("Why"),
        description=mark("Why it is put aside; colleagues will read it."),
        json_schema_extra={"position": LAST + 1},
    )


class ConclusionOrder(Planned):
    """What the head concludes about a month."""

    month: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2})?$",
        title=mark("Month"),
        description=mark("As 2026-10; empty means the month that has ended."),
    )
    text: str = Field(
        default="",
        max_length=1500,
        title=mark("The head's conclusion"),
        description=mark("It stands on the month's page and in its report; empty takes it away."),
    )
    follows: int = Field(
        default=-1,
        ge=-1,
        title=mark("Version it takes the place of"),
        description=mark("As the month's page names it, 0 for none; -1 takes the place of whichever stands now."),
    )

    @property
    def first_day(self) -> str:
        """The month's first day; empty for the month that has ended."""
        return f"{self.month}-01" if self.month else ""
