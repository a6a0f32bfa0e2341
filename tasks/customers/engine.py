"""Loads tables of customers, some rows at a time; and rehearses a loading first, to say what it would come to.

It knows no Prefect. Whoever is killed in the middle goes on behind the last rows that count; two who load the same
table at once are told apart by how far it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from time import time as seconds_now
from zoneinfo import ZoneInfo

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.content import Problem, Sheet
from models.customers import CustomerLoad
from models.database import connect, let_others_in, portions
from models.desk.drop import ROWS_SHOWN, AllAgreed, CustomerChange, CustomersFound, Wrong
from models.locale import mark
from models.reason import because
from models.tables import METADATA
from tasks.consents.rows import reach
from tasks.customers import rows
from tasks.customers.columns import column_of, places
from tasks.customers.matching import Outcome, What
from tasks.customers.reading import CustomerRow, Given, read_day, read_rows
from tasks.customers.rehearsal import rows as rehearsed
from tasks.customers.wrong import Faults
from tasks.house import House

OVERTAKEN = mark("Somebody else is loading this very table. Look at its page.")
REHEARSALS = ".rehearsals"  # hidden: no backup takes it along
ROWS_AT_ONCE = 1000
LEFT_LYING = 86_400  # seconds
Portion = tuple[int, list[CustomerRow], list[Problem]]


def rehearse(
    at: House, sheet: Sheet, agreed: AllAgreed, by: str, tick: Callable[[int], None] = lambda done: None
) -> CustomersFound:
    """What loading this table would come to, done on a copy of those concerned. Raises Refused."""
    of, copied = _loading(at, 0, sheet.file, by), rehearsed.Copied()
    counts, told = Counter[str](), set[int]()
    faults = Faults()
    changes: list[CustomerChange] = []
    with _stage(at) as copy, at.reads() as source:
        with copy.begin() as session:
            rehearsed.begin(source, session, at.now())
        for done, some, wrong in _portions(at, sheet, agreed):
            with copy.begin() as session:
                rehearsed.copy_concerned(source, session, some, of, copied)
                people, outcomes, counted = rows.load(session, at.clock, some, of)
            counts.update(counted + _counted(outcomes, some, wrong))
            told |= {person.id for person in people}
            faults.take(wrong)
            changes += [_change(one) for one in outcomes if one.what is What.CHANGED][: ROWS_SHOWN - len(changes)]
            tick(done)
        with copy() as session:
            reached = reach(session, at.clock, sorted(told & rows.ids(session)))
            lost = rehearsed.lost(session, copied)
    known = {heading: column_of(heading) for heading in sheet.header}
    return CustomersFound(
        rows=len(sheet.rows), counts=dict(+counts), changes=tuple(changes), agreed=agreed, reach=_by_kind(reached),
        columns=tuple(heading for heading, column in known.items() if column),
        unknown=tuple(heading for heading, column in known.items() if heading and not column),
        wrong=faults.told(), lost=lost,
    )  # fmt: skip


def wrong_in(at: House, sheet: Sheet, agreed: AllAgreed) -> tuple[Wrong, ...]:
    """What is wrong in the table, as its rehearsal says it. Raises Refused."""
    faults = Faults()
    for _, _, wrong in _portions(at, sheet, agreed):
        faults.take(wrong)
    return faults.told()


def load(
    at: House, sheet: Sheet, agreed: AllAgreed, source: str, by: str, tick: Callable[[int], None] = lambda done: None
) -> Counter[str]:
    """Load it, or go on with it; returns what became of its rows, counted. Raises Refused where another is at it."""
    with at.sessions.begin() as session:
        rows.check_prints(session, at.clock, at.printed)
        begun = rows.begin(session, at.clock, source, sheet.file, len(sheet.rows), by)
    of, counts = _loading(at, begun.id or 0, sheet.file, by), Counter(begun.counts)
    for done, some, wrong in _portions(at, sheet, agreed, begun.done):
        with at.sessions.begin() as session:
            _, outcomes, counted = rows.load(session, at.clock, some, of)
            counts.update(counted + _counted(outcomes, some, wrong))
            _go_on(session, begun, done, counts)
        tick(done)
        let_others_in(at.engine)
    with at.sessions.begin() as session:
        rows.finish(session, at.clock, begun.id or 0)
    return +counts


def _go_on(session: Session, begun: CustomerLoad, done: int, counts: Counter[str]) -> None:
    if not rows.went_on(session, begun.id or 0, begun.done, done, dict(+counts)):
        raise Refused(because(OVERTAKEN, code="under_way"))
    begun.done = done


def _portions(at: House, sheet: Sheet, agreed: AllAgreed, behind: int = 0) -> Iterator[Portion]:
    """The table as it is read, some rows at a time: how many there are by then, the customers, and what is wrong."""
    columns, stopped = places(sheet)
    if stopped:
        raise Refused(stopped[0].reason)
    company, given, done = at.workspace.company, _given(agreed), behind
    today = at.now().astimezone(ZoneInfo(company.zone)).date()
    for some in portions(sheet.rows[behind:], ROWS_AT_ONCE):
        done += len(some)
        yield done, *read_rows(sheet, some, columns, today, company.country, given)


def _given(agreed: AllAgreed) -> Given:
    return Given(proof=agreed.proof, wording=agreed.wording, on=read_day(agreed.on) if agreed.on else None)


def _loading(at: House, id: int, file: str, by: str) -> rows.Loading:
    zone = ZoneInfo(at.workspace.company.zone)

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone)

    return rows.Loading(id=id, source=file, by=by, printed=at.printed, midnight=midnight)


def _counted(outcomes: list[Outcome], read: list[CustomerRow], wrong: list[Problem]) -> Counter[str]:
    counts = Counter(outcome.what.value for outcome in outcomes)
    counts["taken"] = sum(bool(outcome.taken) for outcome in outcomes)
    counts["unread"] = len({problem.place.row for problem in wrong} - {row.number for row in read})
    return counts


def _change(outcome: Outcome) -> CustomerChange:
    return CustomerChange(row=outcome.row, fields=outcome.changed)


def _by_kind(reached: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, code), number in sorted(reached.items()):
        found.setdefault(kind, {})[code] = number
    return found


@contextmanager
def _stage(at: House) -> Iterator[sessionmaker[Session]]:
    """A database that is gone afterwards; one that a kill has left is gone a day later."""
    place = at.var / REHEARSALS
    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place) as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'rehearsal.sqlite'}")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        METADATA.create_all(engine, tables=[*rehearsed.TABLES, *rehearsed.EMPTY])
        try:
            yield sessionmaker(engine, expire_on_commit=False)
        finally:
            engine.dispose()


def sweep(at: House) -> None:
    """Remove what killed rehearsals have left: copies of people's data."""
    place = at.var / REHEARSALS
    for folder in place.iterdir() if place.is_dir() else ():
        if folder.stat().st_mtime < seconds_now() - LEFT_LYING:
            rmtree(folder, ignore_errors=True)
