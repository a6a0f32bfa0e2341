"""Steps of content search (A3): the product feed, the content plan with its pieces, news feeds, ranking."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from integrations.errors import Failure, Refused
from integrations.folder import Folder
from models.company import Source
from models.content import (
    Change,
    ChangeKind,
    Effect,
    Finding,
    Found,
    Known,
    Offer,
    PieceSource,
    Place,
    PlanRow,
    Problem,
    Ranked,
    Sheet,
    fingerprint,
)  # fmt: skip
from models.ending import Ending
from models.locale import mark, translate
from models.manuscript import Manuscript, of_row
from models.piece import PlanLoad
from models.post import Picture, Value
from models.reason import because
from tasks.content import rows
from tasks.content.columns import familiar
from tasks.content.difference import compare, number_rows, overtaken, sentence
from tasks.content.engine import Parse, Told, number_plan, read_source, remember, sources_of
from tasks.content.feeds import read_feed
from tasks.content.pictures import read_picture
from tasks.content.pieces import read_piece
from tasks.content.plan import Plan, read_plan
from tasks.content.products import read_products
from tasks.content.ranking import Aims, from_feed, from_offer, from_piece, rank
from tasks.content.sheets import read_sheet
from tasks.house import House, house
from tasks.runs.steps import show
from tasks.schedule.wall import local
from tasks.step import step

PLANS = ("content/plan.xlsx", "content/plan.csv")
PIECES, PICTURES = "content/pieces", "content/pictures"
NO_PLAN = mark("There is no content plan. Put plan.xlsx or plan.csv into the folder content.")
DIFFERENCE = mark("What loading the plan {file} means")
PROBLEMS = mark("What is to be mended")
NOTHING_NEW = mark("Nothing is different.")
APPLIED = mark("Applied.")
TO_CONFIRM = mark("Not applied yet: run it again with “apply”.")
OVERTAKEN = mark("Changed meanwhile, and so not applied: № {numbers}. Load the plan once more.")
MORE_TO_MEND = mark("More to be mended in the product feeds: {number}.")
TOLD_AT_MOST = 5
FOUND_TITLE = mark("Found content, the best first")
PROBLEM_REMARK = mark("To be mended: {number}. The artifact “{title}” names file, row and field.")


class PlanReading(Value):
    """The plan as it was read: the file and its print, its rows with their №s, what loading means, what is wrong."""

    file: str = ""
    print: str = ""
    pieces: tuple[PieceSource, ...] = ()
    sheet: Sheet | None = None
    rows: tuple[PlanRow, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@step(mark("Read the product feeds"))
def read_product_feeds() -> Ending:
    """Read the product feeds; a feed that could not be read leaves the offers as they were, and is told."""
    at = house()
    if at.unreadable():
        return Ending()  # whose sources they are is not known; that is told where the plan is loaded
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
    wrong = [problem for one in told for problem in one.problems if problem.effect is not Effect.NOTE]
    more = (translate(MORE_TO_MEND, number=len(wrong) - TOLD_AT_MOST),) if len(wrong) > TOLD_AT_MOST else ()
    return Ending(remarks=(*map(str, wrong[:TOLD_AT_MOST]), *more))


def _whole(at: House, sources: list[Source], told: list[Told], parse: Parse) -> list[Told]:
    """The offers are replaced all at once, so a feed that has not changed is read again beside one that has."""
    return [
        read_source(at, source, parse, afresh=True) if one.items is None else one
        for source, one in zip(sources, told, strict=True)
    ]


@step(mark("Read the content plan"))
def read_content_plan(file: str = "", number: str = "") -> PlanReading:
    """Read the plan with its pieces and say what loading it, or one row of it, would mean; nothing is changed."""
    at = house()
    folder = Folder(at.root)
    if stops := [problem for problem in at.open_workspace()[1] if problem.effect is Effect.STOPS]:
        return _unread(file or PLANS[0], *stops)
    file = file or next((name for name in PLANS if folder.holds(name)), "")
    if not file:
        return _unread("", Problem(place=Place(file=PLANS[0]), reason=because(NO_PLAN, code="no_plan")))
    try:
        data = folder.read(file)
    except Refused as error:
        return _unread(file, Problem(place=Place(file=file), reason=error.reason, effect=Effect.STOPS))
    sheet, unread = read_sheet(data, file, familiar)
    if sheet is None:
        return _unread(file, *unread)
    pieces = read_pieces(at, folder)
    today = local(at.now(), at.workspace.company.zone).date()
    plan = read_plan(sheet, _known(at, folder, pieces.items), _start(at), today)
    if plan.stopped:
        return _unread(file, *plan.problems)
    reading = _reading(at, sheet, plan, pieces, folder)
    changes = tuple(change for change in reading.changes if number in ("", change.number))
    return reading.model_copy(update={"changes": changes, "print": hashlib.sha256(data).hexdigest()})


def _unread(file: str, *problems: Problem) -> PlanReading:
    """A plan that could not be read means nothing: no row of it is new, and none is gone."""
    return PlanReading(file=file, problems=problems)


def _reading(at: House, sheet: Sheet, plan: Plan, pieces: Found[PieceSource], folder: Folder) -> PlanReading:
    prints = {piece.file: _print(folder, piece) for piece in pieces.items}
    with at.reads() as session:
        known, used = rows.known_rows(session), rows.used_numbers(session)
    numbered = number_rows([row.model_copy(update={"material": prints.get(row.piece, "")}) for row in plan.rows], known,
                           plan.broken, used)  # fmt: skip
    changes = compare(numbered, known, plan.broken)
    return PlanReading(file=sheet.file, pieces=pieces.items, sheet=sheet, rows=tuple(numbered), changes=tuple(changes),
                       problems=(*plan.problems, *pieces.problems))  # fmt: skip


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


@step(mark("Load the content plan"))
def load_plan(reading: PlanReading, action: Literal["show", "apply"], cancel_gone: bool, by: str) -> Ending:
    """Show what loading means; with “apply” do it, and write the №s back into the file."""
    at, problems = house(), list(reading.problems)
    wanted = [c for c in reading.changes if c.kind in (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.MOVED)]
    done = total = len(wanted)
    trouble: tuple[str, ...] = ()
    if action == "apply" and reading.sheet is not None:
        manuscripts, wrong = _manuscripts(at, wanted, reading.pieces)
        problems += wrong
        gone = [c for c in reading.changes if c.kind is ChangeKind.GONE and cancel_gone]
        changes = [*(c for c in wanted if c.number in manuscripts), *gone]
        done, trouble = _apply(at, reading, changes, manuscripts, problems, by)
        total += len(gone)
    _show_difference(at, reading, problems, action)
    if reading.file and reading.sheet is None:
        total = 1
    return Ending(done=done, total=total, remarks=(*_remarks(problems), *trouble))


def _apply(
    at: House, reading: PlanReading, changes: list[Change], manuscripts: dict[str, Manuscript],
    problems: list[Problem], by: str,
) -> tuple[int, tuple[str, ...]]:  # fmt: skip
    """Do what still means what it meant when the plan was read; then give the rows that stand their №s in the file."""
    load = _load(reading, problems, by, at.now())
    with at.sessions.begin() as session:
        rows.wait_for_the_plan(session)
        late = overtaken(changes, rows.known_rows(session), rows.drafts(session))
        done = rows.apply_changes(session, at.clock, [c for c in changes if c.number not in late], manuscripts, by)
        session.add(load)
        standing = {known.row.number for known in rows.known_rows(session)} - late
    trouble = (translate(OVERTAKEN, numbers=", ".join(sorted(late))),) if late else ()
    return done, (*trouble, *_number_file(at, reading, standing))


def _number_file(at: House, reading: PlanReading, standing: set[str]) -> tuple[str, ...]:
    assert reading.sheet is not None
    numbers = {row.row: row.number for row in reading.rows if row.number in standing}
    reason = number_plan(at, reading.file, reading.print, reading.sheet, numbers)
    return (str(Problem(place=Place(file=reading.file), reason=reason)),) if reason else ()


def _remarks(problems: list[Problem]) -> tuple[str, ...]:
    """What could not be read at all in its own words, the rest counted."""
    stopped = tuple(str(problem) for problem in problems if problem.effect is Effect.STOPS)
    number = sum(problem.effect is Effect.LEFT_OUT for problem in problems)
    counted = (translate(PROBLEM_REMARK, number=number, title=translate(PROBLEMS)),) if number else ()
    return (*stopped, *counted)


def _manuscripts(
    at: House, changes: list[Change], pieces: Iterable[PieceSource]
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


def _titles(at: House, pieces: Iterable[PieceSource]) -> dict[str, str]:
    """What channels and pieces are called, by their keys and files."""
    return {card.key: card.title for card in at.workspace.channels} | {piece.file: piece.title for piece in pieces}


def _load(reading: PlanReading, problems: list[Problem], by: str, now: datetime) -> PlanLoad:
    titles = _titles(house(), reading.pieces)
    said = {"changes": [{"kind": c.kind, "number": c.number, "text": sentence(c, titles)} for c in reading.changes]}
    digest = fingerprint([row.row_hash() for row in reading.rows])
    return PlanLoad(
        file=reading.file, digest=digest, state="applied", difference=said, loaded_by=by, loaded_at=now,
        applied_at=now, problems=[p.model_dump(mode="json") for p in problems],
    )  # fmt: skip


def _show_difference(at: House, reading: PlanReading, problems: list[Problem], action: str) -> None:
    titles = _titles(at, reading.pieces)
    said = [sentence(c, titles) for c in reading.changes if c.kind is not ChangeKind.SAME]
    lines = [f"## {translate(DIFFERENCE, file=reading.file)}", "", *(f"- {line}" for line in said)]
    said_of = {"apply": APPLIED, "show": TO_CONFIRM}
    lines += [translate(NOTHING_NEW)] if not said else ["", translate(said_of[action])]
    if problems:
        lines += ["", f"## {translate(PROBLEMS)}", "", *(f"- {problem}" for problem in problems)]
    show("content-plan", "\n".join(lines), translate(DIFFERENCE, file=reading.file))


@step(mark("Search the feeds for content"))
def search_feeds() -> Ending:
    """Read the news feeds and the product feed as sources of subjects; fold near copies, rank, keep with provenance."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    told = [read_source(at, one, _of_news(one), afresh=bool(one.path)) for one in sources_of(at.workspace, "rss")]
    findings: list[Finding] = [from_feed(item) for one in told for item in one.items or ()]
    with at.reads() as session:
        findings += [from_offer(rows.as_offer(o), "products") for o in rows.offers(session)]
        planned = rows.planned_files(session)
    folder = read_pieces(at, Folder(at.root))
    findings += [from_piece(piece, "folder") for piece in folder.items if piece.file not in planned]
    ranked = rank(findings, Aims.of(at.workspace.company, at.now().date()))
    now = at.now()
    with at.sessions.begin() as session:
        rows.add_candidates(session, [_candidate(one, now) for one in ranked])
        remember(session, at, told)
    show("candidates", _table(ranked[:50]), translate(FOUND_TITLE))
    wrong = [problem for one in told for problem in one.problems]
    return Ending(done=len(ranked), total=len(ranked), remarks=_remarks(wrong))


def _of_news(source: Source) -> Parse:
    return lambda data, file: read_feed(data, source.key, url=source.url, licence=source.licence, file=file)


def _candidate(one: Ranked, now: datetime) -> dict[str, Any]:
    """All candidates of a search have its moment: by it the registry counts them (A11)."""
    f, content = one.finding, {"text": one.finding.text, "pictures": list(one.finding.pictures)}
    return {
        "source": f.source, "source_ref": f.ref, "title": f.title, "content": content,
        "link": f.link, "licence": f.licence, "published_at": f.published, "found_at": now, "score": one.score,
        "why": [reason.model_dump() for reason in one.why], "copies": list(one.copies),
        "piece_id": None, "state": "found",
    }  # fmt: skip


def _table(ranked: list[Ranked]) -> str:
    lines = [f"## {translate(FOUND_TITLE)}", "", "| | | |", "|---|---|---|"]
    return "\n".join(lines + [f"| {r.score} | {r.finding.title} | {'; '.join(map(str, r.why))} |" for r in ranked])
