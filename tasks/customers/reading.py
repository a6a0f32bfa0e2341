"""A row of a table of customers, read: who it is, how to reach them, what they agreed to. Pure.

A cell that cannot be read is named by row and column, and the rest of the row counts; a row that nobody can be known by
does not.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import isfinite

from models.content import Cell, Effect, Place, Problem, Sheet, SheetRow
from models.customers import Act, AddressKind, Purpose
from models.locale import mark
from models.reason import Reason, because
from tasks.customers.addresses import Found, Unreadable, read_email, read_phone, read_telegram
from tasks.customers.columns import KNOWN_BY, places

NOT_REACHED = mark("Neither a code, nor a phone, nor an e-mail, nor Telegram: nobody can be known by this row.")
NOT_A_DATE = mark("This is not a date. Write it as 2026-11-25 or 25.11.2026.")
NOT_YES_OR_NO = mark("Here stands yes, no or the date of the consent.")
NO_DATE = mark("The consent has no date, so it proves nothing: no advertising may be sent. Add a column with its date.")
NO_PROOF = mark("Nothing says what proves the consent: no advertising may be sent. Name the document for it.")
IN_FUTURE = mark("The date is in the future. Check the year.")
TOO_LONG = mark("The text has more than {limit} characters. Shorten it.")

YES = frozenset({"да", "yes", "y", "1", "true", "+", "есть", "согласен", "согласна", "дано", "истина", "v", "✓"})
NO = frozenset({"нет", "no", "n", "0", "false", "-", "отказ", "не согласен", "не согласна", "отозвано", "ложь", "—"})
LINE_MAX = 200
OLDEST = 1900
ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
WITHOUT_YEAR = re.compile(r"(\d{1,2})\.(\d{1,2})\.?")
EPOCH, SERIALS = date(1899, 12, 30), 110_000  # how spreadsheets count days, up to the year 2201
LEAP = 2000  # the 29th of February is a birthday too


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a row says of a consent; no `kind` means every address of the row."""

    purpose: Purpose
    act: Act
    on: date
    kind: AddressKind | None = None
    proof: str = ""
    wording: str = ""
    via: str = ""


@dataclass(slots=True)
class CustomerRow:
    """A customer as a row says it; a field that the table has not, or leaves empty, is None: it says nothing of it."""

    number: int
    code: str | None = None
    name: str | None = None
    birthday: str | None = None
    city: str | None = None
    zone: str | None = None
    outlet: str | None = None
    addresses: list[Found] = field(default_factory=list)
    agreed: list[Agreed] = field(default_factory=list)
    refused: bool = False


@dataclass(frozen=True)
class Given:
    """What whoever loads the table says of all its rows: when, by which document and words consent was given."""

    proof: str = ""
    wording: str = ""
    via: str = "import"
    on: date | None = None


def read_customers(sheet: Sheet, today: date, country: str, given: Given) -> tuple[list[CustomerRow], list[Problem]]:
    """Read every row that somebody can be known by, and say what is wrong, by row and column."""
    at, problems = places(sheet)
    return ([], list(problems)) if problems else read_rows(sheet, sheet.rows, at, today, country, given)


def read_rows(
    sheet: Sheet, rows: Sequence[SheetRow], at: Mapping[str, int], today: date, country: str, given: Given
) -> tuple[list[CustomerRow], list[Problem]]:
    """Read some rows of a table whose columns stand `at` these places."""
    found, wrong = [], []
    for row in rows:
        reader = Reader(sheet, row, at, today, country, given)
        if read := reader.read():
            found.append(read)
        wrong += reader.problems
    return found, wrong


class Reader:
    """Reads one row, column by column, and collects what is wrong."""

    def __init__(
        self, sheet: Sheet, row: SheetRow, at: Mapping[str, int], today: date, country: str, given: Given
    ) -> None:
        self.sheet, self.row, self.at, self.today, self.country, self.given = sheet, row, at, today, country, given
        self.texts = {column: plain(row.cells[place]) for column, place in at.items()}
        self.problems: list[Problem] = []

    def read(self) -> CustomerRow | None:
        read = CustomerRow(
            number=self.row.number, code=self._text("code"), name=self._name(), birthday=self._birthday(),
            city=self._text("city"), zone=self._text("zone"), outlet=self._text("outlet"),
            addresses=list(self._addresses()),
        )  # fmt: skip
        if not read.code and not read.addresses:
            if not any(problem.effect is Effect.LEFT_OUT for problem in self.problems):
                first = next(column for column in KNOWN_BY if column in self.at)
                self._complain(first, because(NOT_REACHED, code="nobody"), Effect.LEFT_OUT)
            return None
        read.agreed, read.refused = list(self._agreed()), self._says("refused") is Act.GIVEN
        return read

    def _cell(self, column: str) -> Cell:
        return self.row.cells[self.at[column]] if column in self.at else None

    def _text(self, column: str) -> str | None:
        text = self.texts.get(column, "")
        if len(text) > LINE_MAX:
            self._complain(column, because(TOO_LONG, code="long", limit=LINE_MAX))
            return None
        return text or None

    def _name(self) -> str | None:
        parts = [part for part in (self._text("name"), self._text("surname")) if part]
        return " ".join(parts)[:LINE_MAX] or None

    def _birthday(self) -> str | None:
        if found := WITHOUT_YEAR.fullmatch(self.texts.get("birthday", "")):
            try:
                return f"{date(LEAP, int(found[2]), int(found[1])):%m-%d}"
            except ValueError:
                self._complain("birthday", because(NOT_A_DATE, code="date"))
                return None
        day = self._day("birthday")
        if day is None or (day.year > OLDEST and day <= self.today):
            return day.isoformat() if day else None
        self._complain("birthday", because(IN_FUTURE if day > self.today else NOT_A_DATE, code="birthday"))
        return None

    def _day(self, column: str) -> date | None:
        if not self.texts.get(column):
            return None
        try:
            return read_day(self._cell(column))
        except NoDay:
            self._complain(column, because(NOT_A_DATE, code="date"))
            return None

    def _addresses(self) -> Iterator[Found]:
        ways: Sequence[tuple[str, Callable[[Cell], Found]]] = (
            ("email", read_email), ("phone", lambda cell: read_phone(cell, self.country)), ("telegram", read_telegram),
        )  # fmt: skip
        for column, way in ways:
            if not self.texts.get(column):
                continue
            try:
                yield way(self._cell(column))
            except Unreadable as error:
                self._complain(column, error.reason)

    def _says(self, column: str) -> Act | date | None:
        """Yes, no or the day it was said; None where nothing is said."""
        word = self.texts.get(column, "").lower()
        if not word:
            return None
        if word in YES or word in NO:
            return Act.GIVEN if word in YES else Act.WITHDRAWN
        try:
            return read_day(self._cell(column))
        except NoDay:
            self._complain(column, because(NOT_YES_OR_NO, code="consent"))
            return None

    def _agreed(self) -> Iterator[Agreed]:
        for column, purpose, kind, day in (
            ("personal", Purpose.PERSONAL, None, "personal_on"),
            ("advertising", Purpose.ADVERTISING, None, "agreed_on"),
            ("advertising_email", Purpose.ADVERTISING, AddressKind.EMAIL, "agreed_on"),
            ("advertising_phone", Purpose.ADVERTISING, AddressKind.PHONE, "agreed_on"),
        ):
            said = self._says(column)
            if said is Act.WITHDRAWN:
                yield Agreed(purpose, Act.WITHDRAWN, self.today, kind, via=self.given.via)
            elif said is not None and (given := self._given(column, purpose, kind, said, day)):
                yield given

    def _given(
        self, column: str, purpose: Purpose, kind: AddressKind | None, said: Act | date, day: str
    ) -> Agreed | None:
        """A consent counts with its day and what proves it: the proof is on whoever sends (38-FZ, article 18)."""
        on = said if isinstance(said, date) else self._day(day) or self._day("agreed_on") or self.given.on
        proof = self._text("proof") or self.given.proof
        if on is None or not proof:
            self._complain(column, because(NO_PROOF if on else NO_DATE, code="no_proof" if on else "no_date"))
            return None
        if on > self.today:
            self._complain(column, because(IN_FUTURE, code="future"))
            return None
        wording, via = self._text("wording") or self.given.wording, self._text("via") or self.given.via
        return Agreed(purpose, Act.GIVEN, on, kind, proof, wording, via)

    def _complain(self, column: str, reason: Reason, effect: Effect = Effect.NOTE) -> None:
        place = Place(file=self.sheet.file, row=self.row.number, field=self.sheet.header[self.at[column]])
        self.problems.append(Problem(place=place, reason=reason, effect=effect))


class NoDay(ValueError):
    """What stands there is no day."""


def read_day(cell: Cell) -> date:
    """Read a day with its year, of any century: 1990-05-17, 17.05.1990, or as a spreadsheet keeps it. Raises NoDay."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell))
    text = plain(cell).partition(" ")[0].partition("T")[0]
    year, month, day = 0, 0, 0
    if found := ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := DOTTED.fullmatch(text):
        day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDay from None


def _serial(number: float) -> date:
    if not isfinite(number) or not 1 <= number < SERIALS:
        raise NoDay
    return EPOCH + timedelta(days=int(number))


def plain(cell: Cell) -> str:
    """A cell as one line of text, without what a spreadsheet would take for a formula when it is written out again."""
    whole = isinstance(cell, float) and cell.is_integer()
    text = str(int(cell) if isinstance(cell, float) and whole else "" if cell is None else cell)
    return " ".join(text.split()).lstrip("\0")
