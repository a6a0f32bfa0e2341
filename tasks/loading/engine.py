"""Reads the content plan and the product feeds, and does what loading them means. It knows no Prefect."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from integrations.errors import Failure, Refused
from integrations.folder import Folder
from models.company import Source
from models.content import (
    Change,
    ChangeKind,
    Effect,
    Found,
    Known,
    Offer,
    PieceSource,
    Place,
    PlanRow,
    Problem,
    Sheet,
    fingerprint,
)  # fmt: skip
from models.locale import mark, translate
from models.manuscript import Manuscript, of_row
from models.piece import PlanLoad
from models.post import Picture, Value
from models.reason import because
from tasks.approval.rows import people as known_people
from tasks.content import rows
from tasks.content.columns import familiar
from tasks.content.difference import compare, number_rows, overtaken, sentence
from tasks.content.engine import Parse, Told, number_plan, read_source, remember, sources_of
from tasks.content.kept import changed_in_file
from tasks.content.pictures import read_picture
from tasks.content.pieces import read_piece
from tasks.content.plan import Plan, read_plan, unheard
from tasks.content.products import read_products
from tasks.content.sheets import read_sheet
from tasks.content.versions import written_out
from tasks.house import House
from tasks.loading.rows import apply_changes, hold_pieces
from tasks.schedule.wall import local

PLANS = ("content/plan.xlsx", "content/plan.csv")
PIECES, PICTURES = "content/pieces", "content/pictures"
WANTED = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.MOVED)
NO_PLAN = mark("There is no content plan. Put plan.xlsx or plan.csv into the folder content.")
OVERTAKEN = mark("Changed meanwhile, and so not applied: № {numbers}. Load the plan once more.")

Tick = Callable[[int], None]


class PlanReading(Value):
    """The plan as it was read: the file and its print, its rows with their №s, what loading means, what is wrong."""

    file: str = ""
    print: str = ""
    pieces: tuple[PieceSource, ...] = ()
    sheet: Sheet | None = None
    rows: tuple[PlanRow, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def wanted(self) -> tuple[Change, ...]:
        """What is different in the file and can be applied."""
        return tuple(change for change in self.changes if change.kind in WANTED)

    @property
    def gone(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind is ChangeKind.GONE)


def plan_in_use(folder: Folder) -> str:
    """The company's content plan by its path; empty where there is none."""
    return next((name for name in PLANS if folder.holds(name)), "")


def open_plan(at: House, file: str = "", number: str = "") -> PlanReading:
    """Read the plan with its pieces and say what loading it, or one row of it, would mean; nothing is changed."""
    folder = Folder(at.root)
    if stops := _unusable_company(at):
        return unread(file or PLANS[0], *stops)
    file = file or plan_in_use(folder)
    if not file:
        return unread("", Problem(place=Place(file=PLANS[0]), reason=because(NO_PLAN, code="no_plan")))
    try:
        data = folder.read(file)
    except Refused as error:
        return unread(file, Problem(place=Place(file=file), reason=error.reason, effect=Effect.STOPS))
    sheet, problems = read_sheet(data, file, familiar)
    if sheet is None:
        return unread(file, *problems)
    reading = read_table(at, sheet, hashlib.sha256(data).hexdigest())
    changes = tuple(change for change in reading.changes if number in ("", change.number))
    return reading.model_copy(update={"changes": changes})


def _unusable_company(at: House) -> list[Problem]:
    return [problem for problem in at.open_workspace()[1] if problem.effect is Effect.STOPS]


def unread(file: str, *problems: Problem) -> PlanReading:
    """A plan that could not be read means nothing: no row of it is new, and none is gone."""
    return PlanReading(file=file, problems=problems)


def read_table(at: House, sheet: Sheet, print_: str, tick: Tick = unheard) -> PlanReading:
    """Say what loading this table would mean. `tick` is told how many of its rows are read."""
    if stops := _unusable_company(at):
        return unread(sheet.file, *stops)
    folder = Folder(at.root)
    pieces = read_pieces(at, folder)
    today = local(at.now(), at.workspace.company.zone).date()
    plan = read_plan(sheet, _known(at, folder, pieces.items), _start(at), today, tick)
    if plan.stopped:
        return unread(sheet.file, *plan.problems)
    return _compared(at, sheet, plan, pieces, folder).model_copy(update={"print": print_})


def _compared(at: House, sheet: Sheet, plan: Plan, pieces: Found[PieceSource], folder: Folder) -> PlanReading:
    prints = {piece.file: _print(folder, piece) for piece in pieces.items}
    aimed = {piece.file for piece in pieces.items if piece.channels}
    with at.reads() as session:
        known, used = rows.known_rows(session), rows.used_numbers(session)
    seen = [row.model_copy(update={"material": prints.get(row.piece, ""),
                                   "everywhere": row.everywhere or not (row.channels or row.piece in aimed)})
            for row in plan.rows]  # fmt: skip
    numbered = number_rows(seen, known, plan.broken, used)
    changes = _beside_the_desk(at, compare(numbered, known, plan.broken), pieces.items)
    return PlanReading(file=sheet.file, pieces=pieces.items, sheet=sheet, rows=tuple(numbered), changes=tuple(changes),
                       problems=(*plan.problems, *pieces.problems))  # fmt: skip


def _beside_the_desk(at: House, changes: Iterable[Change], pieces: Iterable[PieceSource]) -> list[Change]:
    """The changes, those of pieces edited on the desk with what of the edits the file would put away."""
    found, zone = list(changes), at.workspace.company.zone
    edited = [c for c in found if c.edited and c.row is not None and c.kind in WANTED]
    if not edited:
        return found
    manuscripts, _ = manuscripts_of(at, edited, pieces)
    with at.reads() as session:
        before = rows.loaded_pieces(session, [c.number for c in edited])
        people = {key: who.name for key, who in known_people(session).items()}
    told = {c.number: _told(c, manuscripts.get(c.number), before.get(c.number), people, zone) for c in edited}
    return [told.get(change.number, change) for change in found]


def _told(
    change: Change, now: Manuscript | None, before: tuple[PlanRow, Manuscript] | None, people: Mapping[str, str],
    zone: str,
) -> Change:  # fmt: skip
    is_known = now is not None and before is not None and change.row is not None
    fields = {edit.field for edit in change.edited}
    lost = changed_in_file(fields, before, (change.row, now)) if is_known else set()  # type: ignore[arg-type]
    edits = [
        edit.model_copy(update={"is_lost": edit.field in lost,
                                "said": f"{people.get(edit.by, edit.by)}, {local(edit.at, zone):%d.%m.%Y %H:%M}"})
        for edit in change.edited
    ]  # fmt: skip
    return change.model_copy(update={"edited": tuple(edits)})


def read_pieces(at: House, folder: Folder) -> Found[PieceSource]:
    """All pieces of the folder; a broken one is left out and told."""
    known = _known(at, folder, ())
    found = [_piece(folder, name, known, at) for name in folder.names(PIECES, (".md",))]
    return Found(tuple(i for f in found for i in f.items), tuple(p for f in found for p in f.problems))


def _piece(folder: Folder, name: str, known: Known, at: House) -> Found[PieceSource]:
    try:
        return read_piece(folder.read(f"{PIECES}/{name}"), name, known, at.first_start)
    except Refused as error:
        return Found((), (Problem(place=Place(file=name), reason=error.reason),))


def _known(at: House, folder: Folder, pieces: Iterable[PieceSource]) -> Known:
    with at.reads() as session:
        offers, drafts = frozenset(offer.id for offer in rows.offers(session)), rows.drafts(session)
    files, pictures = frozenset(piece.file for piece in pieces), frozenset(folder.names(PICTURES))
    known = at.workspace.known(pieces=files, pictures=pictures, products=offers or None)
    return known.model_copy(update={"drafts": drafts})


def _start(at: House) -> datetime:
    with at.reads() as session:
        return local(rows.first_start_moment(session) or at.now(), at.workspace.company.zone)


def _print(folder: Folder, piece: PieceSource) -> str:
    """The print of a piece with its pictures: a picture drawn anew is a change too."""
    pictures = [_bytes(folder, f"{PICTURES}/{picture.file}") for picture in piece.pictures]
    return hashlib.sha256(b"".join([piece.content_hash().encode(), *pictures])).hexdigest()[:24]


def _bytes(folder: Folder, name: str) -> bytes:
    try:
        return folder.read(name)
    except Refused:
        return b""  # what is wrong with it is told where it is needed


def apply(
    at: House, reading: PlanReading, changes: Sequence[Change], manuscripts: dict[str, Manuscript],
    problems: Sequence[Problem], by: str,
) -> tuple[int, tuple[str, ...]]:  # fmt: skip
    """Do what still means what it meant when the plan was read; then give the rows that stand their №s in the file."""
    told, written = loading(at, reading, problems, by), {number: written_out(m) for number, m in manuscripts.items()}
    with at.reads() as session:
        before = rows.standing_rows(session)
    with at.sessions.begin() as session:
        rows.wait_for_the_plan(session)
        hold_pieces(session, changes)
        late = overtaken(changes, rows.standing_rows(session, before).rows, rows.drafts(session))
        done = apply_changes(session, at.clock, [c for c in changes if c.number not in late], written, by)
        session.add(told)
        standing = rows.numbers_standing(session) - late
    trouble = (translate(OVERTAKEN, numbers=", ".join(sorted(late))),) if late else ()
    wrong = number_file(at, reading, standing)
    return done, (*trouble, *([str(wrong)] if wrong else []))


def number_file(at: House, reading: PlanReading, standing: set[str]) -> Problem | None:
    """Give the rows that stand their №s in the file; the problem where that could not be done."""
    assert reading.sheet is not None
    numbers = {row.row: row.number for row in reading.rows if row.number in standing}
    reason = number_plan(at, reading.file, reading.print, reading.sheet, numbers)
    return Problem(place=Place(file=reading.file), reason=reason) if reason else None


def manuscripts_of(
    at: House, changes: Iterable[Change], pieces: Iterable[PieceSource]
) -> tuple[dict[str, Manuscript], list[Problem]]:
    """The content of the rows that are new or changed; one whose picture is none is left out and told."""
    folder, found, problems = Folder(at.root), {}, []
    by_file = {piece.file: piece for piece in pieces}
    every = tuple(card.key for card in at.workspace.channels if card.enabled)
    for change in changes:
        assert change.row is not None
        piece = by_file.get(change.row.piece)
        pictures, wrong = _pictures(at, folder, change.row, piece)
        problems += wrong
        if not wrong:
            found[change.number] = of_row(change.row, piece, pictures, every)
    return found, problems


def _pictures(
    at: House, folder: Folder, row: PlanRow, piece: PieceSource | None
) -> tuple[tuple[Picture, ...], list[Problem]]:
    named = [(name, "") for name in row.pictures] or [(p.file, p.alt) for p in (piece.pictures if piece else ())]
    kept, wrong = [], []
    for name, alt in named:
        try:
            looked = read_picture(data := folder.read(f"{PICTURES}/{name}"), f"{PICTURES}/{name}", alt=alt)
        except Failure as failure:
            looked = Problem(place=Place(file=f"{PICTURES}/{name}"), reason=failure.reason)
        if isinstance(looked, Problem):
            wrong.append(looked)
        else:
            kept.append(at.media.put(data, looked.media_type, looked.width, looked.height, alt))
    return tuple(kept), wrong


def titles_of(at: House, pieces: Iterable[PieceSource]) -> dict[str, str]:
    """What channels and pieces are called, by their keys and files."""
    return {card.key: card.title for card in at.workspace.channels} | {piece.file: piece.title for piece in pieces}


def loading(at: House, reading: PlanReading, problems: Sequence[Problem], by: str) -> PlanLoad:
    """The row that says who loaded what, and what it meant."""
    titles, now = titles_of(at, reading.pieces), at.now()
    told = [change for change in reading.changes if change.kind is not ChangeKind.SAME]
    said = {
        "counts": {**Counter(change.kind.value for change in reading.changes), "problems": len(problems)},
        "changes": [{"kind": c.kind, "number": c.number, "text": sentence(c, titles)} for c in told],
    }
    digest = fingerprint([row.row_hash() for row in reading.rows])
    return PlanLoad(
        file=reading.file, digest=digest, state="applied", difference=said, loaded_by=by, loaded_at=now,
        applied_at=now, problems=[p.model_dump(mode="json") for p in problems],
    )  # fmt: skip


def take_over_products(at: House) -> list[Problem]:
    """Read the product feeds; one that could not be read leaves the offers as they were. Returns what is wrong."""
    sources = sources_of(at.workspace, "products")

    def parse(data: bytes, file: str) -> Found[Offer]:
        return read_products(data, file, at.workspace.company.currency)

    told = [read_source(at, source, parse) for source in sources]
    if any(one.items is not None for one in told):
        told = _whole(at, sources, told, parse)
        offers: list[Offer] = [offer for one in told for offer in one.items or ()]
        if offers and not any(one.stopped for one in told):
            with at.sessions.begin() as session:
                rows.replace_offers(session, at.clock, offers)
                remember(session, at, told)
    return [problem for one in told for problem in one.problems if problem.effect is not Effect.NOTE]


def _whole(at: House, sources: list[Source], told: list[Told], parse: Parse) -> list[Told]:
    """The offers are replaced all at once, so a feed that has not changed is read again beside one that has."""
    return [
        read_source(at, source, parse, afresh=True) if one.items is None else one
        for source, one in zip(sources, told, strict=True)
    ]
