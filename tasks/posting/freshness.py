"""Whether a post may still say what it says: products, prices and dates against the feed of this moment. Pure."""

from collections.abc import Mapping
from datetime import date, datetime

from models.address import is_loopback
from models.locale import language, mark
from models.piece import OfferRow
from models.post import Post, Product
from models.reason import NO_REASON, Reason, because
from tasks.adaptation import links
from tasks.adaptation.spans import Marked
from tasks.writing.facts import held_because
from tasks.writing.prices import say_price

PRICE = mark(
    "“{name}” costs {now} in the feed and {then} in the post. Correct the piece and approve it anew; or correct the "
    "feed and restore the publication."
)
LOOPBACK = mark(
    "The link {url} leads to this computer only. Name public_url in company.yaml, then adapt the piece anew (A7)."
)
GONE = mark("“{name}” (id {id}) is no longer in the product feed. Correct the piece or the feed.")
SOLD_OUT = mark("“{name}” is not in stock by the feed. Publish it later, or say so in the piece.")
OVER = mark("The offer ended on {day}. Give it a new end, or cancel the publication.")


def objection(post: Post, offers: Mapping[str, OfferRow], now: datetime) -> Reason:
    """Why the post must not go out at this moment on the channel's clocks; empty when nothing speaks against it."""
    if post.valid_until and date.fromisoformat(post.valid_until) < now.date():
        return because(OVER, code="offer_over", day=post.valid_until)
    feed = {id: product_of(offer) for id, offer in offers.items()}
    said = held_because(post, feed)
    return said or next(filter(None, (about(product, offers.get(product.id)) for product in post.products)), NO_REASON)


def product_of(offer: OfferRow) -> Product:
    return Product(
        id=offer.id, name=offer.name, price=offer.price, currency=offer.currency, url=offer.url,
        available=offer.available,
    )  # fmt: skip


def about(product: Product, offer: OfferRow | None) -> Reason:
    """What the feed says against a product as a post shows it."""
    if offer is None:
        return because(GONE, code="product_gone", name=product.name, id=product.id)
    if offer.price != product.price or offer.currency != product.currency:
        now, then = money(offer.price, offer.currency), money(product.price, product.currency)
        return because(PRICE, code="price_differs", name=product.name, now=now, then=then)
    if product.available and not offer.available:
        return because(SOLD_OUT, code="sold_out", name=product.name)
    return NO_REASON


def homebound(post: Post) -> Reason:
    """Why a post must not leave this computer: a link in it leads nowhere for anybody else."""
    for url in [post.link, *links.addresses(Marked(post.text, post.spans))]:
        if is_loopback(url):
            return because(LOOPBACK, code="loopback_link", url=url)
    return NO_REASON


def money(minor: int, currency: str) -> str:
    """Minor units as the reader writes them."""
    return say_price(minor, currency, language())
