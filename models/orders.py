"""Orders about publications: how a person names what they mean, and what an order can come to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.delivery import OPEN, State
from models.form import Form, OneOf
from models.locale import mark

# What each order can be about. An unknown outcome is in none of them: it may be out, so it is decided, not ordered.
CANCELLABLE = OPEN | {State.MISSED, State.REJECTED}
HOLDABLE = frozenset({State.PLANNED, State.CLAIMED})
RESTORABLE = frozenset({State.HELD, State.MISSED, State.REJECTED, State.CANCELLED})
MOVABLE = frozenset({State.PLANNED, State.CLAIMED, State.MISSED, State.HELD})
PUBLISHABLE = HOLDABLE | RESTORABLE

LAST = 90  # a form's own fields come before its signature, whatever class they are from


class Answer(StrEnum):
    """What became of an order."""

    DONE = "done"
    TOO_LATE = "too_late"
    ABSENT = "absent"


class Verdict(StrEnum):
    """What a person found out about an unknown outcome."""

    OUT = "out"
    AGAIN = "again"
    LEAVE = "leave"


class QuestionIs(StrEnum):
    """What a person says about a question of a customer."""

    ANSWERED = "answered"
    NONE_NEEDED = "none_needed"


@dataclass(frozen=True)
class When:
    """A new time of a row: the instant and what it was derived from."""

    due_at: datetime
    late_at: datetime | None
    wall_time: str
    zone: str


class Which(Form):
    """Which publications are meant: those of a piece, or a single one."""

    piece: str = Field(
        default="",
        title=mark("№ of the piece"),
        description=mark("As in the content plan. Empty where the number of a publication is named."),
    )
    publication: int = Field(
        default=0,
        ge=0,
        title=mark("Number of the publication"),
        description=mark("As Otdel calls it in its answers; 0 where the № of a piece is named."),
    )
    channel: Annotated[str, OneOf("channels")] = Field(
        default="",
        title=mark("Channel"),
        description=mark("Its name or key; empty means all channels of the piece."),
    )


class NewTime(Form):
    """A new time, as people write it."""

    date: str = Field(
        default="",
        title=mark("New date"),
        description=mark("For example 25.11, 2026-11-25 or +1 for tomorrow. Empty keeps the day."),
    )
    time: str = Field(
        default="",
        title=mark("New time"),
        description=mark("On the channel's clocks, for example 18:30; now+30m counts from now. Empty keeps the time."),
    )


class Signed(Form):
    """Who orders it and why: stated, not proven."""

    person: Annotated[str, OneOf("people")] = Field(
        title=mark("Who orders it"),
        description=mark("Your name as in company.yaml; it is written down as stated."),
        json_schema_extra={"position": LAST},
    )
    reason: str = Field(
        default="",
        title=mark("Why"),
        description=mark("In a few words; colleagues will read it beside the publication."),
        json_schema_extra={"position": LAST + 1},
    )


class Repeats(Form):
    """Whether all coming repeats are meant."""

    repeats: bool = Field(
        default=False,
        title=mark("All repeats"),
        description=mark("For a piece that repeats: every coming publication, not only the nearest one."),
    )


class PlanFile(Form):
    """The content plan, where it is another file than usual."""

    file: str = Field(
        default="",
        title=mark("File of the plan"),
        description=mark("Inside the company's folder; empty means content/plan.xlsx, else content/plan.csv."),
    )


class Order(Signed, Which):
    """An order about publications."""


class RepeatedOrder(Signed, Repeats, Which):
    """An order that may be about all repeats at once."""


class TimedOrder(Signed, NewTime, Which):
    """An order that may give a new time."""


class UrgentOrder(Signed, Which):
    """An order to let out a correction before it is approved."""

    version: str = Field(
        default="",
        title=mark("Version"),
        description=mark("Its print, where only the version you have read may go out; the desk fills it in."),
    )


class Dropped(Signed):
    """An order about a file that was dropped on the desk."""

    drop: int = Field(
        ge=1, title=mark("Number of the dropped file"), description=mark("It stands on its page on the desk.")
    )
    seen: str = Field(
        default="",
        title=mark("What was looked at"),
        description=mark("Filled in by the desk; empty applies what it means now."),
    )
