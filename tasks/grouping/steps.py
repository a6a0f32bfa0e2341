"""Step of grouping (A4): match every piece to a customer group, with the words that decided."""

from collections.abc import Iterator

from models.ending import Ending
from models.locale import mark, translate
from models.piece import OfferRow
from models.registry import Observation
from tasks.content import rows
from tasks.content.rows import Work
from tasks.grouping.match import Grouped, Subject, group
from tasks.house import House, house
from tasks.registry.rows import record
from tasks.runs.steps import show
from tasks.step import step

TITLE = mark("Pieces and customer groups")
HEADS = (mark("№"), mark("Piece"), mark("Customer group"), mark("Why"))
NOT_MATCHED = mark("No group found: {number}. Choose it in the plan, or add words to the groups in company.yaml.")


@step(mark("Match pieces with customer groups"))
def match_groups() -> Ending:
    """Give every piece that no specialist has grouped its customer group; what a specialist chose stands.

    What was matched, and where a specialist has decided otherwise, is recorded once for each version of a piece.
    """
    at = house()
    if stopped := at.unreadable():
        return stopped
    with at.reads() as session:
        works, by_hand = rows.ungrouped(session), rows.grouped_by_hand(session)
        offers = {offer.id: offer for offer in rows.offers(session)}
    groups = at.workspace.company.groups
    found = [(work, group(_subject(work, offers), groups)) for work in works]
    decided = [(work, group(_subject(work, offers), groups)) for work in by_hand]
    with at.sessions.begin() as session:
        rows.set_groups(session, {work.piece_id: match.group for work, match in found if match.group != work.group})
        record(session, [fact for one in (*found, *decided) for fact in _facts(at, *one)], at.clock)
    _show(found, {g.key: g.title for g in at.workspace.company.groups})
    missing = sum(not match.group for _, match in found)
    remarks = (translate(NOT_MATCHED, number=missing),) if missing else ()
    return Ending(done=len(found) - missing, total=len(found), remarks=remarks)


def _subject(work: Work, offers: dict[str, OfferRow]) -> Subject:
    """The piece as it is matched; categories of its products are called as the feed calls them."""
    found = [rows.as_offer(offers[id]) for id in work.manuscript.products if id in offers]
    titles = {id: title for offer in found for id, title in zip(offer.category_ids, offer.category, strict=False)}
    categories = tuple(offer.category_ids for offer in found)
    return Subject(work.manuscript.body, work.manuscript.title, work.manuscript.tags, categories, titles)


def _facts(at: House, work: Work, match: Grouped) -> Iterator[Observation]:
    """That a group was found, and that the piece stands in another one because a specialist wants it there."""
    is_overruled = bool(work.plan.get("group")) and match.group != work.group
    for metric, is_so in (("grouped", bool(match.group)), ("overruled", bool(match.group) and is_overruled)):
        if is_so:
            yield Observation(
                operation="A4", subject_kind="piece", subject_id=str(work.piece_id), metric=metric, value=1,
                observed_at=at.now(), source="measured", campaign=work.campaign, person=work.author,
                customer_group=work.group or match.group, key=f"A4:{work.version_id}:{metric}",
            )  # fmt: skip


def _show(found: list[tuple[Work, Grouped]], titles: dict[str, str]) -> None:
    lines = ["| " + " | ".join(translate(head) for head in HEADS) + " |", "|---|---|---|---|"]
    for work, match in found:
        why = "; ".join(str(reason) for reason in match.reasons[:3])
        lines.append(f"| {work.number} | {work.title} | {titles.get(match.group, '—')} | {why} |")
    show("customer-groups", "\n".join(lines), translate(TITLE))
