"""Steps of editing and creation (A5): a draft from a brief, and the facts of every piece against the product feed."""

from models.brief import Brief, Wish
from models.content import PlanRow, fingerprint, nearest
from models.ending import Ending
from models.locale import mark, translate
from models.manuscript import Manuscript
from models.post import Product
from models.reason import Reason, because
from tasks.adaptation.markdown import read
from tasks.content import rows
from tasks.house import House, house
from tasks.runs.steps import show
from tasks.schedule.wall import local
from tasks.step import step
from tasks.writing.aim import Aim, aim
from tasks.writing.brief import gaps
from tasks.writing.draft import Draft, draft
from tasks.writing.facts import check
from tasks.writing.rows import keep_draft

DRAFT_TITLE = mark("Draft № {number}: {title}")
FACTS_TITLE = mark("Facts that differ from the product feed")
NO_PRODUCT = mark("There is no product “{name}” in the feed. Nearest: {nearest}.")
TO_CHECK = mark("Facts to check: {number}. The artifact “{title}” names them.")
PLANNED = mark("It is in the plan under № {number}; adapt it (A7) and it will be asked to be approved.")


@step(mark("Write a draft"))
def write_draft(brief: Brief, products: tuple[str, ...], wish: Wish) -> Ending:
    """Write a draft by the brief, put it into the plan with its channels and time, and list what is to be checked.

    What the brief lacks or names wrongly is told, and then nothing is written.
    """
    where = house()
    if stopped := where.unreadable():
        return stopped
    company = where.workspace.company
    aimed, wrong = aim(wish, where.workspace.known(), [card.key for card in where.workspace.channels if card.enabled])
    found, missing = named_products(where, products)
    said = {"products": found, "language": company.locale, "deadline": aimed.deadline, "group": aimed.group}
    brief = brief.model_copy(update=said | {"goal": aimed.goal})
    lacks = gaps(brief, local(where.now(), company.zone).date())
    refused = [*wrong, *(note.reason for note in lacks if note.is_problem)]
    if refused:
        return Ending(total=1, remarks=tuple(map(str, refused)))
    return _written(where, brief, aimed, [*missing, *(note.reason for note in lacks)])


def _written(at: House, brief: Brief, aimed: Aim, doubts: list[Reason]) -> Ending:
    written = draft(brief)
    with at.sessions.begin() as session:
        reference = fingerprint([brief.model_dump(mode="json"), written.text])[:24]
        number = keep_draft(
            session, at.clock, reference, _row(brief, written, aimed), _manuscript(brief, written, aimed)
        )
    said = list(dict.fromkeys(map(str, [*doubts, *written.mismatches])))
    title = translate(DRAFT_TITLE, number=number, title=written.title)
    lines = [f"# {written.title}", "", written.text, "", *(f"- ⚠ {one}" for one in said)]
    show("draft", "\n".join([*lines, "", translate(PLANNED, number=number)]), title)
    remarks = (translate(TO_CHECK, number=len(said), title=title),) if said else ()
    return Ending(done=1, total=1, remarks=remarks)


def _row(brief: Brief, written: Draft, aimed: Aim) -> PlanRow:
    return PlanRow(
        number="", title=written.title, text=written.text, channels=aimed.channels, goal=aimed.goal, group=aimed.group,
        author=aimed.author, products=tuple(product.id for product in brief.products), on=aimed.on, at=aimed.at,
    )  # fmt: skip


def _manuscript(brief: Brief, written: Draft, aimed: Aim) -> Manuscript:
    return Manuscript(
        title=written.title, body=written.text, description=written.description, channels=aimed.channels,
        products=tuple(product.id for product in brief.products), offer_until=brief.deadline,
    )  # fmt: skip


def named_products(at: House, wanted: tuple[str, ...]) -> tuple[tuple[Product, ...], list[Reason]]:
    """Products by their id or their name as people write it; what is not found is told with the nearest three."""
    with at.reads() as session:
        offers = [rows.as_offer(offer).product() for offer in rows.offers(session)]
    known = {name.casefold(): offer for offer in offers for name in (offer.id, offer.name)}
    found = tuple(known[name.casefold()] for name in wanted if name.casefold() in known)
    names = [offer.name for offer in offers]
    missing = [
        because(NO_PRODUCT, code="no_product", name=name, nearest=", ".join(nearest(name, names, 3, 0.0)))
        for name in wanted if name.casefold() not in known
    ]  # fmt: skip
    return found, missing


@step(mark("Check prices and products"))
def check_facts() -> Ending:
    """Compare prices and products in every piece with the feed; what differs is told now, and held when it is due."""
    at = house()
    with at.reads() as session:
        works = rows.current(session)
        offers = {offer.id: offer for offer in rows.offers(session)}
    lines: list[str] = []
    for work in works:
        products = [rows.as_offer(offers[id]).product() for id in work.manuscript.products if id in offers]
        former = [price for id in work.manuscript.products if id in offers and (price := offers[id].old_price)]
        wrong = check(read(work.manuscript.body).marked, products, former) if products else ()
        lines += [f"- № {work.number} {work.title}: {reason}" for reason in wrong]
    show("facts", "\n".join([f"## {translate(FACTS_TITLE)}", "", *lines]), translate(FACTS_TITLE))
    remarks = (translate(TO_CHECK, number=len(lines), title=translate(FACTS_TITLE)),) if lines else ()
    return Ending(done=len(works), total=len(works), remarks=remarks)
