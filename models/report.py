"""A report as it is read in one language: every number said, every table in order; layouts only place it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class Sentence:
    """`tone` is what it means for the head: good, bad, or only so."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class FigureBox:
    title: str
    value: str
    planned: str
    change: str
    before: str
    tone: str


@dataclass(frozen=True)
class Bar:
    """Plan against fact: `share` and `mark` are per cent of the whole; None where nothing is known or expected."""

    title: str
    note: str
    fact: str
    target: str
    share: float | None
    mark: float | None
    percent: str
    standing: str
    tone: str
    extra: str = ""


@dataclass(frozen=True)
class Cell:
    """`absent` is what is not known: a dash here, and these words for whoever points at it."""

    text: str
    absent: str = ""
    change: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Row:
    title: str
    cells: tuple[Cell, ...]
    total: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Piece:
    title: str
    author: str
    link: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StuckRow:
    piece: str
    channel: str
    due: str
    state: str
    reason: str


@dataclass(frozen=True)
class Page:
    """Everything a layout places; all of it is already in the reader's language."""

    language: str
    kind: str
    title: str
    span: str
    company: str
    badge: str
    made: str
    headings: Mapping[str, str]
    sentences: tuple[Sentence, ...]
    figures: tuple[FigureBox, ...]
    plot_title: str
    plot_note: str
    legend: tuple[tuple[str, str], ...]
    goals: tuple[Bar, ...]
    funds: tuple[Bar, ...]
    campaigns: tuple[Bar, ...]
    tables: tuple[Table, ...]
    best: tuple[Piece, ...]
    worst: tuple[Piece, ...]
    stuck: tuple[StuckRow, ...]
    stuck_more: str
    conclusion: tuple[str, ...]
    remarks: tuple[str, ...]
