"""The content plan: rows of cells to what is to be said, where and when; what is wrong is said row by row. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from models.content import Cell, Effect, Known, Place, PlanRow, Problem, Sheet, SheetRow
from models.delivery import Lateness
from models.locale import mark
from models.reason import Reason, because
from models.schedule import Recurrence, Unreadable
from tasks.content.columns import WRITTEN_BACK, Columns, recognise
from tasks.content.moments import moment, read_date, read_time
from tasks.content.references import fold, names, refer, refer_file, unknown
from tasks.content.repeats import read_repeat

TEXT_MAX = 32_000
NUMBER_MAX = 40
OTHERS_MAX = 10

DATE_EMPTY = mark(
    "The date is empty. Write it as 2026-11-25; the time may stay empty, then the channel's slot is taken."
)
NOTHING_TO_SAY = mark("The row does not say what to publish. Fill in “piece”, “title” or “text”.")
NOWHERE = mark("The row does not say where to publish. Fill in “channels”.")
NO_CHANNEL_LEFT = mark("All the channels of the row are excepted. Leave at least one.")
BAD_IF_LATE = mark("“{value}” is not known here. Write one of: publish, skip, ask.")
LONG_TEXT = mark("The text is longer than {limit} characters and a spreadsheet would cut it. Put it into a piece file.")
LONG_NUMBER = mark("The № is longer than {limit} characters. Clear the cell: a free number will be put there.")
SAME_NUMBER = mark(
    "№ {number} also stands in row {others}. Keep it in one of them and clear the rest: "
    "a free number will be put there. Until then these rows wait."
)
OF_A_DRAFT = mark(
    "№ {number} is that of “{title}”, a draft that is not kept in this file. Clear the cell: "
    "a free number will be put there."
)
TEXT_UNUSED = mark("There is a text for {channel}, but the row does not go there. Add the channel or clear the text.")

ALL_CHANNELS = ("все", "все каналы", "all", "all channels")
IF_LATE = {
    Lateness.PUBLISH: ("publish", "публиковать", "опубликовать", "выпустить", "все равно публиковать"),
    Lateness.SKIP: ("skip", "пропустить", "пропускать", "не публиковать"),
    Lateness.ASK: ("ask", "спросить", "спрашивать"),
}


@dataclass(frozen=True)
class Plan:
    """A plan as it was read. `broken` are the №s of rows that wait to be mended: they are neither changed nor gone."""

    rows: tuple[PlanRow, ...] = ()
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the table could not be used: then no row is gone."""
        return any(problem.effect is Effect.STOPS for problem in self.problems)


@dataclass
class Line:
    """One row while it is read."""

    file: str
    header: tuple[str, ...]
    columns: Columns
    row: SheetRow
    problems: list[Problem] = field(default_factory=list)

    def cell(self, column: str) -> Cell:
        at = self.columns.at.get(column)
        return None if at is None else self.row.cells[at]

    def text(self, column: str) -> str:
        return written(self.cell(column))

    def wrong(self, column: str, reason: Reason, effect: Effect = Effect.LEFT_OUT) -> None:
        at = self.columns.at.get(column, self.columns.text_for.get(column))
        heading = self.header[at] if at is not None else ""
        place = Place(file=self.file, row=self.row.number, field=heading)
        self.problems.append(Problem(place=place, reason=reason, effect=effect))

    @property
    def is_blank(self) -> bool:
        """Nothing but a № or what we wrote back: the row was kept free, or cleared."""
        at = self.columns.at
        said = [index for column, index in at.items() if column != "number" and column not in WRITTEN_BACK]
        return all(self.row.cells[index] is None for index in [*said, *self.columns.text_for.values()])

    @property
    def is_sound(self) -> bool:
        return all(problem.effect is Effect.NOTE for problem in self.problems)


def unheard(number: int) -> None:
    """Nobody listens to how far it is."""


def read_plan(sheet: Sheet, known: Known, start: datetime, today: date, tick: Callable[[int], None] = unheard) -> Plan:
    """Read every row; `start` is when the workspace first started, in the company's zone: +1 counts from it.

    `tick` is told before each row how many are read.
    """
    heading = Place(file=sheet.file, row=sheet.header_row)
    columns = recognise(sheet.header, known.channels, heading)
    if any(problem.effect is Effect.STOPS for problem in columns.problems):
        return Plan(problems=columns.problems)
    lines = [Line(sheet.file, sheet.header, columns, row) for row in sheet.rows]
    read = []
    for number, line in enumerate(lines):
        tick(number)
        if not line.is_blank:
            read.append((line, read_row(line, known, start, today)))
    _refuse_same_numbers(read)
    problems = [problem for line, _ in read for problem in line.problems]
    return Plan(
        rows=tuple(row for line, row in read if line.is_sound),
        broken=frozenset(row.number for line, row in read if row.number and not line.is_sound),
        problems=(*columns.problems, *problems),
    )


def read_row(line: Line, known: Known, start: datetime, today: date) -> PlanRow:
    """Read one row as far as it goes; what is wrong is kept by the line."""
    day, at, zone = _when(line, start, today)
    piece = _file(line, "piece", known.pieces, "pieces", ".md")
    row = PlanRow(
        number=_number(line, known.drafts),
        row=line.row.number,
        on=day,
        at=at,
        zone=zone,
        repeat=_repeat(line, start, day),
        if_late=_if_late(line),
        piece=piece,
        title=_long(line, "title"),
        text=_long(line, "text"),
        channels=_channels(line, "channels", known.channels),
        everywhere=fold(line.text("channels")) in ALL_CHANNELS,
        except_channels=_channels(line, "except_channels", known.channels),
        pictures=tuple(_picture(line, name, known.pictures) for name in names(line.text("pictures"))),
        text_for={key: text for key, at in line.columns.text_for.items() if (text := written(line.row.cells[at]))},
        products=_products(line, known.products),
        campaign=_one(line, "campaign", known.campaigns, "campaigns"),
        goal=_one(line, "goal", known.goals, "goals"),
        group=_one(line, "group", known.groups, "groups"),
        author=_one(line, "author", known.people, "people"),
    )
    _judge(line, row, known)
    return row


def written(cell: Cell) -> str:
    """A cell as the person reads it: 12 rather than 12.0, a date as 2026-11-25."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def _judge(line: Line, row: PlanRow, known: Known) -> None:
    """What is wrong only when the row is seen whole."""
    if not (row.piece or row.title or row.text or row.text_for or line.text("piece")):
        line.wrong("piece" if "piece" in line.columns.at else "text", because(NOTHING_TO_SAY, code="nothing_to_say"))
    named = line.text("channels") or line.text("except_channels")
    if not named and not line.text("piece"):
        line.wrong("channels", because(NOWHERE, code="nowhere"))
    aimed = row.aimed_at((), known.channels)
    if line.is_sound and named and not aimed and (row.channels or not row.piece):
        line.wrong("except_channels", because(NO_CHANNEL_LEFT, code="no_channel_left"))
    for key, text in row.text_for.items():
        if len(text) > TEXT_MAX:
            line.wrong(key, because(LONG_TEXT, code="long_text", limit=TEXT_MAX))
        if aimed and key not in aimed:
            line.wrong(key, because(TEXT_UNUSED, code="text_unused", channel=key), Effect.NOTE)


def _when(line: Line, start: datetime, today: date) -> tuple[date | None, time | None, str]:
    if line.cell("on") is None:
        line.wrong("on", because(DATE_EMPTY, code="date_empty"))
        return None, None, ""
    try:
        day, beside = read_date(line.cell("on"), start, today)
    except Unreadable as error:
        line.wrong("on", error.reason)
        return None, None, ""
    try:
        at = read_time(line.cell("at"), start) if line.cell("at") is not None else beside
    except Unreadable as error:
        line.wrong("at", error.reason)
        return day, None, ""
    return *moment(day, at, start), "" if at is None or isinstance(at, time) else str(start.tzinfo)


def _number(line: Line, drafts: Mapping[str, str]) -> str:
    text = line.text("number").lstrip("№# ").strip()
    if len(text) > NUMBER_MAX:
        line.wrong("number", because(LONG_NUMBER, code="long_number", limit=NUMBER_MAX))
        return ""
    number = str(int(text)) if text.isdecimal() else text
    if number in drafts:
        line.wrong("number", because(OF_A_DRAFT, code="of_a_draft", number=number, title=drafts[number]))
        return ""
    return number


def _repeat(line: Line, start: datetime, day: date | None) -> Recurrence | None:
    text = line.text("repeat")
    if not text or fold(text) in ("нет", "no", "-", "—"):
        return None
    try:
        return read_repeat(text, start, day or start.date())
    except Unreadable as error:
        line.wrong("repeat", error.reason)
        return None


def _if_late(line: Line) -> Lateness | None:
    text = line.text("if_late")
    policy = next((policy for policy, words in IF_LATE.items() if fold(text) in words), None)
    if text and policy is None:
        line.wrong("if_late", because(BAD_IF_LATE, code="bad_if_late", value=text))
    return policy


def _long(line: Line, column: str) -> str:
    text = line.text(column)
    if len(text) > TEXT_MAX:
        line.wrong(column, because(LONG_TEXT, code="long_text", limit=TEXT_MAX))
    return text


def _one(line: Line, column: str, known: Mapping[str, str] | None, kind: str) -> str:
    text = line.text(column)
    if not text or known is None:
        return text
    key = refer(text, known)
    if key is None:
        line.wrong(column, unknown(kind, text, known))
    return key or ""


def _channels(line: Line, column: str, known: Mapping[str, str]) -> tuple[str, ...]:
    text = line.text(column)
    if fold(text) in ALL_CHANNELS:
        return tuple(known)
    whole = refer(text, known) if text else None
    keys = {name: refer(name, known) for name in ([] if whole else names(text))}
    for name in (name for name, key in keys.items() if key is None):
        line.wrong(column, unknown("channels", name, known))
    return (whole,) if whole else tuple(dict.fromkeys(key for key in keys.values() if key))


def _file(line: Line, column: str, known: Collection[str] | None, kind: str, suffix: str = "") -> str:
    text = line.text(column)
    if not text or known is None:
        return text
    file = refer_file(text, known, suffix)
    if file is None:
        line.wrong(column, unknown(kind, text, known))
    return file or ""


def _picture(line: Line, name: str, known: Collection[str] | None) -> str:
    file = name if known is None else refer_file(name, known)
    if file is None:
        line.wrong("pictures", unknown("pictures", name, known or ()))
    return file or ""


def _products(line: Line, known: Collection[str] | None) -> tuple[str, ...]:
    ids = names(line.text("products"))
    for id in ids:
        if known is not None and id not in known:
            line.wrong("products", unknown("products", id, known))
    return tuple(ids)


def _refuse_same_numbers(read: list[tuple[Line, PlanRow]]) -> None:
    """Nobody knows which of two rows with one № is the known one, so both wait and the known one stays as it was."""
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line, row in read:
        if row.number:
            by_number[row.number].append(line)
    for number, lines in by_number.items():
        for line in lines if len(lines) > 1 else []:
            named = [str(other.row.number) for other in lines[: OTHERS_MAX + 1] if other is not line][:OTHERS_MAX]
            others = ", ".join(named + ["…"] * (len(lines) > OTHERS_MAX + 1))
            line.wrong("number", because(SAME_NUMBER, code="same_number", number=number, others=others))
