"""Steps of editing and creation (A5): a draft from a brief, and the facts of every piece against the product feed."""

from models.brief import Brief, Wish
from models.ending import Ending
from models.locale import mark, translate
from tasks.adaptation.markdown import read
from tasks.content import rows
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.runs.steps import show
from tasks.step import step
from tasks.writing.engine import Drafts
from tasks.writing.facts import check
from tasks.writing.rows import text_of

FACTS_TITLE = mark("Facts that differ from the product feed")
TO_CHECK = mark("Facts to check: {number}. The artifact “{title}” names them.")


@step(mark("Write a draft"))
def write_draft(brief: Brief, products: tuple[str, ...], wish: Wish) -> Ending:
    """Write a draft by the brief, put it into the plan with its channels and time, and list what is to be checked."""
    at = house()
    report = by_the_book(lambda: Drafts(at).write(brief, products, wish))
    with at.reads() as session:
        texts = [text_of(session, line.id) for line in report.lines]
    show("draft", "\n\n".join([report.markdown(), *texts]), report.title)
    return report.ending


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
