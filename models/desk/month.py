"""The month's page for the director, and the reports there are, as the desk shows them. Pure."""

from datetime import date, datetime

from models.post import Value
from models.report import Page

ROOM = 36  # lines that one page holds besides its heads, figures and plot


class Words(Value):
    """A version of the head's conclusion."""

    id: int
    text: str
    person: str = ""
    said_at: datetime


class Ranked(Value):
    """A channel or a campaign among its like, by what the month's report knows of it."""

    title: str
    cells: tuple[str, ...]


class Ranking(Value):
    """Channels or campaigns, the best received first; `more` are left out, counted. `extra` columns are not printed."""

    title: str
    head: str
    columns: tuple[str, ...]
    extra: tuple[int, ...] = ()
    rows: tuple[Ranked, ...] = ()
    more: int = 0


class Wrong(Value):
    """How many publications did not go out as planned, and in which way."""

    title: str
    number: int


class MonthPage(Value):
    """A month as its reader sees it. `plots` are SVG of ours, wide and narrow; the last of the `versions` is first."""

    month: date
    before: date
    following: date | None
    is_over: bool
    page: Page
    plots: tuple[str, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    versions: tuple[Words, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether it takes smaller type, and no plot, to print it on one page."""
        page, bars = self.page, max(len(self.page.funds), len(self.page.campaigns))
        text = sum(len(part) for part in page.conclusion) // 110 + len(page.conclusion)
        rows = max((len(one.rows) for one in self.rankings), default=0) + len(page.stuck[:8])
        return 2 * max(len(page.goals), len(page.sentences) // 2) + 2 * bars + text + rows > ROOM


class Making(Value):
    """An order to make a report: what it is of, and how far it is. `ended_as` is empty until it has ended."""

    id: int
    kind: str
    person: str
    given_at: datetime
    is_over: bool = False
    is_lost: bool = False
    ended_as: str = ""
    remarks: str = ""
