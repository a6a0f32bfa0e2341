"""Step of channel adaptation (A7): a version of every piece for every channel it goes to."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integrations.channels import discovered
from integrations.channels.base import Limits
from integrations.errors import Failure
from models.brand import Note, problem
from models.company import ChannelCard
from models.ending import Ending
from models.locale import mark, translate
from models.post import Picture, Product
from tasks.adaptation.adapt import Adapted, Content, Manner, adapt, misfit
from tasks.adaptation.crop import BadPicture, make_ready
from tasks.adaptation.links import host_of
from tasks.adaptation.shortening import shorten
from tasks.content import rows
from tasks.content.rows import Work
from tasks.house import House, house
from tasks.runs.steps import show
from tasks.step import step

TITLE = mark("Versions for the channels")
TO_MEND = mark("Cannot go out as it is: {number}. The artifact “{title}” says what to mend.")


@step(mark("Adapt the pieces to the channels"))
def adapt_to_channels() -> Ending:
    """Adapt what is not adapted yet; what does not fit is told each time until it does, and the rest goes on."""
    at, done, total = house(), 0, 0
    if stopped := at.unreadable():
        return stopped
    shop = _shop(at)
    lines: list[str] = []
    for card in at.workspace.channels:
        if not card.enabled or card.provider not in discovered():
            continue
        with at.reads() as session:
            works = [work for work in rows.unadapted(session, card.key) if card.key in work.manuscript.channels]
        for work in works:
            adapted = _adapt(at, card, work, shop)
            total, done = total + 1, done + adapted.is_fit
            lines += [f"- № {work.number} {work.title} → {card.title}: {note.reason}" for note in adapted.notes]
    show("channel-versions", "\n".join([f"## {translate(TITLE)}", "", *lines]), translate(TITLE))
    remarks = (translate(TO_MEND, number=total - done, title=translate(TITLE)),) if done < total else ()
    return Ending(done=done, total=total, remarks=remarks)


@dataclass(frozen=True)
class Shop:
    """The products of the feed by their ids, and the hosts of their pages."""

    products: Mapping[str, Product]
    domains: frozenset[str]


def _shop(at: House) -> Shop:
    with at.reads() as session:
        offers = [rows.as_offer(offer).product() for offer in rows.offers(session)]
    return Shop({offer.id: offer for offer in offers}, frozenset(host_of(offer.url) for offer in offers) - {""})


def _adapt(at: House, card: ChannelCard, work: Work, shop: Shop) -> Adapted:
    limits = discovered()[card.provider].limits
    pictures, wrong = _pictures(at, limits, work.manuscript.pictures)
    content = _content(work, pictures, shop, at.workspace.company.locale)
    adapted = adapt(content, limits, manner_of(card, work, shop.domains | {host_of(at.public_url)}))
    post, links = (adapted.post, {}) if limits.html else shorten(adapted.post, at.public_url, code_of(work, card))
    notes = (*wrong, *adapted.notes, *misfit(post, limits))
    fit = not any(note.is_problem for note in notes)
    with at.sessions.begin() as session:
        rows.save_links(session, at.clock, work.piece_id, card.key, links)
        rows.save_rendition(
            session, at.clock, work, card.key, post.model_dump(mode="json") if fit else {},
            post.content_hash() if fit else "", [note.model_dump() for note in notes], adapted.by_hand,
        )  # fmt: skip
    return Adapted(post, adapted.by_hand, adapted.cut, notes)


def _pictures(at: House, limits: Limits, pictures: tuple[Picture, ...]) -> tuple[tuple[Picture, ...], list[Note]]:
    """The pictures cropped and encoded for the channel, kept in the media store."""
    ready: list[Picture] = []
    notes: list[Note] = []
    for picture in pictures[: limits.pictures_max]:
        try:
            made = make_ready(at.media.open(picture), limits, alt=picture.alt)
        except (BadPicture, Failure) as error:
            notes.append(problem(error.reason))
            continue
        size = made.picture
        ready.append(at.media.put(made.data, size.media_type, size.width, size.height, picture.alt))
        notes += made.notes
    return (*ready, *pictures[limits.pictures_max :]), notes


def _content(work: Work, pictures: tuple[Picture, ...], shop: Shop, language: str) -> Content:
    m = work.manuscript
    return Content(
        text=m.body, title=m.title, description=m.description, text_for=m.text_for, pictures=pictures,
        products=tuple(shop.products[id] for id in m.products if id in shop.products), tags=m.tags, language=language,
        valid_until=m.offer_until.isoformat() if m.offer_until else "",
    )  # fmt: skip


def manner_of(card: ChannelCard, work: Work, own: frozenset[str]) -> Manner:
    """How the channel is spoken to: UTM of its card and of the campaign, our own domains, signature, hashtags."""
    utm = {"utm_source": card.utm.source or card.key, "utm_medium": card.utm.medium or "social",
           "utm_campaign": card.utm.campaign or work.campaign}  # fmt: skip
    return Manner(
        key=card.key, utm={name: value for name, value in utm.items() if value}, own_domains=tuple(sorted(own - {""})),
        hashtags=card.hashtags, signature=card.signature, title_first=card.provider != "site",
        pictures_apart=card.provider == "telegram", may_cut=False,
    )  # fmt: skip


def code_of(work: Work, card: ChannelCard) -> Callable[[str], str]:
    """The short code of a link, made of what and where: the same link in the same place keeps its code."""

    def code(url: str) -> str:
        return hashlib.sha256(f"{work.piece_id}|{card.key}|{url}".encode()).hexdigest()[:10]

    return code
