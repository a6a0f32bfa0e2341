"""Campaigns, goals and funds as the desk shows them; what a person fills in to add or change one. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from models.locale import mark
from models.post import Value
from models.reason import Reason
from models.report import Bar


class Stage(StrEnum):
    """Where a campaign or a goal is in its days."""

    RUNNING = "running"
    COMING = "coming"
    OVER = "over"


STAGE_TITLES = {
    Stage.RUNNING: mark("under way now"),
    Stage.COMING: mark("yet to come"),
    Stage.OVER: mark("over already"),
}

STAGE_OF_ONE = {
    Stage.RUNNING: mark("is under way"),
    Stage.COMING: mark("is yet to come"),
    Stage.OVER: mark("is over"),
}


class Answered(Value):
    """What became of an order: sentences for the next page, and the key or id of what it was about, if it is known.

    `refused`: nothing was done; the form is shown again as it was filled in.
    """

    said: tuple[Reason, ...] = ()
    refused: bool = False
    about: str = ""


class CampaignLine(Value):
    """A campaign: its days, its money as a bar, its publications counted."""

    key: str
    title: str
    first: date
    last: date
    stage: Stage
    goal: str = ""
    goal_title: str = ""
    money: Bar
    left: str = ""
    out: int = 0
    coming: int = 0
    troubled: int = 0
    is_stopped: bool = False


class CampaignList(Value):
    """Campaigns, those under way first; `older` are left out, counted."""

    lines: tuple[CampaignLine, ...] = ()
    older: int = 0


class Money(Value):
    """An amount beside what it is of."""

    title: str
    amount: str


class WorkLine(Value):
    """A piece of a campaign with what became of its publications."""

    id: int
    number: str = ""
    title: str
    author: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    out: int = 0
    coming: int = 0
    troubled: int = 0
    cancelled: int = 0
    is_outside: bool = False


class Happened(Value):
    """Something that was ordered about a campaign: when, by whom, what came of it."""

    at: datetime
    person: str
    said: str


class CampaignPage(Value):
    """One campaign with all that is known of it."""

    line: CampaignLine
    works: tuple[WorkLine, ...] = ()
    is_cut: bool = False
    funds: tuple[Money, ...] = ()
    results: tuple[Money, ...] = ()
    happened: tuple[Happened, ...] = ()
    outside: int = 0


class GoalLine(Value):
    """A goal: its bar, and in words what is to be expected of it."""

    key: str
    title: str
    stage: Stage
    bar: Bar
    gone: str
    forecast: str
    campaigns: tuple[Money, ...] = ()


class FundLine(Value):
    key: str
    title: str
    bar: Bar
    left: str = ""


class GoalList(Value):
    """Goals and funds of the company; `older` goals are left out, counted."""

    goals: tuple[GoalLine, ...] = ()
    older: int = 0
    funds: tuple[FundLine, ...] = ()
    year: int
    outside_funds: str = ""
    unmeasured: tuple[Reason, ...] = ()


class Filled(Value):
    """A form as it stands: its fields by name, the print of what it changes, and what there is to choose from."""

    fields: Mapping[str, str] = {}
    former: str = ""
    is_new: bool = True
    goals: Mapping[str, str] = {}
    metrics: Mapping[str, str] = {}
    currency: str = ""
