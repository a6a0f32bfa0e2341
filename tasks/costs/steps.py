"""Steps of stated expenses and results: one row by form, or the tables of the company's folder."""

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE

from integrations.errors import Refused
from integrations.folder import Folder
from models.content import Effect, Place, Problem
from models.ending import Ending
from models.locale import mark
from models.reason import because
from tasks.costs.engine import Ledger, write_numbers
from tasks.costs.told import Told
from tasks.house import House, house
from tasks.runs.steps import show

TABLES = ("expenses.xlsx", "expenses.csv", "results.xlsx", "results.csv")
NO_TABLE = mark("There is no table to record. Put expenses.xlsx or results.xlsx into the company's folder.")


@task(cache_policy=NO_CACHE)
def state_row(kind: str, fields: dict[str, str], person: str) -> Ending:
    """Record one expense or result; a repeated step, and the same row again, state nothing new."""
    run = str(runtime.flow_run.id or "")
    at = house()
    made = Ledger(at.sessions, at.clock, at.workspace, run).row(kind, fields, run, person)
    show("stated", made.markdown(), made.title)
    return made.ending


@task(cache_policy=NO_CACHE)
def state_tables(file: str, recording: bool, withdrawing: bool) -> Ending:
    """Compare the tables with the registry and record what is new, changed or gone."""
    at = house()
    folder = Folder(at.root)
    names = (file,) if file.strip() else tuple(name for name in TABLES if folder.holds(name))
    made = [_table(at, folder, name, recording, withdrawing) for name in names]
    if not made:
        reason = because(NO_TABLE, code="no_table")
        made = [Told(title=TABLES[0], problems=(Problem(place=Place(), reason=reason, effect=Effect.STOPS),))]
    show("stated", "\n\n".join(told.markdown() for told in made), ", ".join(told.title for told in made))
    return sum((told.ending for told in made), Ending())


def _table(at: House, folder: Folder, name: str, recording: bool, withdrawing: bool) -> Told:
    try:
        data = folder.read(name)
    except Refused as refused:
        return Told(title=name, problems=(Problem(place=Place(), reason=refused.reason, effect=Effect.STOPS),))
    ledger = Ledger(at.sessions, at.clock, at.workspace, str(runtime.flow_run.id or ""))
    made = ledger.table(data, name, recording, withdrawing)
    note = write_numbers(folder.place(name), data, name) if recording else None
    return made.model_copy(update={"problems": (*made.problems, note)}) if note else made
