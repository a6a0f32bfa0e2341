"""Steps of content search (A3): the product feed, the content plan with its pieces, news feeds, ranking."""

from datetime import datetime
from typing import Any, Literal

from integrations.folder import Folder
from models.company import Source
from models.content import ChangeKind, Effect, Finding, Problem, Ranked
from models.ending import Ending
from models.locale import mark, translate
from tasks.content import rows
from tasks.content.difference import sentence
from tasks.content.engine import Parse, read_source, remember, sources_of
from tasks.content.feeds import read_feed
from tasks.content.ranking import Aims, from_feed, from_offer, from_piece, rank
from tasks.house import House, house
from tasks.loading.engine import (
    PlanReading,
    apply,
    manuscripts_of,
    open_plan,
    read_pieces,
    take_over_products,
    titles_of,
)  # fmt: skip
from tasks.runs.steps import show
from tasks.step import step

DIFFERENCE = mark("What loading the plan {file} means")
PROBLEMS = mark("What is to be mended")
NOTHING_NEW = mark("Nothing is different.")
APPLIED = mark("Applied.")
TO_CONFIRM = mark("Not applied yet: run it again with “apply”.")
MORE_TO_MEND = mark("More to be mended in the product feeds: {number}.")
TOLD_AT_MOST = 5
FOUND_TITLE = mark("Found content, the best first")
PROBLEM_REMARK = mark("To be mended: {number}. The artifact “{title}” names file, row and field.")


@step(mark("Read the product feeds"))
def read_product_feeds() -> Ending:
    """Read the product feeds; a feed that could not be read leaves the offers as they were, and is told."""
    at = house()
    if at.unreadable():
        return Ending()  # whose sources they are is not known; that is told where the plan is loaded
    wrong = take_over_products(at)
    more = (translate(MORE_TO_MEND, number=len(wrong) - TOLD_AT_MOST),) if len(wrong) > TOLD_AT_MOST else ()
    return Ending(remarks=(*map(str, wrong[:TOLD_AT_MOST]), *more))


@step(mark("Read the content plan"))
def read_content_plan(file: str = "", number: str = "") -> PlanReading:
    """Read the plan with its pieces and say what loading it, or one row of it, would mean; nothing is changed."""
    return open_plan(house(), file, number)


@step(mark("Load the content plan"))
def load_plan(reading: PlanReading, action: Literal["show", "apply"], cancel_gone: bool, by: str) -> Ending:
    """Show what loading means; with “apply” do it, and write the №s back into the file."""
    at, problems = house(), list(reading.problems)
    done = total = len(reading.wanted)
    trouble: tuple[str, ...] = ()
    if action == "apply" and reading.sheet is not None:
        manuscripts, wrong = manuscripts_of(at, reading.wanted, reading.pieces)
        problems += wrong
        gone = reading.gone if cancel_gone else ()
        changes = [*(c for c in reading.wanted if c.number in manuscripts), *gone]
        done, trouble = apply(at, reading, changes, manuscripts, problems, by)
        total += len(gone)
    _show_difference(at, reading, problems, action)
    if reading.file and reading.sheet is None:
        total = 1
    return Ending(done=done, total=total, remarks=(*_remarks(problems), *trouble))


def _remarks(problems: list[Problem]) -> tuple[str, ...]:
    """What could not be read at all in its own words, the rest counted."""
    stopped = tuple(str(problem) for problem in problems if problem.effect is Effect.STOPS)
    number = sum(problem.effect is Effect.LEFT_OUT for problem in problems)
    counted = (translate(PROBLEM_REMARK, number=number, title=translate(PROBLEMS)),) if number else ()
    return (*stopped, *counted)


def _show_difference(at: House, reading: PlanReading, problems: list[Problem], action: str) -> None:
    titles = titles_of(at, reading.pieces)
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
