"""Writes a draft by a brief into the plan, and says what is to be checked in it. It knows no Prefect."""

from collections.abc import Mapping

from integrations.errors import Refused
from models.brief import Brief, Wish
from models.content import PlanRow, fingerprint, nearest
from models.locale import mark, translate
from models.manuscript import Manuscript
from models.post import Product
from models.reason import Reason, because
from tasks.analysis.rows import REMEMBERED
from tasks.content import rows
from tasks.house import House
from tasks.occasions import rows as occasions
from tasks.occasions.engine import key_of
from tasks.orders.answers import Line, Report
from tasks.schedule.wall import local
from tasks.writing.aim import Aim, aim
from tasks.writing.brief import gaps
from tasks.writing.draft import Draft, draft
from tasks.writing.rows import keep_draft

TITLE = mark("Draft")
LABEL = mark("№ {number} “{title}”")
NO_PRODUCT = mark("There is no product “{name}” in the feed. Nearest: {nearest}.")
PLANNED = mark("the draft is in the plan; correct it, then adapt it (A7) and it will be asked to be approved")
EDITED = mark("it was written by this brief and edited since; it stays as it is")


class Drafts:
    """The drafts of one house. What the brief lacks or names wrongly is the refusal, and then nothing is written."""

    def __init__(self, house: House) -> None:
        self.house = house

    def write(self, brief: Brief, products: tuple[str, ...], wish: Wish) -> Report:
        """Write a draft by the brief into the plan, with its channels and time; its line has the piece's id."""
        at = self.house
        if stopped := at.unreadable():
            return _refused([because("{said}", code="unreadable", said=one) for one in stopped.remarks])
        company = at.workspace.company
        aimed, wrong = aim(wish, at.workspace.known(), [card.key for card in at.workspace.channels if card.enabled])
        occasion = self._occasion(wish.occasion, wrong)
        found, missing = self._named_products(products)
        said = {"products": found, "language": company.locale, "deadline": aimed.deadline, "group": aimed.group}
        brief = brief.model_copy(update=said | {"goal": aimed.goal})
        lacks = gaps(brief, local(at.now(), company.zone).date())
        refused = [*wrong, *(note.reason for note in lacks if note.is_problem)]
        if refused:
            return _refused(refused)
        return self._written(brief, aimed, occasion, [*missing, *(note.reason for note in lacks)])

    def _written(self, brief: Brief, aimed: Aim, occasion: str, doubts: list[Reason]) -> Report:
        written = draft(brief)
        with self.house.sessions.begin() as session:
            reference = fingerprint([brief.model_dump(mode="json"), written.text])[:24]
            kept = _row(brief, written, aimed), _manuscript(brief, written, aimed)
            piece, is_kept = keep_draft(session, self.house.clock, reference, *kept)
            id, label = piece.id or 0, translate(LABEL, number=piece.number or "", title=piece.title)
            if occasion and is_kept:
                occasions.use(session, occasion, id)
        notes = tuple(dict.fromkeys(map(str, [*doubts, *written.mismatches]))) if is_kept else ()
        line = Line(id=id, label=label, said=translate(PLANNED if is_kept else EDITED), done=is_kept)
        return Report(title=translate(TITLE), lines=(line,), notes=notes)

    def _occasion(self, said: str, wrong: list[Reason]) -> str:
        """The key of the occasion that a draft is made of."""
        if not said.strip():
            return ""
        today = local(self.house.now(), self.house.workspace.company.zone).date()
        with self.house.reads() as session:
            if occasions.occasion(session, said.strip()):
                return said.strip()
            try:
                return key_of(said, occasions.titles(session, today - REMEMBERED))
            except Refused as refused:
                wrong.append(refused.reason)
                return ""

    def _named_products(self, wanted: tuple[str, ...]) -> tuple[tuple[Product, ...], list[Reason]]:
        """Products by their id or their name as people write it; what is not found is told with the nearest three."""
        if not wanted:
            return (), []
        with self.house.reads() as session:
            offers = [rows.as_offer(offer).product() for offer in rows.offers(session)]
        known = {name.casefold(): offer for offer in offers for name in (offer.id, offer.name)}
        found = tuple(known[name.casefold()] for name in wanted if name.casefold() in known)
        missing = [_no_product(name, known) for name in wanted if name.casefold() not in known]
        return found, missing


def _refused(reasons: list[Reason]) -> Report:
    return Report(title=translate(TITLE), refusal=reasons[0], notes=tuple(map(str, reasons[1:])))


def _no_product(name: str, known: Mapping[str, Product]) -> Reason:
    near = ", ".join(nearest(name, [offer.name for offer in known.values()], 3, 0.0))
    return because(NO_PRODUCT, code="no_product", name=name, nearest=near)


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
