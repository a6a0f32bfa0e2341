"""A dropped product feed: what it changes, and letting it take the place of the company's. It knows no Prefect."""

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.content import Effect, Offer, Place, Problem, fingerprint
from models.desk.drop import ProductsFound, Said
from models.dropped import DropKind
from models.locale import mark, translate
from models.reason import because
from tasks.content import rows as pieces
from tasks.content.engine import sources_of
from tasks.content.products import read_products
from tasks.dropping.looks import Look, refused
from tasks.dropping.prices import SHOWN, Planned, difference, touched
from tasks.dropping.shelf.engine import exchange, print_of, standing
from tasks.house import House
from tasks.loading.engine import take_over_products

BY_ADDRESS = mark(
    "The shop's feed is read from its address, not from a file, so there is nothing to replace. "
    "To load files, name a path for it in feeds.yaml."
)
WHICH_FEED = mark("The company has several product feeds. Choose which of them this file replaces.")
NOT_TAKEN_OVER = mark("The file is in its place, but the products stay as they were until what stands below is mended.")
OTHER_FEED = mark("The product feed was changed meanwhile, so nothing was replaced. Look again and say yes.")


def look_at_products(at: House, data: bytes, name: str, source: str = "") -> Look:
    """What this feed changes, in the place of a source of the company."""
    paths = {one.key: one for one in sources_of(at.workspace, "products") if one.path}
    if not paths:
        wrong = Problem(place=Place(file=name), reason=because(BY_ADDRESS, code="by_address"), effect=Effect.STOPS)
        return refused(DropKind.PRODUCTS, wrong)
    found = read_products(data, name, at.workspace.company.currency)
    if found.stopped:
        return refused(DropKind.PRODUCTS, *found.problems)
    only = next(iter(paths)) if len(paths) == 1 else ""
    chosen = source if source in paths else "" if source else only
    path = paths[chosen].path if chosen else ""
    former = standing(at, path) if path else None
    told = ProductsFound(products=len(found.items))
    if chosen:
        told = _compared(at, _known(at, former, path), {offer.id: offer for offer in found.items})
    meant = told.model_copy(update={"source": chosen, "path": path, "sources": {k: o.title for k, o in paths.items()}})
    seen = fingerprint([chosen, print_of(former), print_of(data)])
    return Look(kind=DropKind.PRODUCTS, found=meant, seen=seen, problems=found.problems, total=len(found.items))


def _known(at: House, former: bytes | None, path: str) -> dict[str, Offer]:
    """The products the feed has now: by its own file where that can be read; else those known, where all are its."""
    if former is not None:
        read = read_products(former, path, at.workspace.company.currency)
        if not read.stopped:
            return {offer.id: offer for offer in read.items}
    if len(sources_of(at.workspace, "products")) > 1:
        return {}
    with at.reads() as session:
        return {row.id: pieces.as_offer(row) for row in pieces.offers(session)}


def _compared(at: House, before: dict[str, Offer], after: dict[str, Offer]) -> ProductsFound:
    found = difference(before, after)
    names = {offer.id: offer.name for offer in (*before.values(), *after.values())}
    with at.reads() as session:
        concerned = touched(_planned(session), found, names)
    return ProductsFound(
        products=len(after), fresh=found.fresh, gone=len(found.gone), changed=len(found.prices),
        prices=found.prices[:SHOWN], touched=concerned[:SHOWN],
    )  # fmt: skip


def _planned(session: Session) -> list[Planned]:
    """The pieces that may still go out."""
    over = {known.row.number for known in pieces.known_rows(session) if known.out and not known.open}
    return [
        Planned(work.piece_id, work.number, work.title, work.manuscript.products)
        for work in pieces.current(session) if work.number not in over
    ]  # fmt: skip


def replace_feed(at: House, data: bytes, name: str, source: str, seen: str) -> Said:
    """Let this file be the company's feed, and take its products over at once.

    Raises Refused where the company's feed is another by now, or where it is not said which one is meant.
    """
    look = look_at_products(at, data, name, source)
    if look.refusal:
        raise Refused(look.refusal)
    assert isinstance(look.found, ProductsFound)
    if not look.found.path:
        raise Refused(because(WHICH_FEED, code="which_feed"))
    if seen and look.seen != seen:
        raise Refused(because(OTHER_FEED, code="changed"))
    exchange(at, look.found.path, data, print_of(standing(at, look.found.path)))
    wrong = take_over_products(at)
    done = 0 if any(problem.effect is Effect.STOPS for problem in wrong) else look.found.products
    told = "" if done else translate(NOT_TAKEN_OVER)
    return Said(done=done, total=look.found.products, told=told, remarks=tuple(map(str, wrong[:5])))
