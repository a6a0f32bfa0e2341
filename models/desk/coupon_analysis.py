"""What the page about an offer's coupons shows, all of it said in the reader's language already. Pure."""

from pydantic import AwareDatetime

from models.desk.mailing_report import Box, Said, Step, Table
from models.post import Value


class Plot(Value):
    """SVG of ours, for a desk's width and a phone's; `note` says how it is to be read."""

    wide: str
    narrow: str
    note: str = ""


class Signal(Value):
    """Something to look at, with the coupons it rests on; each link is its words and where it leads."""

    text: str
    links: tuple[tuple[str, str], ...] = ()


class Part(Value):
    """One subject behind “More details”."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    signals: tuple[Signal, ...] = ()


class CouponReport(Value):
    """An offer's analysis. `lead` is the one sentence a head reads; `line` says whose and when."""

    key: str
    title: str
    line: str = ""
    lead: Said
    sentences: tuple[Said, ...] = ()
    boxes: tuple[Box, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()


class Problems(Value):
    """What is wrong with one table: its name, and a line for each thing."""

    file: str
    lines: tuple[str, ...]


class Whole(Value):
    """A whole history: every offer of it, and what could not be counted; `words` are the headings."""

    language: str
    title: str
    company: str
    badge: str = ""
    made: str
    words: dict[str, str]
    reports: tuple[CouponReport, ...]
    problems: tuple[Problems, ...] = ()


class HistoryLine(Value):
    """A history that was analysed lately: the files it was of."""

    id: str
    title: str
    at: AwareDatetime
    by: str


class BeforeCard(Value):
    """What is known of an offer before its launch: pages of offers show it as a card."""

    key: str
    title: str
    sentences: tuple[Said, ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
