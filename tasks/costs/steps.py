"""Steps of stated expenses and results: one row by form, or the tables of the company's folder."""

from collections.abc import Callable

from prefect import runtime

from integrations.errors import Refused
from integrations.folder import Folder
from models.content import Effect, Place, Problem
from models.ending import Ending
from models.locale import mark, translate
from models.reason import because
from tasks.costs.engine import Ledger, write_numbers
from tasks.costs.told import Told
from tasks.dropping.applying.engine import compare_table, record_table
from tasks.house import House, house
from tasks.orderbook.steps import by_the_book
from tasks.orders.answers import Report
from tasks.runs.steps import show
from tasks.step import step

TABLES = ("expenses.xlsx", "expenses.csv", "results.xlsx", "results.csv")
COSTS = mark("Expenses and results")
NO_TABLE = mark("There is no table to record. Put expenses.xlsx or results.xlsx into the company's folder.")


@step(mark("Write down the expense or result"))
def state_row(kind: str, fields: dict[str, str], person: str) -> Ending:
    """Record one expense or result; a repeated step, and the same row again, state nothing new."""
    run, at = str(runtime.flow_run.id or ""), house()
    return _by_the_book(lambda: [Ledger(at.sessions, at.clock, at.workspace, run).row(kind, fields, run, person)])


def _by_the_book(carry_out: Callable[[], list[Told]]) -> Ending:
    """Carry it out, unless the desk has; then its answer is shown."""
    made: list[Told] = []

    def done() -> Report:
        made.extend(carry_out())
        return made[0].report

    report = by_the_book(done)
    if made:
        return _shown(made)
    show("stated", report.markdown(), report.title)
    return report.ending


@step(mark("Record the dropped table"))
def record_dropped_table(drop: int, recording: bool, withdrawing: bool, seen: str, person: str) -> Ending:
    """Let a table that was dropped on the desk take the place of the company's, and record what is new in it."""
    run, at = str(runtime.flow_run.id or ""), house()
    if not recording:
        return _told(lambda: [compare_table(at, drop, withdrawing, person)])
    report = by_the_book(lambda: record_table(at, drop, withdrawing, seen, person, run), follows=True)
    show("stated", report.markdown(), report.title)
    return report.ending


@step(mark("Compare the tables with the registry"))
def state_tables(file: str, recording: bool, withdrawing: bool, person: str) -> Ending:
    """Compare the tables with the registry and record what is new, changed or gone, for whoever may."""
    at = house()

    def stated() -> list[Told]:
        Ledger(at.sessions, at.clock, at.workspace).admit(person)
        reason = because(NO_TABLE, code="no_table")
        none = Told(title=TABLES[0], problems=(Problem(place=Place(), reason=reason, effect=Effect.STOPS),))
        return _tables(file, recording, withdrawing) or [none]

    return _told(stated)


@step(mark("Record the company's tables"))
def record_tables() -> Ending:
    """Record the tables that the company keeps, if it keeps any; what stands in the registry is not recorded again."""
    made = [] if house().unreadable() else _tables("", True, False)
    return _shown(made) if made else Ending()


def _told(carry_out: Callable[[], list[Told]]) -> Ending:
    """What came of it; or that it was refused altogether, and why."""
    try:
        return _shown(carry_out())
    except Refused as refused:
        report = Report(title=translate(COSTS), refusal=refused.reason)
    show("stated", report.markdown(), report.title)
    return report.ending


def _shown(made: list[Told]) -> Ending:
    show("stated", "\n\n".join(told.markdown() for told in made), ", ".join(told.title for told in made))
    return sum((told.ending for told in made), Ending())


def _tables(file: str, recording: bool, withdrawing: bool) -> list[Told]:
    at = house()
    folder = Folder(at.root)
    names = (file,) if file.strip() else tuple(name for name in TABLES if folder.holds(name))
    return [_table(at, folder, name, recording, withdrawing) for name in names]


def _table(at: House, folder: Folder, name: str, recording: bool, withdrawing: bool) -> Told:
    """The №s are in the file before its rows are in the registry: a row is known by its № from the first time on."""
    try:
        note = write_numbers(folder.place(name), folder.read(name), name) if recording else None
        data = folder.read(name)
    except Refused as refused:
        return Told(title=name, problems=(Problem(place=Place(), reason=refused.reason, effect=Effect.STOPS),))
    ledger = Ledger(at.sessions, at.clock, at.workspace, str(runtime.flow_run.id or ""))
    made = ledger.table(data, name, recording, withdrawing)
    return made.model_copy(update={"problems": (*made.problems, note)}) if note else made
