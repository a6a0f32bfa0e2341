"""Steps of editing and creation (A5): a draft from a brief, and the facts of every piece against the product feed."""

from datetime import date, time

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from models.brief import Brief
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
from tasks.writing.draft import Draft, draft
from tasks.writing.facts import check

DRAFT_TITLE = mark("Draft № {number}: {title}")
FACTS_TITLE = mark("Facts that differ from the product feed")
NO_PRODUCT = mark("There is no product “{name}” in the feed. Nearest: {nearest}.")
TO_CHECK = mark("Facts to check: {number}. The artifact “{title}” names them.")
PLANNED = mark("It is in the plan under № {number}; adapt it (A7) and it will be asked to be approved.")


@task(cache_policy=NO_CACHE)
def write_draft(
    brief: Brief, products: tuple[str, ...], channels: tuple[str, ...], on: str, at: str, author: str
) -> Ending:
    """Write a draft by the brief, put it into the plan with its channels and time, and list what is to be checked."""
    where = house()
    found, missing = named_products(where, products)
    brief = brief.model_copy(update={"products": found, "language": where.workspace.company.locale})
    written = draft(brief)
    with where.sessions.begin() as session:
        number = _save(where, session, brief, written, channels, on, at, author)
    wrong = [*missing, *written.mismatches]
    lines = [f"# {written.title}", "", written.text, "", *(f"- ⚠ {reason}" for reason in wrong)]
    show("draft", "\n".join([*lines, "", translate(PLANNED, number=number)]),
         translate(DRAFT_TITLE, number=number, title=written.title))  # fmt: skip
    remarks = (translate(TO_CHECK, number=len(wrong), title="draft"),) if wrong else ()
    return Ending(done=1, total=1, remarks=remarks)


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


def _save(
    at: House,
    session: Session,
    brief: Brief,
    written: Draft,
    channels: tuple[str, ...],
    on: str,
    at_time: str,
    author: str,
) -> str:
    number = str(max((int(n) for n in rows.used_numbers(session) if n.isdecimal()), default=0) + 1)
    row = PlanRow(
        number=number, title=written.title, text=written.text, channels=channels, goal=brief.goal, group=brief.group,
        author=author, products=tuple(product.id for product in brief.products),
        on=date.fromisoformat(on) if on else None, at=time.fromisoformat(at_time) if at_time else None,
    )  # fmt: skip
    manuscript = Manuscript(
        title=written.title, body=written.text, description=written.description, channels=channels,
        products=row.products, offer_until=brief.deadline,
    )  # fmt: skip
    reference = fingerprint([brief.model_dump(mode="json"), written.text])[:24]
    piece = rows.add_piece(session, at.clock, "draft", reference, manuscript, "A5", row)
    return piece.number or number


@task(cache_policy=NO_CACHE)
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
