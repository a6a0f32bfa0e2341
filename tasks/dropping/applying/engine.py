"""Applies what was dropped: once, as it was seen, by one person; or says why not. It knows no Prefect."""

from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.content import Sheet
from models.database import Clock
from models.desk.drop import Said
from models.dropped import KIND_TITLES, PERSONAL, DropKind, DroppedFile, DropState
from models.locale import mark, translate, translate_plural
from models.people import Permission
from models.reason import Reason, because
from tasks.approval.rules import Who
from tasks.content.rows import wait_for_the_plan
from tasks.costs.told import Told
from tasks.dropping import rows
from tasks.dropping.apart.engine import sheet_of
from tasks.dropping.engine import LOST, Teller, beating, files_of, read_dropped
from tasks.dropping.people.engine import load_customers as load_people
from tasks.dropping.people.engine import load_purchases as load_bought
from tasks.dropping.pictures.engine import put_pictures
from tasks.dropping.plans.engine import OTHER_NOW, Overtaken, load_dropped
from tasks.dropping.products.engine import replace_feed
from tasks.dropping.shelf.engine import clear
from tasks.dropping.tables.engine import compare_dropped, record_dropped
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.orders.rows import people

LINE = mark("{line}")
NO_SUCH = mark("There is no dropped file № {number} of this kind. Its number stands on its page.")
FIRST = mark("{person} was first and has applied it already.")
UNDER_WAY = mark("{person} is applying it just now. Look again in a moment.")
OTHER_PLAN = mark(
    "{person} is loading “{name}” just now. When that is done, look here again: the difference may change."
)
NOT_READY = mark("It is not ready to be applied. Look at its page.")
DONE = {
    DropKind.PLAN: (mark("{number} row of the plan is loaded"), mark("{number} rows of the plan are loaded")),
    DropKind.PICTURES: (mark("{number} picture is in the folder"), mark("{number} pictures are in the folder")),
    DropKind.PRODUCTS: (mark("the feed has {number} product now"), mark("the feed has {number} products now")),
}
TABLES = frozenset({DropKind.EXPENSES, DropKind.RESULTS})

Work = Callable[[DroppedFile, Who], Said]


def load_plan(
    at: House, drop: int, seen: str, left_out: Collection[str], cancelled: Collection[str], person: str
) -> Report:
    """Load a dropped plan, but for the rows taken out; `cancelled` are the №s of gone rows that are to be cancelled."""

    def work(row: DroppedFile, who: Who) -> Said:
        [path, *_] = _files(at, row)
        return load_dropped(
            at, drop, path.read_bytes(), _sheet(path, DropKind.PLAN), seen or row.seen, left_out, cancelled, who.key
        )

    return _applied(at, drop, {DropKind.PLAN}, person, Permission.LOAD, seen, work)


def load_products(at: House, drop: int, source: str, seen: str, person: str) -> Report:
    """Let a dropped feed take the place of the company's."""

    def work(row: DroppedFile, who: Who) -> Said:
        [path, *_] = _files(at, row)
        chosen = str(row.found.get("source", ""))
        asked = source or chosen
        return replace_feed(at, path.read_bytes(), path.name, asked, seen or (row.seen if asked == chosen else ""))

    return _applied(at, drop, {DropKind.PRODUCTS}, person, Permission.LOAD, seen, work)


def load_pictures(
    at: House, drop: int, replaced: Collection[str], both: Collection[str], seen: str, person: str
) -> Report:
    """Put dropped pictures into the folder; of a name that stands there nothing is done unless it is said what."""

    def work(row: DroppedFile, who: Who) -> Said:
        return put_pictures(at, files_of(at, drop), seen or row.seen, replaced, both)

    return _applied(at, drop, {DropKind.PICTURES}, person, Permission.LOAD, seen, work)


def load_customers(at: House, drop: int, seen: str, person: str) -> Report:
    """Load a dropped table of customers; afterwards its bytes are gone."""

    def work(row: DroppedFile, who: Who) -> Said:
        [path, *_] = _files(at, row)
        tick = Teller(at, drop, row.total)
        return load_people(at, row, _sheet(path, DropKind.CUSTOMERS), who.key, tick)

    return _applied(at, drop, {DropKind.CUSTOMERS}, person, Permission.CUSTOMERS, seen, work)


def load_purchases(at: House, drop: int, seen: str, person: str) -> Report:
    """Load a dropped table of purchases; afterwards its bytes are gone."""

    def work(row: DroppedFile, who: Who) -> Said:
        [path, *_] = _files(at, row)
        tick = Teller(at, drop, row.total)
        return load_bought(at, row, _sheet(path, DropKind.PURCHASES), who.key, tick)

    return _applied(at, drop, {DropKind.PURCHASES}, person, Permission.CUSTOMERS, seen, work)


def record_table(at: House, drop: int, withdraw: bool, seen: str, person: str, run: str = "") -> Report:
    """Let a dropped table of expenses or results take the place of the company's, and state what is new in it."""

    def work(row: DroppedFile, who: Who) -> Said:
        [path, *_] = _files(at, row)
        kind = DropKind(row.kind)
        told = record_dropped(at, kind, path.read_bytes(), _sheet(path, kind), seen or row.seen, withdraw, run)
        ending = told.ending
        return Said(done=ending.done, total=ending.total, told=told.summary, remarks=ending.remarks)

    return _applied(at, drop, TABLES, person, Permission.RECORD_COSTS, seen, work)


def compare_table(at: House, drop: int, withdraw: bool, person: str) -> Told:
    """What recording a dropped table would state anew; nothing is taken, nothing recorded. Raises Refused."""
    with at.reads() as session:
        entitled(person, people(session, at.workspace), Permission.RECORD_COSTS)
        row = rows.one(session, drop)
    if row is None or row.kind not in TABLES:
        raise Refused(because(NO_SUCH, code="no_such", number=drop))
    [path, *_] = _files(at, row)
    kind = DropKind(row.kind)
    return compare_dropped(at, kind, path.read_bytes(), _sheet(path, kind), withdraw)


def _sheet(path: Path, kind: DropKind) -> Sheet:
    sheet, unread = sheet_of(path, kind)
    if sheet is None:
        raise Refused(unread[0].reason)
    return sheet


def _files(at: House, row: DroppedFile) -> list[Path]:
    found = list(files_of(at, row.id or 0).values())
    if not found:
        raise Refused(because(LOST, code="lost"))
    return found


def _applied(
    at: House, drop: int, kinds: Collection[DropKind], person: str, permission: Permission, seen: str, work: Work
) -> Report:
    """Take it, do it, write down what came of it; where it became something else meanwhile, read it anew and say so."""
    row: DroppedFile | None = None
    try:
        row, who, is_over = _taken(at, drop, kinds, person, permission, seen)
        if is_over:
            return _report(row, Said.model_validate(row.said))
        with beating(at, drop):
            said = work(row, who)
    except (Refused, Overtaken) as stopped:
        return _stopped(at, drop, row, stopped)
    except Exception:  # whatever breaks, it may be applied again
        if row is not None:
            with at.sessions.begin() as session:
                rows.let_go(session, drop, row.applied_by)
        raise
    with at.sessions.begin() as session:
        rows.applied(session, at.clock, drop, who.key, said.model_dump(mode="json"))
        rows.keep_said(session, drop, who.key, said.model_dump(mode="json"))
    if row.kind in PERSONAL:
        clear(at, drop)
    return _report(row, said)


def _stopped(at: House, drop: int, row: DroppedFile | None, stopped: Refused | Overtaken) -> Report:
    is_stale = isinstance(stopped, Overtaken) or stopped.reason.code == "changed"
    reason = because(OTHER_NOW, code="changed") if isinstance(stopped, Overtaken) else stopped.reason
    if row is not None:
        with at.sessions.begin() as session:
            (rows.read_again if is_stale else rows.let_go)(session, drop, row.applied_by)
        if is_stale:
            read_dropped(at, drop)
        with at.sessions.begin() as session:
            rows.keep_said(session, drop, "", Said(remarks=(str(reason),)).model_dump(mode="json"))
    return Report(title=_title(row), refusal=reason)


def _taken(
    at: House, drop: int, kinds: Collection[DropKind], person: str, permission: Permission, seen: str
) -> tuple[DroppedFile, Who, bool]:
    """The row, taken by this person; True where this very person has applied it before."""
    with at.sessions.begin() as session:
        known = people(session, at.workspace)
        who = entitled(person, known, permission)
        row = rows.one(session, drop)
        if row is None or row.kind not in kinds:
            raise Refused(because(NO_SUCH, code="no_such", number=drop))
        if row.state == DropState.APPLIED and row.applied_by == who.key:
            return row, who, True
        if not rows.begin_applying(session, at.clock, drop, who.key):  # neither handed on by the desk nor cut off
            names = {key: other.name for key, other in known.items()}
            take(session, at.clock, row, who.key, seen or row.seen, None, names)
            rows.begin_applying(session, at.clock, drop, who.key)
        session.refresh(row)
        return row, who, False


def take(
    session: Session, clock: Clock, row: DroppedFile, by: str, seen: str, order_id: int | None, names: dict[str, str]
) -> None:
    """Be the one for whom it is applied; of plans only one is loaded at a time. Raises Refused, with who was first."""
    wait_for_the_plan(session)
    rows.let_broken_go(session, clock)
    session.refresh(row, with_for_update=True)
    person = names.get(row.applied_by, row.applied_by)
    if row.state == DropState.APPLIED:
        raise Refused(because(FIRST, code="first", person=person))
    if row.state == DropState.APPLYING:
        raise Refused(because(UNDER_WAY, code="under_way", person=person))
    other = rows.being_applied(session, DropKind.PLAN) if row.kind == DropKind.PLAN else None
    if other is not None:
        words = {"person": names.get(other.applied_by, other.applied_by), "name": other.name}
        raise Refused(because(OTHER_PLAN, code="other_plan", **words))
    if row.state != DropState.READ:
        raise Refused(because(NOT_READY, code="not_ready"))
    if not rows.take(session, row.id or 0, by, seen, order_id):
        raise Refused(because(OTHER_NOW, code="seen"))


def _title(row: DroppedFile | None) -> str:
    return f"{translate(KIND_TITLES[DropKind(row.kind)])}: {row.name}" if row else ""


def _report(row: DroppedFile, said: Said) -> Report:
    forms = DONE.get(DropKind(row.kind))
    told = translate_plural(*forms, said.done) if forms and (said.done or not said.told) else said.told
    line = Line(id=row.id or 0, label=row.name, said=told, done=said.done > 0 or said.total == 0)
    return Report(title=_title(row), lines=(line,), notes=said.remarks)


def sentence_of(report: Report) -> Reason:
    """A report of one line as a reason, for the next page."""
    if report.refusal:
        return report.refusal
    return because(LINE, code="done" if all(line.done for line in report.lines) else "note", line=report.lines[0])
