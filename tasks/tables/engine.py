"""Loads the company's own tables of customers and purchases wherever they are not as they were. It knows no Prefect.

The loading is the one that people's files go through. What would do much harm waits on the desk for somebody's yes.
Whoever is killed in the middle goes on behind the rows that count; of two at once the second finds nothing to do.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from traceback import format_tb

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from integrations.errors import Refused
from integrations.folder import ABSENT, CLOSED, Folder, alone
from models.content import Sheet
from models.desk.drop import AllAgreed
from models.dropped import DropKind, DroppedFile, DropState
from models.locale import in_house_words, mark, translate
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because
from tasks.content.rows import offers
from tasks.content.sheets import read_sheet
from tasks.content.xlsx import Unusable
from tasks.customers import engine as customers
from tasks.customers.columns import column_of, places
from tasks.dropping import rows as drops
from tasks.dropping.engine import BROKE_OFF, read_dropped
from tasks.dropping.kinds import PEOPLE_MAX
from tasks.dropping.people.engine import NO_LINE, NO_ROWS, NOBODY, of_customers, of_purchases
from tasks.dropping.shelf.engine import clear, file_of
from tasks.house import House
from tasks.loading.engine import take_over_products
from tasks.notices.rows import Message, tell
from tasks.people.rows import active
from tasks.purchases import engine as purchases
from tasks.registry.rows import record
from tasks.tables import harm, rows
from tasks.tables.facts import of_load
from tasks.tables.naming import source, stem
from tasks.tables.rows import Taken
from tasks.tables.told import Fate, TableTold

log = logging.getLogger("otdel.tables")
OPERATION, BY = "B1", "company.yaml"
LOCK = "tables.lock"
PATIENCE_SECONDS = 30.0
ASKED = mark("It has not been loaded, because {reason}. Look at it on the desk and say yes or no: {link}")
SUBJECT = mark("A table waits for you: {file}")
WAITS = mark("It waits for somebody's yes or no on the desk: {link}")
UNDER_WAY = mark("Another run is loading it just now. The groups are built from what is known so far.")


@dataclass(frozen=True)
class File:
    """A table as it stands now: its place, the print of its bytes, and what was taken of it last."""

    kind: DropKind
    path: str
    place: Path
    print: str
    taken: Taken

    @property
    def source(self) -> str:
        """What loading these contents is known by."""
        return source(self.kind, self.path, self.print, self.taken.mark)


class Tables:
    """The tables that company.yaml names."""

    def __init__(self, house: House, run: str = "", tick: Callable[[int], None] = lambda done: None) -> None:
        self.house, self.run, self.tick = house, run, tick

    def load(self) -> list[TableTold]:
        """Load what has changed, customers first: whom a receipt is of is known by them."""
        named = list(dict.fromkeys(self._named()))
        if not named:
            return []
        try:
            with alone(self.house.var / LOCK, PATIENCE_SECONDS):
                self._know_products()
                return [self._told(kind, path) for kind, path in named]
        except Refused as refused:
            if refused.reason.code != "busy":
                raise
            reason = because(UNDER_WAY, code="under_way")
            return [TableTold(file=path, fate=Fate.REFUSED, reason=reason) for _, path in named]

    def _named(self) -> Iterator[tuple[DropKind, str]]:
        of, folder = self.house.workspace.company.tables, Folder(self.house.root)
        for kind, patterns in ((DropKind.CUSTOMERS, of.customers), (DropKind.PURCHASES, of.purchases)):
            for pattern in patterns:
                yield from ((kind, path) for path in folder.matching(pattern))

    def _know_products(self) -> None:
        """A receipt says what was bought, the product feed which group that is: where none is known yet, it is read."""
        if not self.house.workspace.company.tables.purchases:
            return
        with self.house.reads() as session:
            known = offers(session)
        if not known:
            take_over_products(self.house)

    def _told(self, kind: DropKind, path: str) -> TableTold:
        """One file; whatever is wrong with it is said, and stops nothing else."""
        try:
            told = self._one(kind, path)
        except (Refused, Unusable) as refused:
            return TableTold(file=path, fate=Fate.REFUSED, reason=refused.reason)
        except OSError as error:
            reason = because(CLOSED, code="closed", path=path, detail=error.strerror or type(error).__name__)
            return TableTold(file=path, fate=Fate.REFUSED, reason=reason)
        except SQLAlchemyError:
            raise
        except Exception as error:  # whatever breaks on a file is told; its words may be somebody's, so they stay out
            where = "".join(format_tb(error.__traceback__))
            log.error("table %s broke off: %s\n%s", path, type(error).__name__, where)
            reason = because(BROKE_OFF, code="broke_off", what=type(error).__name__)
            return TableTold(file=path, fate=Fate.REFUSED, reason=reason)
        self._record(kind, path, told.left_out)
        return told

    def _one(self, kind: DropKind, path: str) -> TableTold:
        file = self._file(kind, path)
        if file.print == file.taken.print:
            return TableTold(file=path)
        with self.house.reads() as session:
            asked, is_begun = rows.asked_about(session, file.source), rows.is_begun(session, file.source)
        if asked is not None:
            return self._answered(file, asked)
        return (self._customers if kind is DropKind.CUSTOMERS else self._purchases)(file, not is_begun)

    def _file(self, kind: DropKind, path: str) -> File:
        place = Folder(self.house.root).place(path)
        if not place.is_file():
            raise Refused(because(ABSENT, code="absent", path=path))
        with place.open("rb") as opened:  # never whole in memory
            print_ = hashlib.file_digest(opened, "sha256").hexdigest()
        with self.house.reads() as session:
            return File(kind, path, place, print_, rows.last_taken(session, stem(kind, path)))

    def _customers(self, file: File, is_new: bool) -> TableTold:
        sheet, agreed = _sheet(file), AllAgreed()
        with self.house.reads() as session:
            known, reachable = rows.customers(session), rows.reachable(session)
        wrong = customers.wrong_in(self.house, sheet, agreed)
        if sum(one.number for one in wrong if one.left_out) >= len(sheet.rows):
            raise Refused(because(NOBODY, code="nobody"))
        if is_new and known:  # where nobody is known yet, nobody can come to harm
            found = customers.rehearse(self.house, sheet, agreed, BY)
            if reason := harm.of_customers(found, reachable, known):
                return self._asked(file, reason)
        counts = customers.load(self.house, sheet, agreed, file.source, BY, self.tick)
        return TableTold(
            file=file.path, fate=Fate.LOADED, rows=len(sheet.rows), counts=counts, wrong=wrong,
            said=of_customers(counts, len(sheet.rows)),
            unknown=tuple(heading for heading in sheet.header if heading and not column_of(heading)),
        )  # fmt: skip

    def _purchases(self, file: File, is_new: bool) -> TableTold:
        with purchases.table_of(file.place) as table, purchases.reading(self.house, table) as read:
            if not read.receipts:
                raise Refused(because(NO_LINE, code="no_line"))
            with self.house.reads() as session:
                may_harm = is_new and rows.has_receipts(session)
            reason = harm.of_purchases(purchases.weigh(self.house, read)) if may_harm else NO_REASON
            if reason:
                return self._asked(file, reason)
            counts = purchases.load_read(self.house, read, file.source, file.path, BY, self.tick)
            return TableTold(
                file=file.path, fate=Fate.LOADED, rows=read.rows, counts=counts, wrong=read.wrong,
                unknown=read.unknown, said=of_purchases(counts), left_out=read.rows - read.aside.lines,
            )  # fmt: skip

    def _asked(self, file: File, reason: Reason) -> TableTold:
        """Lay it on the desk among the dropped files, and call those who may say yes."""
        at = self.house
        with at.sessions.begin() as session:
            size = file.place.stat().st_size
            id, is_new = drops.add(session, at.clock, file.source, file.kind, file.place.name, size, BY)
            if is_new:  # before the row is there for others: who reads it finds its file
                clear(at, id)
                kept = file_of(at, id, file.place.name)
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.place, kept)
            said = because(ASKED, code="asked", reason=reason, link=self._page(id))
            tell(session, at.clock, self._letters(session, file, id, said))
        read_dropped(at, id)
        return TableTold(file=file.path, fate=Fate.ASKED, reason=said)

    def _letters(self, session: Session, file: File, id: int, said: Reason) -> list[Message]:
        may = {Permission.LOAD, Permission.CUSTOMERS}
        people = [one.key for one in active(session).values() if may <= permissions_of(list(one.roles))]
        with in_house_words():
            subject = translate(SUBJECT, file=file.path)
            return [Message(f"table:{id}:{key}", key, subject, str(said), self._page(id)) for key in people]

    def _answered(self, file: File, asked: DroppedFile) -> TableTold:
        """What a person has said of it, or that nobody has yet."""
        if asked.state == DropState.LEFT:
            return TableTold(file=file.path, fate=Fate.ASIDE)
        if asked.state == DropState.REFUSED:
            return TableTold(file=file.path, fate=Fate.REFUSED, reason=Reason.model_validate(asked.refusal))
        read_dropped(self.house, asked.id or 0)  # where whoever was to read it was killed
        reason = because(WAITS, code="asked", link=self._page(asked.id or 0))
        return TableTold(file=file.path, fate=Fate.ASKED, reason=reason)

    def _page(self, id: int) -> str:
        return f"{self.house.staff_url}/staff/drop/{id}"

    def _record(self, kind: DropKind, path: str, left_out: int) -> None:
        """Let the registry know the last loading, whoever was killed between the two."""
        with self.house.sessions.begin() as session:
            load = rows.last_load(session, stem(kind, path))
            if load is not None:
                record(session, of_load(OPERATION, path, load, left_out, self.run), self.house.clock)


def _sheet(file: File) -> Sheet:
    """A table of customers that can be used. Raises Refused, Unusable."""
    sheet, unread = read_sheet(file.place.read_bytes(), file.path, lambda cell: bool(column_of(cell)), PEOPLE_MAX)
    stops = unread if sheet is None else places(sheet)[1]
    if sheet is None or stops:
        raise Refused(stops[0].reason)
    if not sheet.rows:
        raise Refused(because(NO_ROWS, code="no_rows"))
    return sheet
