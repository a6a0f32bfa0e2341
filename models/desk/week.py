"""The week as its page shows it: what its address asks for, how a publication stands, what is counted. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from models.delivery import State
from models.desk import Choice, Line
from models.locale import mark
from models.post import Value
from models.reason import NO_REASON, Reason

PATH = "/staff/week"
DAYS = 7
OVERDUE = timedelta(minutes=3)  # later than this, what should have gone out by itself is late


class View(StrEnum):
    CALENDAR = "calendar"
    LIST = "list"


class Standing(StrEnum):
    """How a publication stands, in the words of whoever plans it: each one stands in exactly one way."""

    LATE = "late"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"
    MISSED = "missed"
    APPROVAL = "approval"
    STOPPED = "stopped"
    PLANNED = "planned"
    GOING = "going"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


STANDING_TITLES = {
    Standing.LATE: mark("late"),
    Standing.REFUSED: mark("refused by the channel"),
    Standing.UNKNOWN: mark("outcome unknown, check it"),
    Standing.HELD: mark("held back"),
    Standing.MISSED: mark("missed its time"),
    Standing.APPROVAL: mark("waits for approval"),
    Standing.STOPPED: mark("stopped"),
    Standing.PLANNED: mark("waits for its time"),
    Standing.GOING: mark("is going out"),
    Standing.PUBLISHED: mark("published"),
    Standing.CANCELLED: mark("cancelled"),
}
ENDED = {
    State.CLAIMED: Standing.GOING, State.INTENT: Standing.GOING, State.SENT: Standing.PUBLISHED,
    State.CONFIRMED: Standing.PUBLISHED, State.REJECTED: Standing.REFUSED, State.UNKNOWN: Standing.UNKNOWN,
    State.CANCELLED: Standing.CANCELLED, State.MISSED: Standing.MISSED, State.HELD: Standing.HELD,
}  # fmt: skip
FOR_A_PERSON = frozenset({Standing.LATE, Standing.REFUSED, Standing.UNKNOWN, Standing.HELD, Standing.MISSED})
TOLD = FOR_A_PERSON | {Standing.STOPPED}
WAITING = frozenset({Standing.APPROVAL, Standing.STOPPED, Standing.PLANNED, Standing.GOING})

# What the filter by state may be: a group, or one way to stand.
GROUP_TITLES = {"person": mark("whatever needs a person"), "waiting": mark("whatever is still to come")}
GROUPS: Mapping[str, frozenset[Standing]] = {"person": FOR_A_PERSON, "waiting": WAITING}
STATES: Mapping[str, frozenset[Standing]] = {**GROUPS, **{str(one): frozenset({one}) for one in Standing}}
STATE_WORDS: Mapping[str, str] = {**GROUP_TITLES, **{str(one): title for one, title in STANDING_TITLES.items()}}


def standing(state: State, approved: bool, stopped: bool, due_at: datetime, now: datetime) -> Standing:
    """How it stands; what is not approved is not late, and neither is what a Stop holds."""
    if state in ENDED:
        return ENDED[state]
    if not approved:
        return Standing.APPROVAL
    if stopped:
        return Standing.STOPPED
    return Standing.LATE if due_at < now - OVERDUE else Standing.PLANNED


class Wish(Value):
    """What the address of the page asks for. `moved` and `was` are a publication just moved, and its time before."""

    first: date
    view: View = View.CALENDAR
    day: date | None = None
    channel: str = ""
    campaign: str = ""
    person: str = ""
    state: str = ""
    zone: str = ""
    page: int = 1
    moved: int = 0
    was: str = ""

    def address(self, path: str = PATH, **changes: object) -> str:
        """The address of the same page but for these changes; another choice begins at its first page."""
        wanted = self.model_copy(update={"page": 1, "moved": 0, "was": ""} | changes)
        given = {
            name: value
            for name, value in wanted
            if value and (name, value) not in (("view", View.CALENDAR), ("page", 1))
        }
        return f"{path}?{urlencode(given)}"


class Chip(Value):
    """A filter that is on: what it says, and the address without it."""

    field: str
    title: str
    address: str


class Choices(Value):
    """What the filters may be set to."""

    channels: tuple[Choice, ...] = ()
    campaigns: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    zones: tuple[Choice, ...] = ()


class Counts(Value):
    """How many publications there are, and how many of them are out, to come, in need of a person, cancelled."""

    total: int = 0
    out: int = 0
    waiting: int = 0
    person: int = 0
    cancelled: int = 0


class Placed(Value):
    """A publication in its place: `day` and `at` on the clocks of the page, `wall` on those of its channel.

    `there` is the time on the channel's clocks where they show another one.
    """

    line: Line
    standing: Standing
    day: date
    at: str
    wall: str
    there: str = ""

    @property
    def reason(self) -> Reason:
        """Why it stands so, where that is not plain."""
        return self.line.reason if self.standing in TOLD | {Standing.CANCELLED} else NO_REASON

    @property
    def advice(self) -> Reason:
        """What to do about it; empty where nothing is wrong."""
        return self.line.advice if self.standing in TOLD else NO_REASON


class Day(Value):
    """A column of the calendar; `more` publications are not shown."""

    day: date
    placed: tuple[Placed, ...] = ()
    more: int = 0


class Back(Value):
    """The way back for what has just been moved: `wall` is its former time on the clocks of its channel.

    `town` is where those clocks are, if they show another time than the page's.
    """

    line: Line
    wall: str
    town: str = ""

    @property
    def date(self) -> str:
        return self.wall.partition("T")[0]

    @property
    def time(self) -> str:
        return self.wall.partition("T")[2]


class Week(Value):
    """A week as its page shows it. `zone` is the page's; of a list, `placed` are the lines of one page of `pages`."""

    wish: Wish
    today: date
    zone: str
    choices: Choices
    chips: tuple[Chip, ...] = ()
    counts: Counts = Counts()
    days: tuple[Day, ...] = ()
    placed: tuple[Placed, ...] = ()
    pages: int = 1
    is_cut: bool = False
    back: Back | None = None

    @property
    def last(self) -> date:
        return self.wish.first + timedelta(days=DAYS - 1)

    @property
    def earlier(self) -> str:
        return self.wish.address(first=self.wish.first - timedelta(days=DAYS), day=None)

    @property
    def later(self) -> str:
        return self.wish.address(first=self.wish.first + timedelta(days=DAYS), day=None)

    @property
    def now(self) -> str:
        return self.wish.address(first=monday(self.today), day=None)


class Strip(Value):
    """Today in a line: what is out, what is still to come and when the next of it, what needs a person."""

    wish: Wish
    counts: Counts = Counts()
    next_at: datetime | None = None


class Export(Value):
    """The publications of a page as a file takes them, in the reader's language."""

    title: str
    zone: str
    placed: tuple[Placed, ...]
    made_at: datetime
    home: str = ""


class File(Value):
    """A file to take away."""

    name: str
    media_type: str
    data: bytes


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
