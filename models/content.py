"""Where content comes from: values of the plan, feeds, products and pieces, and what is wrong with them. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from models.day import Day
from models.delivery import Lateness
from models.edit import DeskEdit
from models.locale import mark, translate
from models.post import Product, Value
from models.reason import Reason
from models.schedule import Recurrence

T = TypeVar("T")
Cell = str | int | float | bool | datetime | date | time | None

ROW = mark("row {row}")
LINE = mark("line {line}")
COLUMN = mark("column “{field}”")
FIELD = mark("field “{field}”")


class Effect(StrEnum):
    """What a problem costs: nothing, the one row or item it is in, or the whole file."""

    NOTE = "note"
    LEFT_OUT = "left_out"
    STOPS = "stops"


class Place(Value):
    """Where in a person's file: a table has rows and columns, a text has lines and fields; 0 and "" are absent."""

    file: str = ""
    row: int = 0
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        named = [self.file]
        named += [translate(ROW, row=self.row)] if self.row else []
        named += [translate(LINE, line=self.line)] if self.line else []
        named += [translate(COLUMN if self.row else FIELD, field=self.field)] if self.field else []
        return ", ".join(part for part in named if part)


class Problem(Value):
    """What is wrong at a place, how to mend it, and what it costs meanwhile."""

    place: Place
    reason: Reason
    effect: Effect = Effect.LEFT_OUT

    def __str__(self) -> str:
        place = str(self.place)
        return f"{place}: {self.reason}" if place else str(self.reason)


class Found(NamedTuple, Generic[T]):
    """What was read, and what could not be."""

    items: tuple[T, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the file could not be used: then what is absent from `items` is unknown, not gone."""
        return any(problem.effect is Effect.STOPS for problem in self.problems)


def nearest(word: str, among: Iterable[str], count: int = 3, likeness: float = 0.55) -> list[str]:
    """The words most like this one, best first; letter case and the order of the given do not matter."""
    folded = word.casefold().strip()
    scored = [(SequenceMatcher(None, folded, other.casefold()).ratio(), other) for other in set(among)]
    return [other for ratio, other in sorted(scored, key=lambda s: (-s[0], s[1])) if ratio >= likeness][:count]


def fingerprint(content: Any) -> str:
    """SHA-256 over canonical JSON: the same content has the same print in every process and release."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()


class SheetRow(Value):
    """A row of a table; `number` is the one the person sees beside it."""

    number: int
    cells: tuple[Cell, ...] = ()


class Sheet(Value):
    """A table as it was kept: the heading, the row it stands in, and the rows under it that hold anything."""

    file: str
    title: str = ""
    header: tuple[str, ...] = ()
    header_row: int = 0
    rows: tuple[SheetRow, ...] = ()


class Known(Value):
    """What the files of the company may refer to: keys with their titles; None is not checked.

    `drafts` are №s that a row of the plan may not have: those of pieces kept elsewhere, with their titles.
    """

    channels: Mapping[str, str] = {}
    campaigns: Mapping[str, str] | None = None
    goals: Mapping[str, str] | None = None
    groups: Mapping[str, str] | None = None
    people: Mapping[str, str] | None = None
    pieces: frozenset[str] | None = None
    pictures: frozenset[str] | None = None
    products: frozenset[str] | None = None
    drafts: Mapping[str, str] = {}


SCHEDULE_FIELDS = ("on", "at", "zone", "repeat", "if_late")
CONTENT_FIELDS = (
    "piece", "title", "text", "channels", "except_channels", "pictures", "text_for", "products", "campaign", "goal",
    "group", "author", "material",
)  # fmt: skip


class PlanRow(Value):
    """One row of the content plan, known by its №; `row` is only where it stands today.

    `at` is wall time, None means the channel's next slot of that day; `zone` is empty where each channel's own is meant
    (a time counted from the start is the company's). No `channels` means those the piece names; `everywhere` says that
    neither names any, or the row all of them: so it means others once the company has others. `material` is the print
    of the piece's own file and pictures, put in by who reads them: a piece edited in its file is a changed row.
    """

    number: str = ""
    row: int = 0
    on: date | None = None
    at: time | None = None
    zone: str = ""
    repeat: Recurrence | None = None
    if_late: Lateness | None = None
    piece: str = ""
    title: str = ""
    text: str = ""
    channels: tuple[str, ...] = ()
    except_channels: tuple[str, ...] = ()
    everywhere: bool = False
    pictures: tuple[str, ...] = ()
    text_for: Mapping[str, str] = {}
    products: tuple[str, ...] = ()
    campaign: str = ""
    goal: str = ""
    group: str = ""
    author: str = ""
    material: str = ""

    @property
    def label(self) -> str:
        """How a person calls the row."""
        return self.title or self.piece or " ".join(self.text.split())[:40]

    def content_hash(self) -> str:
        """The print of what is said; when and in which row of the file is no part of it."""
        return fingerprint({name: value for name, value in self.model_dump().items() if name in CONTENT_FIELDS})

    def row_hash(self) -> str:
        """The print of all a person decided in the row."""
        aside = ("number", "row", "everywhere")
        return fingerprint({name: value for name, value in self.model_dump().items() if name not in aside})

    def aimed_at(self, piece_channels: Collection[str] = (), every: Collection[str] = ()) -> tuple[str, ...]:
        """The channels meant: the row's, else the piece's, else every one where some are excepted; less those."""
        named = self.channels or tuple(piece_channels) or (tuple(every) if self.except_channels else ())
        return tuple(key for key in named if key not in self.except_channels)


class KnownRow(Value):
    """A row as it was loaded before. `out` are the channels it went out to; `open` whether any of it is still to go.

    `edited` is what was edited on the desk since, which is no part of `row`.
    """

    row: PlanRow
    out: tuple[str, ...] = ()
    open: bool = True
    edited: tuple[DeskEdit, ...] = ()


class ChangeKind(StrEnum):
    """What loading a plan means for one row; every row of the file and every known one has exactly one."""

    NEW = "new"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    OUT = "out"
    SAME = "same"
    BROKEN = "broken"


class FieldChange(Value):
    """One field of a row, before and after, as a person reads it."""

    field: str
    before: str = ""
    after: str = ""


class Change(Value):
    """What loading means for the row `number`. `row` is absent where the file has none, `before` where it is new."""

    kind: ChangeKind
    number: str
    row: PlanRow | None = None
    before: PlanRow | None = None
    fields: tuple[FieldChange, ...] = ()
    out: tuple[str, ...] = ()
    edited: tuple[DeskEdit, ...] = ()


class Outcome(Value):
    """What became of a row, as it is written back into the plan; a number that is not available is None, never 0."""

    status: str = ""
    link: str = ""
    reach: int | None = None
    reactions: int | None = None
    reason: str = ""


class PictureSource(Value):
    """A picture a piece names, by its file, with the words for who cannot see it."""

    file: str
    alt: str = ""


class PieceSource(Value):
    """A piece as its file keeps it: what its heading says, and its markdown.

    `approval` is “person” where a person must approve it even on channels that the company's policy answers for.
    """

    file: str
    title: str
    text: str = ""
    description: str = ""
    pictures: tuple[PictureSource, ...] = ()
    channels: tuple[str, ...] = ()
    group: str = ""
    campaign: str = ""
    goal: str = ""
    author: str = ""
    products: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    offer_until: Day | None = None
    source: str = ""
    licence: str = ""
    text_for: Mapping[str, str] = {}
    approval: Literal["", "person"] = ""

    def content_hash(self) -> str:
        """The print of everything but the file's name."""
        return fingerprint(self.model_dump(mode="json", exclude={"file"}))


class FeedItem(Value):
    """An entry of a feed, as plain text; `guid` is the publisher's name for it, made of its words where it has none."""

    source: str
    guid: str
    title: str
    text: str = ""
    link: str = ""
    published: datetime | None = None
    licence: str = ""
    author: str = ""
    topics: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    starts: date | None = None


class Offer(Value):
    """A product of the shop's feed; prices in minor units. `category` and `category_ids` run from the root."""

    id: str
    name: str
    price: int
    currency: str
    old_price: int | None = None
    category: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    url: str = ""
    pictures: tuple[str, ...] = ()
    available: bool = True
    description: str = ""
    vendor: str = ""

    def product(self) -> Product:
        """The product as a rendition shows it."""
        return Product(
            id=self.id, name=self.name, price=self.price, currency=self.currency, url=self.url, available=self.available
        )


class Occasion(Value):
    """An event worth speaking about. `dated` is false where no date was found and `on` is only the day of the news."""

    key: str
    title: str
    on: date
    dated: bool = True
    topic: str = ""
    text: str = ""
    link: str = ""
    source: str = ""


class Finding(Value):
    """Something that could be said, wherever it was found: what ranking and folding look at.

    `distinct` is one of its own by its id, however like another: two certificates differ in one number.
    """

    source: str
    ref: str
    title: str
    text: str = ""
    link: str = ""
    licence: str = ""
    published: datetime | None = None
    pictures: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    group: str = ""
    until: date | None = None
    distinct: bool = False


class Ranked(Value):
    """A finding with its place among the others: `score` 0–100, why so, and the refs of its near copies."""

    finding: Finding
    score: int
    why: tuple[Reason, ...] = ()
    group: str = ""
    copies: tuple[str, ...] = ()
