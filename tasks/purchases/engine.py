"""Loads tables of purchases: put together to receipts, looked at first, loaded some receipts at a time.

It knows no Prefect. Whoever is killed in the middle goes on behind the last receipts that count; two who load the same
table at once are told apart by how far it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.errors import Refused
from models.database import let_others_in
from models.desk.drop import PurchasesFound, Wrong
from models.locale import mark
from models.reason import because
from tasks.bulk.pace import Pace
from tasks.content.rows import offers
from tasks.content.sheets import read_sheet
from tasks.customers import rows as loads
from tasks.customers.engine import REHEARSALS
from tasks.dropping.kinds import PEOPLE_MAX
from tasks.house import House
from tasks.purchases import rows
from tasks.purchases.aside.engine import Aside
from tasks.purchases.columns import column_of, places
from tasks.purchases.frames import Table, of_csv, of_sheet
from tasks.purchases.lines import WRONGS, read_lines
from tasks.purchases.told import Conventions, Telling, placed

if TYPE_CHECKING:
    import polars

NO_ROWS = mark("There is no row under the headings. Fill the table in and drop it again.")
OVERTAKEN = mark("Somebody else is loading this very table. Look at its page.")
RECEIPTS_AT_ONCE, WRONG_SHOWN = 20_000, 12
Tick = Callable[[int], None]


@dataclass
class Faults:
    """What is wrong with a table: of each fault how many rows have it, and the first of them."""

    there: dict[tuple[str, str], tuple[int, list[int]]] = field(default_factory=dict)

    def take(self, wrongs: polars.DataFrame) -> None:
        import polars as pl

        found = wrongs.group_by("column", "code", maintain_order=True).agg(pl.len(), pl.col("row").head(WRONG_SHOWN))
        for column, code, number, there in found.rows():
            before, first = self.there.get((column, code), (0, []))
            self.there[column, code] = (before + number, [*first, *there][:WRONG_SHOWN])

    def told(self, header: tuple[str, ...], at: Mapping[str, int]) -> tuple[Wrong, ...]:
        return tuple(
            Wrong(field=header[at[column]] if column in at else header[at["on"]], reason=WRONGS[code], number=number,
                  rows=tuple(there), left_out=True)
            for (column, code), (number, there) in self.there.items()
        )  # fmt: skip


@dataclass(frozen=True)
class Purchases:
    """A table of purchases, read: its lines laid aside, how many receipts they make, and what is wrong with it."""

    aside: Aside
    receipts: int
    wrong: tuple[Wrong, ...]
    rows: int
    columns: tuple[str, ...]
    unknown: tuple[str, ...]


@contextmanager
def table_of(file: Path) -> Iterator[Table]:
    """The table of a file; what is long is read as it is asked for."""
    with file.open("rb") as opened:
        if file.suffix.lower() == ".csv":
            yield of_csv(opened, _familiar)
            return
        sheet, unread = read_sheet(opened.read(), file.name, _familiar, PEOPLE_MAX)
        yield of_sheet(sheet) if sheet else Table(refusal=unread[0].reason)


def _familiar(cell: str) -> bool:
    return bool(column_of(cell))


@contextmanager
def reading(at: House, table: Table, tick: Tick = lambda done: None) -> Iterator[Purchases]:
    """The table, read whole. Raises Refused where it cannot be used."""
    at_places, problem = places(table.header)
    if table.refusal or problem:
        raise Refused(table.refusal or problem)
    conventions, done, faults = _conventions(at), 0, Faults()
    now = conventions.latest(at.now())
    with Aside(at.var / REHEARSALS) as aside:
        for frame in table.frames(at_places):
            lines, wrongs = read_lines(frame, now, at.workspace.company.currency)
            aside.put(placed(lines, conventions))
            faults.take(wrongs)
            done += len(frame)
            tick(done)
        if not done:
            raise Refused(because(NO_ROWS, code="no_rows"))
        known = {heading: column_of(heading) for heading in table.header}
        yield Purchases(
            aside=aside, receipts=aside.close(), rows=done, wrong=faults.told(table.header, at_places),
            columns=tuple(heading for heading, column in known.items() if column),
            unknown=tuple(heading for heading, column in known.items() if heading and not column),
        )  # fmt: skip


def compare(at: House, table: Table, tick: Tick = lambda done: None) -> PurchasesFound:
    """What loading this table would do; nothing is written. Raises Refused."""
    with reading(at, table, tick) as read:
        return PurchasesFound(
            rows=read.rows, lines=read.aside.lines, counts=dict(weigh(at, read)), wrong=read.wrong,
            columns=read.columns, unknown=read.unknown, amount=read.aside.amount,
            currency=at.workspace.company.currency,
        )  # fmt: skip


def weigh(at: House, read: Purchases) -> Counter[str]:
    """What loading it would do to the receipts, counted."""
    counts = Counter[str]()
    with at.reads() as session:
        for _, told, _ in _portions(at, read, Pace(RECEIPTS_AT_ONCE)):
            counts += rows.weigh(session, told, _loading(at, 0)).counts()
    return counts


def load(at: House, table: Table, source: str, file: str, by: str, tick: Tick = lambda done: None) -> Counter[str]:
    """Load it, or go on with it; returns what became of its receipts, counted. Raises Refused if another is at it."""
    with reading(at, table) as read:
        return load_read(at, read, source, file, by, tick)


def load_read(
    at: House, read: Purchases, source: str, file: str, by: str, tick: Tick = lambda done: None
) -> Counter[str]:
    """The same of a table that has been read."""
    with at.sessions.begin() as session:
        loads.check_prints(session, at.clock, at.printed)
        begun = loads.begin(session, at.clock, source, file, read.receipts, by)
    of, counts, behind = _loading(at, begun.id or 0), Counter(begun.counts), begun.done
    written, pace = 0.0, Pace(RECEIPTS_AT_ONCE)
    for done, told, lines in _portions(at, read, pace, behind):
        let_others_in(at.engine, perf_counter() - written)
        began = perf_counter()
        with at.sessions.begin() as session:
            loads.wait_for_the_base(session)
            counts += rows.load(session, told, lines, of)
            if not loads.went_on(session, of.id, behind, done, dict(counts)):
                raise Refused(because(OVERTAKEN, code="under_way"))
        written, behind = perf_counter(), done
        pace.took(len(told), written - began)
        tick(done)
    with at.sessions.begin() as session:
        loads.finish(session, at.clock, of.id)
    return counts


def _loading(at: House, id: int) -> rows.Loading:
    return rows.Loading(id, at.printed)


def _conventions(at: House) -> Conventions:
    company = at.workspace.company
    with at.reads() as session:
        groups = {name.casefold(): row.category for row in offers(session) for name in (row.name, row.id)}
    return Conventions(
        country=company.country, zone=ZoneInfo(company.zone),
        zones={outlet.key: ZoneInfo(outlet.zone or company.zone) for outlet in company.outlets},
        outlets={name.casefold(): outlet.key for outlet in company.outlets for name in (outlet.name, outlet.key)},
        groups=groups,
    )  # fmt: skip


def _portions(
    at: House, read: Purchases, pace: Pace, behind: int = 0
) -> Iterator[tuple[int, polars.DataFrame, polars.DataFrame]]:
    """The receipts some at a time, from the first one that does not count yet: how many there are by then, and they."""
    import polars as pl

    telling = Telling(_conventions(at))
    for first, (receipts, lines) in read.aside.parts(behind):
        place = max(0, behind - first)
        while place < len(receipts):
            some = receipts.slice(place, pace.rows)
            mine = lines.slice(some["first"][0], int(some["number"].sum())).with_columns(pl.col("place") - place)
            place += len(some)
            yield first + place, telling.told(_printed(at, some)), mine


def _printed(at: House, receipts: polars.DataFrame) -> polars.DataFrame:
    """With prints in the place of keys: those may name somebody."""
    import polars as pl

    return receipts.with_columns(
        pl.Series("key", [at.printed("receipt", key) for key in receipts["key"].to_list()], pl.String)
    )
