"""What the report page of a mailing shows, all of it said in the reader's language already. Pure."""

from typing import Literal

from models.post import Value

Tone = Literal["good", "bad", "plain"]


class Said(Value):
    """A sentence, and what it means for the head."""

    text: str
    tone: Tone = "plain"


class Step(Value):
    """A step of the way from the list to a purchase. `width` and `machines_width` are per cent of the longest bar."""

    title: str
    number: str
    share: str = ""
    of: str = ""
    interval: str = ""
    width: float = 0
    machines: str = ""
    machines_width: float = 0


class Box(Value):
    """A figure of money, with what stands behind it."""

    title: str
    value: str
    note: str = ""
    tone: Tone = "plain"


class TableRow(Value):
    """`strong` is the one to look at; `quiet` is what does not matter much. `small` stands below each cell."""

    title: str
    cells: tuple[str, ...]
    small: tuple[str, ...] = ()
    note: str = ""
    strong: bool = False
    quiet: bool = False


class Table(Value):
    """A table; `note` says how it is to be read."""

    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    note: str = ""


class Heat(Value):
    """A link and how often people followed it; `heat` is 0 to 4, the hotter the more."""

    label: str
    url: str
    people: str
    share: str
    width: float
    heat: int
    machines: str = ""
    variant: str = ""


class MailingReport(Value):
    """A mailing's report. `plots` are SVG of ours, wide and narrow, empty where nothing has happened yet.

    `may_again`: those who did not open can be asked again now; else `not_again` says why not, where it is worth saying.
    """

    id: int
    title: str
    subject: str = ""
    line: str = ""
    lead: Said
    sentences: tuple[Said, ...] = ()
    steps: tuple[Step, ...] = ()
    boxes: tuple[Box, ...] = ()
    trial: Said | None = None
    variants: Table | None = None
    links: tuple[Heat, ...] = ()
    plots: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    hours: Table | None = None
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    may_again: bool = False
    not_again: str = ""
    waits: bool = False
