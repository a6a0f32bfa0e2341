"""Files exchanged with tills, in the folder of each outlet: `up` from them, `down` to them. It knows no Prefect.

A file is moved aside only after all of it is in the ledger; killed before, it is read again, and every receipt in it is
known by its key. One that is still being written is left alone, and so is one that changed while it was read.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from integrations.errors import Unavailable
from models.company import Outlet
from models.locale import in_house_words, mark, quoted, translate
from models.reason import Reason, because
from models.trade import FileState
from tasks.codes.reading import read as read_code
from tasks.codes.rows import KnownForms
from tasks.exchange import commerceml, conflicts, rows
from tasks.exchange.columns import read_table
from tasks.exchange.disk.engine import is_as_it_was, move_aside, name_of
from tasks.exchange.ends import is_unfinished
from tasks.exchange.giving.engine import Giving
from tasks.exchange.receipts import Kept, Taken, Trouble
from tasks.house import House
from tasks.outlets.cards import called
from tasks.redeeming.calls import Entered, Entry, Sale
from tasks.redeeming.engine import Redeeming
from tasks.trade.looking.engine import ledger_of

QUIET, UNFINISHED = timedelta(minutes=1), timedelta(hours=1)
A_RUN = timedelta(seconds=80)  # what is left of a file then is the next run's
BYTES_MOST, AT_ONCE = 50_000_000, 100
KINDS = (".csv", ".xml")
NO_FOLDER = mark("{outlet}: there is no folder {folder}. Is the network drive there?")
SHARED = mark(
    "{outlet}: another outlet has its folder {folder} as well, so nothing is exchanged there. Give each its own in "
    "company.yaml."
)
BROKEN_FILE = mark("{outlet}: {file} cannot be opened or moved: {detail}. Look which program holds it.")
LATER = mark("{outlet}: files left for the next run: {number}.")
AHEAD = mark(
    "{outlet}: {file} bears a time that is still to come and waits for it. Set the clock of whatever writes it, and "
    "put the file there anew."
)
BROKEN_FOLDER = mark("{outlet}: the folder cannot be used: {detail}.")
NOT_FINISHED = mark("{outlet}: {file} has not been finished for an hour. Look whether the till is still writing it.")
TOO_LARGE = mark("The file is larger than {most} MB. Let the till write one for each day.")
LEFT_OUT = mark("{outlet}: rows of {file} left out: {number}; they stand on the desk, under “Trade”.")
CONFLICTS = mark("{outlet}: receipts of {file} that would not have been allowed: {number}.")
UNREADABLE = mark("{outlet}: nothing in {file} could be read: {why}")
GOES_ON = mark("{outlet}: {file} is long; {number} receipts of it are left for the next run.")
WAITS = mark(
    "The sale of this return is not known here: it had no coupon, or has not come yet. If it comes, this counts."
)


@dataclass
class Round:
    """What a round has done; `remarks` are what a person should know."""

    files: int = 0
    read: int = 0
    entered: int = 0
    written: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of one file."""

    state: FileState = FileState.READ
    rows: int = 0
    entered: int = 0
    repeated: int = 0
    conflicts: int = 0
    left_out: int = 0
    receipts: int = 0
    without: int = 0
    behind: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def said(self) -> list[tuple[int, str]]:
        """The problems in the language of the moment, by row; row 0 is the whole file."""
        return [(int(one["row"]), str(Reason.model_validate(one["said"]))) for one in self.problems]


class Exchange:
    """The files of one house."""

    def __init__(self, house: House, ledger: Redeeming | None = None) -> None:
        self.house, self._ledger, self._forms = house, ledger, KnownForms()

    @property
    def ledger(self) -> Redeeming:
        self._ledger = self._ledger or ledger_of(self.house)
        return self._ledger

    @in_house_words()
    def round(self) -> Round:
        """Take what has come and give what there is, outlet by outlet; trouble with one keeps no other waiting."""
        done, until = Round(), self.house.now() + A_RUN
        outlets = [one for one in self.house.workspace.company.outlets if one.exchange.folder]
        number = Counter(self._path(one) for one in outlets)
        for outlet in outlets:
            said = {"outlet": quoted(outlet.name), "folder": outlet.exchange.folder}
            try:
                folder = self._folder(outlet)
                if number[self._path(outlet)] > 1 or folder is None:
                    done.remarks.append(translate(SHARED if folder else NO_FOLDER, **said))
                    continue
                self.take(outlet, folder / "up", done, until)
                done.written += Giving(self.house).give(outlet, folder / "down")
            except Unavailable as error:  # the database is busy: the files lie where they were
                done.remarks.append(str(error.reason))
            except OSError as error:
                done.remarks.append(translate(BROKEN_FOLDER, outlet=said["outlet"], detail=_detail(error)))
        return done

    def _path(self, outlet: Outlet) -> Path:
        return (self.house.root / outlet.exchange.folder).resolve()

    def _folder(self, outlet: Outlet) -> Path | None:
        """The folder with both of its own made; None where a whole path leads nowhere: a drive may be away."""
        named = Path(outlet.exchange.folder)
        folder = self.house.root / named
        if named.is_absolute() and not folder.is_dir():
            return None
        for part in ("up", "down"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return folder

    # Up.

    def take(self, outlet: Outlet, up: Path, done: Round, until: datetime) -> None:
        """Read every finished file, the first name first, and move it aside; what is not done by then stays.

        Trouble with one keeps no other waiting.
        """
        later, at = 0, quoted(outlet.name)
        for path in sorted(up.iterdir()):
            if path.suffix.lower() not in KINDS or path.name[0] in ".~" or path.is_symlink() or not path.is_file():
                continue
            if self.house.now() > until:
                later += 1
                continue
            try:
                self._take_file(outlet, path, done, until)
            except OSError as error:
                done.remarks.append(translate(BROKEN_FILE, outlet=at, file=name_of(path), detail=_detail(error)))
        if later:
            done.remarks.append(translate(LATER, outlet=at, number=later))

    def _take_file(self, outlet: Outlet, path: Path, done: Round, until: datetime) -> None:
        done.files += 1
        before, said = path.stat(), {"outlet": quoted(outlet.name), "file": name_of(path)}
        age = self.house.now() - datetime.fromtimestamp(before.st_mtime, UTC)
        if age < QUIET:
            done.remarks += [translate(AHEAD, **said)] if age < -UNFINISHED else []
            return
        data = path.read_bytes() if before.st_size <= BYTES_MOST else b""
        if before.st_size <= BYTES_MOST and is_unfinished(path.name, data):
            done.remarks += [translate(NOT_FINISHED, **said)] if age > UNFINISHED else []
            return
        outcome = self.take_data(outlet, name_of(path), data, before.st_size, until)
        self._say(outlet, name_of(path), outcome, done)
        done.read += 1
        done.entered += outcome.entered
        if not outcome.behind and is_as_it_was(path, before):
            move_aside(path, path.parent / ("broken" if outcome.state is FileState.BROKEN else "done"))

    def take_data(
        self, outlet: Outlet, name: str, data: bytes, size: int = 0, until: datetime | None = None
    ) -> Outcome:
        """Enter all receipts of a file, each once, and write down what came of it.

        What is not entered by `until` is `behind`, and nothing is written down yet.
        """
        taken = self._read(outlet, name, data, size)
        outcome = _seen(taken)
        self._enter(taken, outcome, until)
        if outcome.behind:
            return outcome
        outcome.problems.sort(key=lambda one: int(one["row"]))
        print_ = hashlib.sha256(data or f"{name} {size}".encode()).hexdigest()
        with self.house.sessions.begin() as session:
            rows.keep(session, self.house.clock, outlet.key, name, print_, size=size or len(data),
                      state=outcome.state.value, rows=outcome.rows, entered=outcome.entered,
                      repeated=outcome.repeated, conflicts=outcome.conflicts, left_out=outcome.left_out,
                      problems=outcome.problems)  # fmt: skip
        return outcome

    def look(self, outlet: Outlet, name: str, data: bytes) -> Outcome:
        """What a file would mean; nothing is entered."""
        return _seen(self._read(outlet, name, data, len(data)))

    def outlet_called(self, name: str) -> Outlet:
        """The outlet a person means. Raises Refused with the nearest."""
        known = {one.key: one for one in self.house.workspace.company.outlets}
        return known[called(name, {key: one.name for key, one in known.items()})]

    def _read(self, outlet: Outlet, name: str, data: bytes, size: int) -> Taken:
        company = self.house.workspace.company
        zone = outlet.zone or company.zone
        if size > BYTES_MOST:
            reason = because(TOO_LARGE, code="too_large", most=BYTES_MOST // 1_000_000)
            return Taken(troubles=[Trouble(0, reason)])
        read = commerceml.read_documents if name.lower().endswith(".xml") else _table(name)
        try:
            return read(data, outlet.key, zone, company.currency, self._kept())
        except commerceml.Unreadable as error:
            return Taken(troubles=[Trouble(0, error.reason)])

    def _kept(self) -> Kept:
        """Understands codes as the tills' own programs do: another keyboard, what a scanner made of it."""
        with self.house.reads() as session:
            forms = self._forms.of(session)
        return lambda typed: read_code(typed, forms).code or typed

    def _enter(self, taken: Taken, outcome: Outcome, until: datetime | None) -> None:
        """What is not in the journal yet goes first, so that a file too long for one run gets on with each."""
        with self.house.reads() as session:
            known = rows.known(session, [keys_of(entry) for _, entry in taken.entries])
        entries = sorted(taken.entries, key=lambda one: keys_of(one[1]) in known)
        for first in range(0, len(entries), AT_ONCE):
            if until and self.house.now() > until:
                outcome.behind = len(entries) - first
                return
            some = entries[first : first + AT_ONCE]
            self._count(some, self.ledger.take_journal([entry for _, entry in some]), outcome)

    def _count(self, some: list[tuple[int, Entry]], answers: Iterable[Entered], outcome: Outcome) -> None:
        for (row, _), entered in zip(some, answers, strict=True):
            if entered.reason:
                outcome.conflicts += 1
                outcome.problems.append(_problem(row, because(conflicts.SAID_OTHERWISE, code=entered.reason.code)))
                continue
            outcome.repeated += entered.replayed
            outcome.entered += not entered.replayed and bool(entered.redemptions or entered.waits)
            if entered.waits:
                outcome.problems.append(_problem(row, because(WAITS, code="waits")))
            if entered.conflicts:
                outcome.conflicts += 1
                outcome.problems += [_problem(row, conflicts.said(code)) for code in entered.conflicts]

    def _say(self, outlet: Outlet, name: str, outcome: Outcome, done: Round) -> None:
        said = {"outlet": quoted(outlet.name), "file": name}
        if outcome.state is FileState.BROKEN:
            why = str(Reason.model_validate(outcome.problems[0]["said"]))
            done.remarks.append(translate(UNREADABLE, why=why, **said))
        if outcome.behind:
            done.remarks.append(translate(GOES_ON, number=outcome.behind, **said))
            return
        if outcome.left_out:
            done.remarks.append(translate(LEFT_OUT, number=outcome.left_out, **said))
        if outcome.conflicts and outcome.entered:
            done.remarks.append(translate(CONFLICTS, number=outcome.conflicts, **said))


def _detail(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _table(name: str) -> Any:
    return lambda data, *where: read_table(data, name, *where)


def keys_of(entry: Entry) -> tuple[str, str]:
    """What the ledger knows an entry by: the till, and the till's own word."""
    return (entry.call.till, entry.call.key) if isinstance(entry, Sale) else (entry.back.till, entry.back.key)


def _seen(taken: Taken) -> Outcome:
    """What is known of a file before anything of it is entered."""
    whole = [trouble for trouble in taken.troubles if not trouble.row]
    problems = [_problem(trouble.row, trouble.said) for trouble in taken.troubles]
    return Outcome(
        state=FileState.BROKEN if whole else FileState.READ, rows=taken.rows, receipts=len(taken.entries),
        without=taken.without, left_out=len(taken.troubles) - len(whole), problems=problems,
    )  # fmt: skip


def _problem(row: int, said: Reason) -> dict[str, Any]:
    return {"row": row, "said": said.model_dump(mode="json")}
