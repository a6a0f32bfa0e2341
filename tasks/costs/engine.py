"""Records what people state, by form or by table: read, compared with the registry, recorded. It knows no Prefect.

Comparing and recording are one transaction, so the same table loaded twice at once states nothing twice.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.company import Workspace
from models.content import Effect, Found, Place, Problem, Sheet
from models.database import Clock, now_by
from models.locale import mark, translate
from models.people import Permission
from models.reason import because
from models.registry import Observation
from tasks.content.rows import first_start_moment
from tasks.content.sheets import read_sheet
from tasks.costs import told
from tasks.costs.told import Told
from tasks.costs.written import in_the_form, is_of_results, numbered, one_row
from tasks.orders import naming
from tasks.orders.rows import people
from tasks.registry.difference import Difference, compare
from tasks.registry.rows import record, stated
from tasks.registry.sheets import Books, Stating, familiar, origins, read_expenses, read_results
from tasks.schedule.wall import local

NOT_WRITTEN = mark("The №s could not be written into the file ({why}). Close it in your program and record it again.")


class Ledger:
    """What a house's people state."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace, run: str = "") -> None:
        self.sessions, self.clock, self.workspace, self.run = sessions, clock, workspace, run

    def admit(self, person: str) -> None:
        """Let nobody on but who may record expenses and results. Raises Refused."""
        with self.sessions() as session:
            self._entitled(session, person)

    def _entitled(self, session: Session, person: str) -> None:
        naming.entitled(person, people(session, self.workspace), Permission.RECORD_COSTS)

    def row(self, kind: str, fields: Mapping[str, str], number: str, person: str) -> Told:
        """Record one row of a form; the same row again states nothing new. `number` tells two equal rows apart."""
        title = translate(told.FORM[kind])
        try:
            with self.sessions.begin() as session:
                self._entitled(session, person)
                sheet = one_row(fields, number)
                found = self._read(kind, sheet, self._stating(session, now_by(self.clock, session)))
                made = self._compared(session, kind, sheet, found, title)
                made = made.model_copy(update={"problems": tuple(map(in_the_form, made.problems)), "recorded": True})
                record(session, made.rows, self.clock)
                return made
        except Refused as refused:
            return _unusable(title, Problem(place=Place(), reason=refused.reason, effect=Effect.STOPS))

    def table(self, data: bytes, file: str, recording: bool, withdrawing: bool) -> Told:
        """Compare a table with the registry, and record what is new in it where that is asked."""
        sheet, unread = read_sheet(data, file, familiar)
        return self.sheet(sheet, file, recording, withdrawing) if sheet else _unusable(file, *unread)

    def sheet(self, sheet: Sheet, file: str, recording: bool, withdrawing: bool) -> Told:
        """Compare a table that has been read, as if it were this file of the company's."""
        sheet = sheet.model_copy(update={"file": file})
        kind = "result" if is_of_results(sheet) else "expense"
        title = translate(told.RESULTS if kind == "result" else told.EXPENSES, file=file)
        with self.sessions.begin() as session:
            start = first_start_moment(session) or now_by(self.clock, session)
            found = self._read(kind, sheet, self._stating(session, start))
            made = self._compared(session, kind, sheet, found, title)
            made = made.model_copy(update={"withdrawn": withdrawing, "recorded": recording})
            if recording:
                record(session, made.rows, self.clock)
            return made

    def _stating(self, session: Session, start: datetime) -> Stating:
        company = self.workspace.company
        today = local(now_by(self.clock, session), company.zone).date()
        return Stating(
            start=local(start, company.zone), today=today, zone=company.zone, currency=company.currency, run=self.run
        )  # fmt: skip

    def _read(self, kind: str, sheet: Sheet, stating: Stating) -> Found[Observation]:
        company = self.workspace.company
        books = Books(
            **self.workspace.known().model_dump(), funds={fund.key: fund.title for fund in company.funds},
            outlets={outlet.key: outlet.name for outlet in company.outlets},
        )  # fmt: skip
        return (read_results if kind == "result" else read_expenses)(sheet, books, stating)

    def _compared(self, session: Session, kind: str, sheet: Sheet, found: Found[Observation], title: str) -> Told:
        """A table that could not be read states nothing: what is absent from it is unknown, not gone."""
        known = stated(session, f"{kind}:")
        present = origins(sheet, kind)
        difference = Difference() if found.stopped else compare(found.items, known, present, sheet.file)
        if sheet.file == "form":
            difference = difference.model_copy(update={"gone": ()})
        zone = self.workspace.company.zone
        meant = {row.corrects for row in difference.changed + difference.gone}
        before = {fact.id: told.said(fact, zone) for fact in known if fact.id and fact.id in meant}
        return Told(title=title, zone=zone, difference=difference, before=before, problems=found.problems)


def _unusable(title: str, *problems: Problem) -> Told:
    return Told(title=title, problems=problems)


def write_numbers(path: Path, data: bytes, file: str) -> Problem | None:
    """Write the №s of the rows into the person's own workbook, in one move, where it has not changed meanwhile."""
    sheet, _ = read_sheet(data, file, familiar)
    written = numbered(data, sheet) if sheet else None
    draft = path.with_name(f".{path.name}.draft")
    try:
        if written is not None and path.read_bytes() == data:
            draft.write_bytes(written)
            draft.replace(path)
    except OSError as error:
        reason = because(NOT_WRITTEN, code="not_written", why=error.strerror or type(error).__name__)
        return Problem(place=Place(file=file), reason=reason, effect=Effect.NOTE)
    return None
