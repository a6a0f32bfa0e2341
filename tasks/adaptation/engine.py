"""Adapts pieces to the channels they go to, all that are not adapted yet or these alone. It knows no Prefect."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from integrations.channels import discovered
from integrations.channels.base import Limits
from integrations.errors import Failure
from models.brand import Note, problem
from models.company import ChannelCard
from models.post import Picture, Product
from tasks.adaptation import rows
from tasks.adaptation.adapt import Adapted, Content, Manner, adapt, misfit
from tasks.adaptation.couponing.rows import with_coupons
from tasks.adaptation.crop import BadPicture, make_ready
from tasks.adaptation.links import host_of
from tasks.adaptation.shortening import shorten
from tasks.content.rows import Work, as_offer, offers
from tasks.house import House


@dataclass(frozen=True)
class Shop:
    """The products of the feed by their ids, and the hosts of their pages."""

    products: Mapping[str, Product]
    domains: frozenset[str]


@dataclass(frozen=True)
class Done:
    """A piece that was adapted to a channel, and what came of it."""

    work: Work
    card: ChannelCard
    adapted: Adapted


def shop_of(at: House) -> Shop:
    with at.reads() as session:
        products = [as_offer(offer).product() for offer in offers(session)]
    return Shop({one.id: one for one in products}, frozenset(host_of(one.url) for one in products) - {""})


def spoken_to(at: House) -> list[ChannelCard]:
    """The channels that are in use and whose provider is known."""
    return [card for card in at.workspace.channels if card.enabled and card.provider in discovered()]


def adapt_pieces(at: House, pieces: Collection[int] | None = None) -> list[Done]:
    """Adapt what is not adapted yet, of these pieces where some are named; what does not fit is kept as not fitting."""
    shop, done = shop_of(at), []
    for card in spoken_to(at):
        with at.reads() as session:
            found = rows.unadapted(session, card.key, pieces)
        done += [Done(w, card, adapt_one(at, card, w, shop)) for w in found if card.key in w.manuscript.channels]
    return done


def adapt_one(at: House, card: ChannelCard, work: Work, shop: Shop) -> Adapted:
    """Make the version for this channel and keep it with its short links."""
    pictures, wrong = _pictures(at, discovered()[card.provider].limits, work.manuscript.pictures)
    adapted, links = composed(at, card, work, shop, pictures)
    adapted = Adapted(adapted.post, adapted.by_hand, adapted.cut, (*wrong, *adapted.notes))
    post = adapted.post
    with at.sessions.begin() as session:
        rows.save_links(session, at.clock, work.piece_id, card.key, links)
        rows.save_rendition(
            session, at.clock, work, card.key, post.model_dump(mode="json") if adapted.is_fit else {},
            post.content_hash() if adapted.is_fit else "", [note.model_dump() for note in adapted.notes],
            adapted.by_hand,
        )  # fmt: skip
    return adapted


def composed(
    at: House, card: ChannelCard, work: Work, shop: Shop, pictures: tuple[Picture, ...]
) -> tuple[Adapted, dict[str, str]]:
    """The version for this channel, and where its short links lead; nothing is kept."""
    limits = discovered()[card.provider].limits
    with_words = with_coupons(at, _content(work, pictures, shop, at.workspace.company.locale), card.key)
    adapted = adapt(with_words.content, limits, manner_of(card, work, shop.domains | {host_of(at.public_url)}))
    post, links = (adapted.post, {}) if limits.html else shorten(adapted.post, at.public_url, code_of(work, card))
    said = (*with_words.problems, *adapted.notes, *misfit(post, limits))
    return Adapted(post, adapted.by_hand, adapted.cut, said), links


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
