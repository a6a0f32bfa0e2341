"""Receives what people drop, and reads it: what it is and what it would do. It knows no Prefect.

Small files are read while the person waits; a large table is taken apart in a process of its own, so that nobody else
has to wait for it. Whoever is killed while reading has his work begun anew by the next who looks.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from sqlalchemy.exc import OperationalError

from integrations.folder import FILE_BYTES_MAX, TOO_LARGE
from models.content import Place, Problem
from models.dropped import DropKind, DroppedFile
from models.locale import mark
from models.reason import Reason, because
from tasks.content.sheets import too_many
from tasks.customers.engine import sweep
from tasks.dropping import rows
from tasks.dropping.apart.engine import sheet_of
from tasks.dropping.kinds import by_first_bytes, by_headings, most_rows, of_sheet
from tasks.dropping.looks import Look, refused
from tasks.dropping.people.engine import look_at_customers, look_at_purchases
from tasks.dropping.pictures.engine import look_at_pictures
from tasks.dropping.plans.engine import look_at_plan
from tasks.dropping.products.engine import look_at_products
from tasks.dropping.shelf.engine import clear, print_of, shelf
from tasks.dropping.tables.engine import look_at_table
from tasks.house import House

log = logging.getLogger("otdel.dropping")
TOLD_EVERY = 0.5  # seconds
BEATS_EVERY = 10.0  # seconds
HEAD = 1000
LOST = mark("The file is not here any more. Drop it once more.")
NOT_KNOWN = mark(
    "Its columns are none of those that are taken here. Put the headings in one row, "
    "or say what it is when you drop it."
)
TOO_MUCH = mark("The file could not be read: it needs more memory than there is. Make it smaller.")
TOO_LONG = mark("The file could not be read: it takes more than five minutes. Split it into several.")
BROKE_OFF = mark("Reading broke off ({what}). Drop the file once more; if it breaks off again, tell the technician.")


def put_on_shelf(at: House, id: int, files: Iterable[tuple[str, Callable[[Path], None]]]) -> None:
    """Let each file lie under its name in the folder of the dropped; `keep` moves it there."""
    for name, keep in files:
        keep(shelf(at, id) / name)


def files_of(at: House, id: int) -> dict[str, Path]:
    """The dropped files by their names, in their order."""
    folder = shelf(at, id)
    return {path.name: path for path in sorted(folder.iterdir())} if folder.is_dir() else {}


def kind_of(path: Path, name: str) -> DropKind:
    with path.open("rb") as opened:
        return by_first_bytes(opened.read(HEAD), name)


class Teller:
    """Says twice a second how far the reading, or the loading, is."""

    def __init__(self, at: House, id: int, total: int = 0) -> None:
        self.at, self.id, self.total, self.told_at = at, id, total, 0.0

    def __call__(self, number: int) -> None:
        if monotonic() - self.told_at < TOLD_EVERY:
            return
        self.told_at = monotonic()
        with self.at.sessions.begin() as session:
            rows.progress(session, self.at.clock, self.id, number, self.total)


@contextmanager
def beating(at: House, id: int) -> Iterator[None]:
    """Give signs of life about it while the work lasts: whoever is killed gives none any more."""
    over = Event()
    thread = Thread(target=_beat, args=(at, id, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(at: House, id: int, over: Event) -> None:
    while not over.wait(BEATS_EVERY):
        with suppress(OperationalError), at.sessions.begin() as session:  # busy: the next beat may come through
            rows.beat(session, at.clock, id)


def read_dropped(at: House, id: int) -> bool:
    """Read it and keep what it came to; False where somebody else is reading it, or has by now."""
    with at.sessions.begin() as session:
        if not rows.begin_reading(session, at.clock, id):
            return False
        row = rows.one(session, id)
        assert row is not None
    with beating(at, id):
        look = _looked(at, row, Teller(at, id))
    with at.sessions.begin() as session:
        is_kept = rows.keep_reading(session, id, **look.columns())
    if is_kept and look.refusal:
        clear(at, id)  # nothing uses it, so nobody keeps it: whatever could not be read may be a list of people
    return is_kept


def _looked(at: House, row: DroppedFile, tick: Teller) -> Look:
    try:
        return _look(at, row, tick)
    except MemoryError:
        reason = because(TOO_MUCH, code="too_much")
    except TimeoutError:
        reason = because(TOO_LONG, code="too_long")
    except Exception as error:  # whatever breaks on somebody's file is told to them, not left unread for ever
        log.exception("reading dropped file %s broke off", row.id)
        reason = because(BROKE_OFF, code="broke_off", what=type(error).__name__)
    return Look(kind=DropKind(row.kind), refusal=reason)


def _look(at: House, row: DroppedFile, tick: Teller) -> Look:
    files = files_of(at, row.id or 0)
    if not files:
        return Look(kind=DropKind(row.kind), refusal=because(LOST, code="lost"))
    wanted = DropKind(row.kind)
    [(name, path), *_] = files.items()
    kind = kind_of(path, name) if wanted is DropKind.UNKNOWN else wanted
    if kind is DropKind.PICTURES:
        tick.total = len(files)
        return look_at_pictures(at, files, tick)
    if (size := path.stat().st_size) > FILE_BYTES_MAX:  # the company's folder would not be read with it
        words = {"size": size // 1_000_000, "limit": FILE_BYTES_MAX // 1_000_000}
        return Look(kind=kind, refusal=because(TOO_LARGE, code="too_large", path=name, **words))
    data = path.read_bytes()
    if kind is DropKind.PRODUCTS:
        return look_at_products(at, data, name, str(row.found.get("source", "")))
    return _look_at_table(at, kind, data, path, row, tick)


def _look_at_table(at: House, kind: DropKind, data: bytes, path: Path, row: DroppedFile, tick: Teller) -> Look:
    sheet, unread = sheet_of(path, kind)
    if sheet is None:
        return refused(kind, *unread)
    tick.total = len(sheet.rows)
    kind = of_sheet(sheet) if kind is DropKind.UNKNOWN else kind
    if len(sheet.rows) > most_rows(kind):
        return Look(kind=kind, refusal=too_many(most_rows(kind)))
    if kind is DropKind.PLAN:
        return look_at_plan(at, sheet, print_of(data), tick)[0]
    if kind is DropKind.CUSTOMERS:
        return look_at_customers(at, sheet, print_of(data), row, tick)
    if kind is DropKind.PURCHASES:
        return look_at_purchases(at, sheet, print_of(data), tick)
    if kind in (DropKind.EXPENSES, DropKind.RESULTS):
        return look_at_table(at, of_costs(kind, sheet.header), data, sheet)
    return refused(kind, Problem(place=Place(file=path.name), reason=because(NOT_KNOWN, code="not_known")))


def of_costs(kind: DropKind, header: Sequence[str]) -> DropKind:
    """Expenses or results, by the headings: whoever drops one as the other has only pressed the wrong name."""
    said = by_headings(header)
    return said if said in (DropKind.EXPENSES, DropKind.RESULTS) else kind


def forget_old(at: House) -> int:
    """Remove what was dropped a month ago and more."""
    with at.sessions.begin() as session:
        rows.let_broken_go(session, at.clock)
        ids = rows.old(session, at.now() - rows.KEPT)
        rows.forget(session, ids)
    sweep(at)
    for id in ids:
        clear(at, id)
    return len(ids)


def refusal_of(row: DroppedFile) -> Reason:
    return Reason.model_validate(row.refusal) if row.refusal else Reason()
