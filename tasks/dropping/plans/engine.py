"""A dropped content plan: what loading it would mean, and loading it. It knows no Prefect.

It is loaded whole as it was seen, rows taken out apart, or not at all: the plan and its rows are looked at again in the
transaction that changes them, and the file takes its place in the moment before that transaction ends.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from integrations.folder import Folder
from models.content import Change, ChangeKind, Place, PlanRow, Problem, Sheet, fingerprint
from models.desk.drop import ROWS_SHOWN, PlanFound, RowShown, Said, Timing
from models.dropped import DropKind
from models.locale import mark
from models.manuscript import Manuscript
from tasks.content import rows as pieces
from tasks.content.difference import overtaken
from tasks.content.numbering import absent, with_numbers
from tasks.content.plan import unheard
from tasks.content.versions import written_out
from tasks.content.xlsx import Unusable
from tasks.dropping import rows
from tasks.dropping.looks import Look, refused
from tasks.dropping.shelf.engine import exchange, print_of, standing
from tasks.house import House
from tasks.loading.engine import (
    PLANS,
    PlanReading,
    Tick,
    loading,
    manuscripts_of,
    plan_in_use,
    read_table,
    titles_of,
)  # fmt: skip
from tasks.loading.rows import apply_changes, hold_pieces

SHOWN = (ChangeKind.CHANGED, ChangeKind.MOVED, ChangeKind.NEW, ChangeKind.GONE, ChangeKind.OUT)
OTHER_NOW = mark(
    "Nothing has been loaded: the plan or its rows were changed meanwhile. Below is what this file means now; "
    "look at it and say yes again."
)


class Overtaken(Exception):
    """Something else is known now than what the person has seen."""


def look_at_plan(at: House, sheet: Sheet, print_: str, tick: Tick = unheard) -> tuple[Look, PlanReading]:
    """What loading this table as the company's plan would mean."""
    reading = read_table(at, sheet, print_, tick)
    if reading.sheet is None:
        return refused(DropKind.PLAN, *reading.problems), reading
    counts = Counter(change.kind.value for change in reading.changes)
    counts[ChangeKind.BROKEN] = len({p.place.row for p in reading.problems if p.place.row and p.effect == "left_out"})
    titles = titles_of(at, reading.pieces)
    told = sorted((change for change in reading.changes if _is_shown(change)), key=_place)
    found = PlanFound(
        counts=dict(counts), rows=tuple(_shown(change, titles) for change in told[:ROWS_SHOWN]),
        is_cut=len(told) > ROWS_SHOWN,
    )  # fmt: skip
    look = Look(kind=DropKind.PLAN, found=found, seen=_print(at, _meant(reading)), problems=reading.problems,
                total=len(sheet.rows))  # fmt: skip
    return look, reading


def _is_shown(change: Change) -> bool:
    return change.kind in SHOWN and (change.kind is not ChangeKind.OUT or bool(change.fields))


def _place(change: Change) -> int:
    return SHOWN.index(change.kind)


def _shown(change: Change, titles: dict[str, str]) -> RowShown:
    row = change.row or change.before or PlanRow()
    return RowShown(
        number=change.number, kind=change.kind, label=titles.get(row.label) or row.label,
        place=row.row if change.row else 0, before=_timing(change.before), after=_timing(change.row),
        fields=change.fields, channels=tuple(titles.get(key) or key for key in row.channels),
        out=tuple(titles.get(key) or key for key in change.out),
        edited=() if change.kind is ChangeKind.OUT else change.edited,
    )  # fmt: skip


def _timing(row: PlanRow | None) -> Timing | None:
    return Timing(on=row.on, at=row.at, repeat=row.repeat) if row else None


def _meant(reading: PlanReading) -> list[tuple[Any, ...]]:
    """The difference, in few words, and which edits of the desk were known to whoever looked at it."""
    return [
        (
            c.number, c.kind, c.row.row_hash() if c.row else "", c.before.row_hash() if c.before else "", c.out,
            [(edit.field, edit.by, edit.at) for edit in c.edited],
        )
        for c in (*reading.wanted, *reading.gone)
    ]  # fmt: skip


def _print(at: House, meant: list[tuple[Any, ...]]) -> str:
    """The print of the difference, and of the plan it is a difference from."""
    return fingerprint([_in_use(at), meant])


def _in_use(at: House) -> tuple[str, str]:
    """The company's plan and its print; both empty where there is none."""
    path = plan_in_use(Folder(at.root))
    return path, print_of(standing(at, path)) if path else ""


def load_dropped(
    at: House, id: int, data: bytes, sheet: Sheet, seen: str, left_out: Collection[str], cancelled: Collection[str],
    by: str,
) -> Said:  # fmt: skip
    """Load the plan as it was seen, but for the rows taken out; the file becomes the company's plan.

    Raises Overtaken where it means something else by now, Refused where the file could not take its place.
    """
    look, reading = look_at_plan(at, sheet, print_of(data))
    if look.refusal or (seen and look.seen != seen):
        raise Overtaken
    wanted = [change for change in reading.wanted if change.number not in left_out]
    gone = [change for change in reading.gone if change.number in cancelled]
    manuscripts, wrong = manuscripts_of(at, wanted, reading.pieces)
    problems = [*reading.problems, *wrong]
    changes = [*(change for change in wanted if change.number in manuscripts), *gone]
    done, note = _applied(at, id, data, look.seen, reading, changes, manuscripts, problems, by)
    remarks = tuple(str(problem) for problem in (*wrong, *([note] if note else [])))
    return Said(done=done, total=len(wanted) + len(gone), remarks=remarks)


def _applied(
    at: House, id: int, data: bytes, seen: str, reading: PlanReading, changes: Sequence[Change],
    manuscripts: dict[str, Manuscript], problems: Sequence[Problem], by: str,
) -> tuple[int, Problem | None]:  # fmt: skip
    place = PLANS[0] if data[:2] == b"PK" else PLANS[1]
    told, meant = loading(at, reading.model_copy(update={"file": place}), problems, by), _meant(reading)
    wanted = _unnumbered(reading, _to_stand(reading, changes))
    numbered, note = _numbered(data, reading, wanted)
    written = {number: written_out(manuscript) for number, manuscript in manuscripts.items()}
    with at.reads() as session:
        before = pieces.standing_rows(session)
    with at.sessions.begin() as session:
        pieces.wait_for_the_plan(session)
        hold_pieces(session, (*reading.wanted, *reading.gone))
        known = pieces.standing_rows(session, before).rows
        path, print_ = _in_use(at)
        if overtaken((*reading.wanted, *reading.gone), known, pieces.drafts(session)) or _print(at, meant) != seen:
            raise Overtaken
        done = apply_changes(session, at.clock, changes, written, by)
        session.add(told)
        really = _unnumbered(reading, pieces.numbers_standing(session))
        if really != wanted:
            numbered, note = _numbered(data, reading, really)
        if not rows.applied(session, at.clock, id, by, Said(done=done, total=len(changes)).model_dump(mode="json")):
            raise Overtaken
        session.flush()
        expected = print_ if path == place else print_of(standing(at, place))
        exchange(at, place, numbered, expected, [path for path in PLANS if path != place])
    return done, note


def _to_stand(reading: PlanReading, changes: Sequence[Change]) -> set[str]:
    """The №s of the rows that will stand in the plan: known before, or new; the file is written before anyone waits."""
    return {change.number for change in reading.changes if change.before} | {change.number for change in changes}


def _unnumbered(reading: PlanReading, standing: Collection[str]) -> dict[int, str]:
    """The №s that rows of the file will have and lack in it."""
    assert reading.sheet is not None
    return absent(reading.sheet, {row.row: row.number for row in reading.rows if row.number in standing})


def _numbered(data: bytes, reading: PlanReading, wanted: dict[int, str]) -> tuple[bytes, Problem | None]:
    """The file with these №s; where they cannot be written, as it was dropped."""
    assert reading.sheet is not None
    try:
        return (with_numbers(data, reading.sheet, wanted) if wanted else data), None
    except Unusable as error:
        return data, Problem(place=Place(file=reading.file), reason=error.reason)
