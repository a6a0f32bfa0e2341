"""Steps of content search (A3): the product feed, the content plan with its pieces, news feeds, ranking."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from prefect import task
from prefect.cache_policies import NO_CACHE

from integrations.errors import Failure
from integrations.feeds.fetch import Fetcher
from integrations.folder import Folder
from models.company import Source, Workspace
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
from tasks.content.difference import compare, number_rows, sentence
from tasks.content.feeds import read_feed
from tasks.content.pictures import read_picture
from tasks.content.pieces import read_piece
from tasks.content.plan import Plan, read_plan
from tasks.content.products import read_products
from tasks.content.ranking import Aims, from_feed, from_offer, from_piece, rank
from tasks.content.sheets import read_sheet
from tasks.content.workbook import write_plan
from tasks.house import House, house
from tasks.runs.steps import show
from tasks.schedule.wall import local

PLANS = ("content/plan.xlsx", "content/plan.csv")
PIECES, PICTURES = "content/pieces", "content/pictures"
NO_PLAN = mark("There is no content plan. Put plan.xlsx or plan.csv into the folder content.")
DIFFERENCE = mark("What loading the plan {file} means")
PROBLEMS = mark("What is to be mended")
NOTHING_NEW = mark("Nothing is different.")
APPLIED = mark("Applied.")
TO_CONFIRM = mark("Not applied yet: run it again with “apply”.")
FOUND_TITLE = mark("Found content, the best first")
PROBLEM_REMARK = mark("To be mended: {number}. The artifact “{title}” names file, row and field.")


class PlanReading(Value):
    """The plan as it was read: the file, its rows with their №s, what loading means, what is wrong."""

    file: str = ""
    sheet: Sheet | None = None
    rows: tuple[PlanRow, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@task(cache_policy=NO_CACHE)
def read_product_feeds() -> list[Problem]:
    """Read the product feeds; a feed that could not be read leaves the offers as they were, and is told."""
    at, broken = house(), False
    offers: list[Offer] = []
    problems: list[Problem] = []
    for source in sources_of(at.workspace, "products"):
        found = read_from(at, source, lambda data, file: read_products(data, file, at.workspace.company.currency))
        if found is None:
            return problems
        offers += found.items
        problems += found.problems
        broken = broken or found.stopped
    if offers and not broken:
        with at.sessions.begin() as session:
            rows.replace_offers(session, at.clock, offers)
    return problems


def sources_of(workspace: Workspace, kind: str) -> list[Source]:
    return [source for source in workspace.sources if source.kind == kind]


def read_from(at: House, source: Source, parse: Any) -> Found[Any] | None:
    """Open a source, by path or address, and parse it; None where it has not changed since."""
    try:
        if source.path:
            return parse(Folder(at.root).read(source.path), source.path)  # type: ignore[no-any-return]
        return _fetched(at, source, parse)
    except Failure as failure:
        return Found((), (Problem(place=Place(file=source.key), reason=failure.reason, effect=Effect.STOPS),))


def _fetched(at: House, source: Source, parse: Any) -> Found[Any] | None:
    """Ask politely: with what the server said last time. A page that could not be read is asked for again whole."""
    with at.sessions.begin() as session:
        kept = rows.feed_state(session, source.key)
        said = {"etag": kept.etag, "last_modified": kept.last_modified}
    try:
        answer = Fetcher().fetch(source.url, allow_private=source.allow_private, **said)
    except Failure as failure:
        _remember(at, source, problem=failure.reason.model_dump())
        raise
    if answer.not_modified:
        return None
    found: Found[Any] = parse(answer.body, source.url)
    said = (
        {"etag": "", "last_modified": ""}
        if found.stopped
        else {"etag": answer.etag, "last_modified": answer.last_modified}
    )
    _remember(at, source, problem={}, **said)
    return found


def _remember(at: House, source: Source, **said: Any) -> None:
    with at.sessions.begin() as session:
        state = rows.feed_state(session, source.key)
        state.fetched_at = at.now()
        for name, value in said.items():
            setattr(state, name, value)


@task(cache_policy=NO_CACHE)
def read_content_plan(file: str = "", number: str = "") -> PlanReading:
    """Read the plan with its pieces and say what loading it, or one row of it, would mean; nothing is changed."""
    at = house()
    folder = Folder(at.root)
    file = file or next((name for name in PLANS if folder.holds(name)), "")
    if not file:
        return PlanReading(problems=(Problem(place=Place(file=PLANS[0]), reason=because(NO_PLAN, code="no_plan")),))
    sheet, unread = read_sheet(folder.read(file), file, familiar)
    if sheet is None:
        return PlanReading(file=file, problems=unread)
    pieces = read_pieces(at, folder)
    plan = read_plan(
        sheet, _known(at, folder, pieces.items), _start(at), local(at.now(), at.workspace.company.zone).date()
    )
    reading = _reading(at, file, sheet, plan, pieces, folder)
    changes = tuple(change for change in reading.changes if number in ("", change.number))
    return reading.model_copy(update={"changes": changes})


def _reading(at: House, file: str, sheet: Sheet, plan: Plan, pieces: Found[PieceSource], folder: Folder) -> PlanReading:
    sources = {piece.file: piece for piece in pieces.items}
    prints = {name: _print(folder, piece) for name, piece in sources.items()}
    with at.reads() as session:
        known, used = rows.known_rows(session), rows.used_numbers(session)
    numbered = number_rows([row.model_copy(update={"material": prints.get(row.piece, "")}) for row in plan.rows], known,
                           plan.broken, used)  # fmt: skip
    changes = compare(numbered, known, plan.broken)
    return PlanReading(file=file, sheet=sheet, rows=tuple(numbered), changes=tuple(changes),
                       problems=(*plan.problems, *pieces.problems))  # fmt: skip


def read_pieces(at: House, folder: Folder) -> Found[PieceSource]:
    """All pieces of the folder; a broken one is left out and told."""
    known = _known(at, folder, ())
    found = [
        read_piece(folder.read(f"{PIECES}/{name}"), name, known, at.first_start)
        for name in folder.names(PIECES, (".md",))
    ]
    return Found(tuple(i for f in found for i in f.items), tuple(p for f in found for p in f.problems))


def _known(at: House, folder: Folder, pieces: Iterable[PieceSource]) -> Known:
    with at.reads() as session:
        offers = frozenset(offer.id for offer in rows.offers(session))
    files = frozenset(piece.file for piece in pieces)
    pictures = frozenset(folder.names(PICTURES))
    return at.workspace.known(pieces=files or None, pictures=pictures, products=offers or None)


def _start(at: House) -> datetime:
    with at.reads() as session:
        return local(rows.first_start_moment(session) or at.now(), at.workspace.company.zone)


def _print(folder: Folder, piece: PieceSource) -> str:
    """The print of a piece with its pictures: a picture drawn anew is a change too."""
    names = [f"{PICTURES}/{picture.file}" for picture in piece.pictures]
    bytes_ = [folder.read(name) for name in names if folder.holds(name)]
    return hashlib.sha256(b"".join([piece.content_hash().encode(), *bytes_])).hexdigest()[:24]


@task(cache_policy=NO_CACHE)
def load_plan(reading: PlanReading, action: Literal["show", "apply"], cancel_gone: bool, by: str) -> Ending:
    """Show what loading means; with “apply” do it, and write the №s back into the file."""
    at = house()
    problems = list(reading.problems)
    wanted = [c for c in reading.changes if c.kind in (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.MOVED)]
    done: dict[ChangeKind, int] = {}
    if action == "apply":
        manuscripts, wrong = _manuscripts(at, wanted)
        problems += wrong
        changes = [c for c in reading.changes if c.number in manuscripts or c.kind is ChangeKind.GONE]
        load = _load(at, reading, problems, by)
        with at.sessions.begin() as session:
            done = rows.apply_changes(session, at.clock, changes, manuscripts, by, cancel_gone)
            session.add(load)
        _write_numbers_back(at, reading)
    _show_difference(at, reading, problems, action)
    remarks = _remarks(problems)
    return Ending(
        done=sum(done.values()) or (len(wanted) if action == "show" else 0), total=len(wanted), remarks=remarks
    )


def _remarks(problems: list[Problem]) -> tuple[str, ...]:
    real = [p for p in problems if p.effect is not Effect.NOTE]
    return (translate(PROBLEM_REMARK, number=len(real), title=translate(PROBLEMS)),) if real else ()


def _manuscripts(at: House, changes: list[Change]) -> tuple[dict[str, Manuscript], list[Problem]]:
    """The content of the rows that are new or changed; one whose picture is none is left out and told."""
    folder, found, problems = Folder(at.root), {}, []
    pieces = {piece.file: piece for piece in read_pieces(at, folder).items}
    every = tuple(card.key for card in at.workspace.channels if card.enabled)
    for change in changes:
        assert change.row is not None
        piece = pieces.get(change.row.piece)
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


def _titles(at: House) -> dict[str, str]:
    """What channels and pieces are called, by their keys and files."""
    pieces = read_pieces(at, Folder(at.root)).items
    return {card.key: card.title for card in at.workspace.channels} | {piece.file: piece.title for piece in pieces}


def _load(at: House, reading: PlanReading, problems: list[Problem], by: str) -> PlanLoad:
    titles = _titles(at)
    said = {"changes": [{"kind": c.kind, "number": c.number, "text": sentence(c, titles)} for c in reading.changes]}
    digest = fingerprint([row.row_hash() for row in reading.rows])
    return PlanLoad(
        file=reading.file, digest=digest, state="applied", difference=said, loaded_by=by, loaded_at=at.now(),
        applied_at=at.now(), problems=[p.model_dump(mode="json") for p in problems],
    )  # fmt: skip


def _write_numbers_back(at: House, reading: PlanReading) -> None:
    """Write the №s into the person's own workbook, in one move; beside a CSV a copy is put among the reports."""
    if reading.sheet is None:
        return
    folder = Folder(at.root)
    written = write_plan(folder.read(reading.file), reading.sheet, reading.rows, {}, reading.problems)
    target = folder.place(reading.file) if reading.file.endswith(".xlsx") else at.var / "reports" / "plan.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_bytes(written)
    draft.replace(target)


def _show_difference(at: House, reading: PlanReading, problems: list[Problem], action: str) -> None:
    titles = _titles(at)
    said = [sentence(c, titles) for c in reading.changes if c.kind is not ChangeKind.SAME]
    lines = [f"## {translate(DIFFERENCE, file=reading.file)}", "", *(f"- {line}" for line in said)]
    said_of = {"apply": APPLIED, "show": TO_CONFIRM}
    lines += [translate(NOTHING_NEW)] if not said else ["", translate(said_of[action])]
    if problems:
        lines += ["", f"## {translate(PROBLEMS)}", "", *(f"- {problem}" for problem in problems)]
    show("content-plan", "\n".join(lines), translate(DIFFERENCE, file=reading.file))


@task(cache_policy=NO_CACHE)
def search_feeds() -> Ending:
    """Read the news feeds and the product feed as sources of subjects; fold near copies, rank, keep with provenance."""
    at = house()
    problems: list[Problem] = []
    findings: list[Finding] = []
    for source in sources_of(at.workspace, "rss"):
        found = read_from(at, source, lambda d, f, s=source: read_feed(d, s.key, url=s.url, licence=s.licence, file=f))
        problems += found.problems if found else ()
        findings += [from_feed(item) for item in found.items] if found else []
    with at.reads() as session:
        findings += [from_offer(rows.as_offer(o), "products") for o in rows.offers(session)]
        planned = {row.row.piece for row in rows.known_rows(session)}
    folder = read_pieces(at, Folder(at.root))
    findings += [from_piece(piece, "folder") for piece in folder.items if piece.file not in planned]
    ranked = rank(findings, Aims.of(at.workspace.company, at.now().date()))
    with at.sessions.begin() as session:
        rows.add_candidates(session, [_candidate(at, one) for one in ranked])
    show("candidates", _table(ranked[:50]), translate(FOUND_TITLE))
    return Ending(done=len(ranked), total=len(ranked), remarks=_remarks(problems))


def _candidate(at: House, one: Ranked) -> dict[str, Any]:
    f, content = one.finding, {"text": one.finding.text, "pictures": list(one.finding.pictures)}
    return {
        "source": f.source, "source_ref": f.ref, "title": f.title, "content": content,
        "link": f.link, "licence": f.licence, "published_at": f.published, "found_at": at.now(), "score": one.score,
        "why": [reason.model_dump() for reason in one.why], "copies": list(one.copies),
        "piece_id": None, "state": "found",
    }  # fmt: skip


def _table(ranked: list[Ranked]) -> str:
    lines = [f"## {translate(FOUND_TITLE)}", "", "| | | |", "|---|---|---|"]
    return "\n".join(lines + [f"| {r.score} | {r.finding.title} | {'; '.join(map(str, r.why))} |" for r in ranked])
