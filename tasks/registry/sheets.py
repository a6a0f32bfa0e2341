"""Expenses and offline results from the tables people keep them in: rows to observations, problems by row. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.content import Cell, Effect, Found, Known, Place, Problem, Sheet, SheetRow, nearest
from models.locale import LANGUAGES, catalogue, mark, translate
from models.post import Value
from models.reason import Reason, because
from models.registry import METRICS, Observation, Unit
from models.schedule import Unreadable
from tasks.content.moments import read_date
from tasks.registry.amounts import Unclear, read_count, read_currency, read_money

T = TypeVar("T")

NO_COLUMN = mark("There is no column “{column}”. Add it to the heading.")
EMPTY = mark("The cell is empty. Fill it in or remove the row.")
UNKNOWN = mark("“{value}” is not known. Write one of: {known}.")
DID_YOU_MEAN = mark("“{value}” is not known. Did you mean {known}?")
NO_OPERATION = mark("“{value}” is no code of an operation. Write it as A8, B10, C3 or M4.")
IN_FUTURE = mark("{day} has not come yet. The registry keeps what has happened: state it afterwards.")
UPSIDE_DOWN = mark("The period ends before it begins. Exchange the two dates.")
TWICE = mark("№ {number} stands in row {row} already. Give this row another number.")
NO_FUND = mark("The fund is not named, so this expense stands outside the funds. Name one of: {known}.")
SPENT_ELSEWHERE = mark("Expenses are stated in the table of expenses, not among results. Move the row there.")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("№", "no", "n", "number", "номер", "№ п/п"),
    "on": ("дата", "date", "day", "день"),
    "since": ("с", "с даты", "from", "начало", "period from"),
    "until": ("по", "по дату", "to", "конец", "period to"),
    "operation": ("операция", "operation", "код", "code"),
    "channel": ("канал", "channel"),
    "campaign": ("акция", "campaign"),
    "goal": ("цель", "goal"),
    "group": ("группа", "клиентская группа", "group", "customer group"),
    "outlet": ("точка", "торговая точка", "магазин", "outlet", "shop"),
    "person": ("автор", "сотрудник", "author", "person", "employee"),
    "fund": ("фонд", "fund"),
    "amount": ("сумма", "расход", "затраты", "amount", "cost", "expense", "spent"),
    "currency": ("валюта", "currency"),
    "metric": ("показатель", "metric", "measure", "что"),
    "value": ("значение", "количество", "число", "value", "number of", "quantity", "count"),
    "unit": ("единица", "ед.", "ед. изм.", "единица измерения", "unit"),
    "document": ("документ", "основание", "document"),
    "note": ("примечание", "комментарий", "note", "comment", "remark"),
}
FIELDS = {name: field for field, names in COLUMNS.items() for name in names}
CODE = re.compile(r"^[ABCM]\d{1,2}$")
LATIN = str.maketrans("АВСМ", "ABCM")
NOON = time(12)


class Books(Known):
    """What a stated row may refer to: beside the plan's, the funds and the outlets."""

    funds: Mapping[str, str] | None = None
    outlets: Mapping[str, str] | None = None


class Stating(Value):
    """Who reads and when: `start` is what +1 in a date counts from; a day stated is noon of it in `zone`."""

    start: datetime
    today: date
    zone: str
    currency: str
    run: str = ""


def familiar(name: str) -> bool:
    """Whether a heading is one of these tables'."""
    return _field(name) is not None


def _field(name: str) -> str | None:
    return FIELDS.get(" ".join(name.casefold().split()))


def numbering(sheet: Sheet) -> dict[int, str]:
    """The № of every row by the row it stands in; rows without one get the next free, to be written back."""
    at = _positions(sheet).get("number")
    written = {row.number: _label(row.cells[at]) if at is not None else "" for row in sheet.rows}
    highest = max((int(label) for label in written.values() if label.isdigit()), default=0)
    for row, label in written.items():
        if not label:
            highest += 1
            written[row] = str(highest)
    return written


def origins(sheet: Sheet, kind: str) -> set[str]:
    """The names of all rows of the file in the registry, those that cannot be read too; `kind` expense or result."""
    return {_origin(kind, sheet.file, number) for number in numbering(sheet).values()}


def _origin(kind: str, file: str, number: str) -> str:
    return f"{kind}:{file}:{number}"


def _label(cell: Cell) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole and isinstance(cell, float) else cell).strip()


def _positions(sheet: Sheet) -> dict[str, int]:
    fields = [_field(name) for name in sheet.header]
    return {field: at for at, field in reversed(list(enumerate(fields))) if field}


def read_expenses(sheet: Sheet, books: Books, stating: Stating) -> Found[Observation]:
    """Read a table of expenses: every row is money spent, by fund, channel, campaign, goal, group and outlet."""
    return _read(sheet, books, stating, ("on", "amount"), _expense)


def read_results(sheet: Sheet, books: Books, stating: Stating) -> Found[Observation]:
    """Read a table of results that were counted outside: calls, visits, orders, revenue."""
    return _read(sheet, books, stating, ("metric", "value"), _result)


class _Reader:
    """One row under its heading: reads cells by field, and keeps what is wrong with them."""

    def __init__(self, sheet: Sheet, row: SheetRow, number: str, books: Books, stating: Stating) -> None:
        self.sheet, self.row, self.number, self.books, self.stating = sheet, row, number, books, stating
        self.positions = _positions(sheet)
        self.problems: list[Problem] = []

    def cell(self, field: str) -> Cell:
        at = self.positions.get(field)
        return None if at is None else self.row.cells[at]

    def text(self, field: str) -> str:
        return _label(self.cell(field))

    def blame(self, field: str, reason: Reason, effect: Effect = Effect.LEFT_OUT) -> None:
        at = self.positions.get(field)
        heading = COLUMNS[field][0] if at is None else self.sheet.header[at]
        place = Place(file=self.sheet.file, row=self.row.number, field=heading)
        self.problems.append(Problem(place=place, reason=reason, effect=effect))

    def among(self, field: str, known: Mapping[str, str] | None) -> str:
        """The key of a thing of the company that is named by its key or its title."""
        value = self.text(field)
        if not value or known is None:
            return value
        key = _key_of(value, known)
        if key is None:
            self.blame(field, _unknown(value, known))
        return key or ""

    def day(self, field: str) -> date | None:
        cell = self.cell(field)
        if cell is None:
            return None
        try:
            found, _ = read_date(cell, self.stating.start, self.stating.today)
        except Unreadable as error:
            self.blame(field, error.reason)
            return None
        if found > self.stating.today:
            self.blame(field, because(IN_FUTURE, code="future", day=found.isoformat()))
        return found

    def operation(self, default: str) -> str:
        code = self.text("operation").upper().translate(LATIN)
        if code and not CODE.match(code):
            self.blame("operation", because(NO_OPERATION, code="operation", value=self.text("operation")))
        return code if CODE.match(code) else default

    def currency(self) -> str:
        cell = self.cell("currency")
        try:
            return self.stating.currency if cell is None else read_currency(cell)
        except Unclear as error:
            self.blame("currency", error.reason)
            return self.stating.currency

    def money(self, field: str) -> tuple[int, str]:
        return self._clear(field, lambda cell: read_money(cell, self.currency()), (0, self.stating.currency))

    def count(self, field: str) -> int:
        return self._clear(field, lambda cell: read_count(cell, self.cell("unit")), 0)

    def _clear(self, field: str, read: Callable[[Cell], T], nothing: T) -> T:
        cell = self.cell(field)
        try:
            if cell is not None:
                return read(cell)
            self.blame(field, because(EMPTY, code="empty"))
        except Unclear as error:
            self.blame(field, error.reason)
        return nothing

    def when(self) -> tuple[date | None, date | None, date | None]:
        """The day of the fact, and its period: a result of a period belongs to its last day."""
        since, until = self.day("since"), self.day("until")
        on = self.day("on") or until
        if since and until and until < since:
            self.blame("until", because(UPSIDE_DOWN, code="upside_down"))
        if on is None and not self.problems:
            self.blame("on", because(EMPTY, code="empty"))
        return on, since, until

    def observation(self, kind: str, operation: str, **measured: object) -> Observation | None:
        """The row as an observation, if nothing is wrong with it that leaves it out."""
        origin = _origin(kind, self.sheet.file, self.number)
        on, since, until = self.when()
        keys = {
            "channel": self.among("channel", self.books.channels),
            "campaign": self.among("campaign", self.books.campaigns),
            "goal": self.among("goal", self.books.goals),
            "customer_group": self.among("group", self.books.groups),
            "outlet": self.among("outlet", self.books.outlets),
            "person": self.among("person", self.books.people),
            "fund": self.among("fund", self.books.funds),
        }
        operation = self.operation(operation)
        if on is None or any(problem.effect != Effect.NOTE for problem in self.problems):
            return None
        kept = {"subject_kind": kind, "subject_id": origin, "origin": origin, "key": origin, "source": "stated"}
        document = " — ".join(part for part in (self.text("document"), self.text("note")) if part)
        told: dict[str, object] = {"operation": operation, "document": document, "run": self.stating.run}
        told |= {"period_from": since, "period_to": until, "observed_at": _noon(on, self.stating.zone)}
        return Observation.model_validate(keys | kept | told | measured)


def _key_of(value: str, known: Mapping[str, str]) -> str | None:
    """The key whose key or title this is, letter case aside."""
    word = " ".join(value.casefold().split())
    return next((key for key, title in known.items() if word in (key.casefold(), title.casefold())), None)


def _unknown(value: str, known: Mapping[str, str]) -> Reason:
    near = nearest(value, [*known, *known.values()])
    if near:
        titles = dict.fromkeys(known.get(word, word) for word in near)
        return because(DID_YOU_MEAN, code="unknown", value=value, known=" / ".join(titles))
    return because(UNKNOWN, code="unknown", value=value, known=", ".join(known.values()))


def _noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, NOON, tzinfo=ZoneInfo(zone))


def _expense(row: _Reader) -> Observation | None:
    amount, currency = row.money("amount")
    if row.books.funds and not row.text("fund"):
        known = ", ".join(row.books.funds.values())
        row.blame("fund", because(NO_FUND, code="no_fund", known=known), Effect.NOTE)
    return row.observation("expense", "M4", metric="expenses", value=amount, cost=amount, currency=currency)


def _result(row: _Reader) -> Observation | None:
    metric = _metric(row)
    if metric is None:
        return None
    if METRICS[metric].unit == Unit.MONEY:
        value, currency = row.money("value")
        return row.observation("result", "A11", metric=metric, value=value, currency=currency)
    return row.observation("result", "A11", metric=metric, value=row.count("value"))


def _metric(row: _Reader) -> str | None:
    named, name = metric_names(), row.text("metric")
    key = named.get(" ".join(name.casefold().split()))
    if not name:
        row.blame("metric", because(EMPTY, code="empty"))
    elif key is None:
        row.blame("metric", _unknown(name, {metric.key: translate(metric.title) for metric in METRICS.values()}))
    elif key == "expenses":
        row.blame("metric", because(SPENT_ELSEWHERE, code="expenses"))
        return None
    return key


def metric_names() -> dict[str, str]:
    """Every name a metric is known by, in each language, with its key."""
    named = {key: key for key in METRICS}
    for language in LANGUAGES:
        words = catalogue(language)
        named |= {words.get(metric.title, metric.title).casefold(): metric.key for metric in METRICS.values()}
    return named


def _read(
    sheet: Sheet,
    books: Books,
    stating: Stating,
    required: tuple[str, ...],
    make: Callable[[_Reader], Observation | None],
) -> Found[Observation]:
    absent = [field for field in required if field not in _positions(sheet)]
    if absent:
        return Found((), tuple(_no_column(sheet, field) for field in absent))
    numbers = numbering(sheet)
    readers = [_Reader(sheet, row, numbers[row.number], books, stating) for row in sheet.rows]
    _refuse_twins(readers)
    items = [make(reader) for reader in readers]
    problems = tuple(problem for reader in readers for problem in reader.problems)
    return Found(tuple(item for item in items if item is not None), problems)


def _no_column(sheet: Sheet, field: str) -> Problem:
    place = Place(file=sheet.file, row=sheet.header_row)
    reason = because(NO_COLUMN, code="no_column", column=COLUMNS[field][0])
    return Problem(place=place, reason=reason, effect=Effect.STOPS)


def _refuse_twins(readers: list[_Reader]) -> None:
    first: dict[str, int] = {}
    for reader in readers:
        row = first.setdefault(reader.number, reader.row.number)
        if row != reader.row.number:
            reader.blame("number", because(TWICE, code="twice", number=reader.number, row=row))
