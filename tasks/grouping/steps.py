"""Step of grouping (A4): match every piece to a customer group, with the words that decided."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.ending import Ending
from models.locale import mark, translate
from models.piece import OfferRow
from tasks.content import rows
from tasks.content.rows import Work
from tasks.grouping.match import Grouped, Subject, group
from tasks.house import house
from tasks.runs.steps import show

TITLE = mark("Pieces and customer groups")
HEADS = (mark("№"), mark("Piece"), mark("Customer group"), mark("Why"))
NOT_MATCHED = mark("No group found: {number}. Choose it in the plan, or add words to the groups in company.yaml.")


@task(cache_policy=NO_CACHE)
def match_groups() -> Ending:
    """Give every piece that no specialist has grouped its customer group; what a specialist chose stands."""
    at = house()
    with at.reads() as session:
        works, offers = rows.ungrouped(session), {offer.id: offer for offer in rows.offers(session)}
    found = [(work, group(_subject(work, offers), at.workspace.company.groups)) for work in works]
    with at.sessions.begin() as session:
        rows.set_groups(session, {work.piece_id: match.group for work, match in found})
    _show(found, {g.key: g.title for g in at.workspace.company.groups})
    missing = sum(not match.group for _, match in found)
    remarks = (translate(NOT_MATCHED, number=missing),) if missing else ()
    return Ending(done=len(found) - missing, total=len(found), remarks=remarks)


def _subject(work: Work, offers: dict[str, OfferRow]) -> Subject:
    categories = tuple(tuple(offers[id].category_ids) for id in work.manuscript.products if id in offers)
    return Subject(work.manuscript.body, work.manuscript.title, work.manuscript.tags, categories)


def _show(found: list[tuple[Work, Grouped]], titles: dict[str, str]) -> None:
    lines = ["| " + " | ".join(translate(head) for head in HEADS) + " |", "|---|---|---|---|"]
    for work, match in found:
        why = "; ".join(str(reason) for reason in match.reasons[:3])
        lines.append(f"| {work.number} | {work.title} | {titles.get(match.group, '—')} | {why} |")
    show("customer-groups", "\n".join(lines), translate(TITLE))
