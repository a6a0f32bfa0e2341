"""Whether a post may still say what it says: products, prices and dates against the feed of this moment. Pure."""

from collections.abc import Mapping
from datetime import date, datetime

from models.locale import mark
from models.piece import OfferRow
from models.post import Post, Product
from models.reason import NO_REASON, Reason, because

PRICE = mark(
    "“{name}” costs {now} in the feed and {then} in the post. Correct the piece, or the feed; then approve anew."
)
GONE = mark("“{name}” (id {id}) is no longer in the product feed. Correct the piece or the feed.")
SOLD_OUT = mark("“{name}” is not in stock by the feed. Publish it later, or say so in the piece.")
OVER = mark("The offer ended on {day}. Give it a new end, or cancel the publication.")


def objection(post: Post, offers: Mapping[str, OfferRow], now: datetime) -> Reason:
    """Why the post must not go out now; empty when nothing speaks against it."""
    if post.valid_until and date.fromisoformat(post.valid_until) < now.date():
        return because(OVER, code="offer_over", day=post.valid_until)
    for product in post.products:
        reason = _about(product, offers.get(product.id))
        if reason:
            return reason
    return NO_REASON


def _about(product: Product, offer: OfferRow | None) -> Reason:
    if offer is None:
        return because(GONE, code="product_gone", name=product.name, id=product.id)
    if offer.price != product.price or offer.currency != product.currency:
        now, then = money(offer.price, offer.currency), money(product.price, product.currency)
        return because(PRICE, code="price_differs", name=product.name, now=now, then=then)
    if product.available and not offer.available:
        return because(SOLD_OUT, code="sold_out", name=product.name)
    return NO_REASON


def money(minor: int, currency: str) -> str:
    """Minor units as a person writes them, thousands apart."""
    whole, rest = divmod(minor, 100)
    return f"{whole:,}".replace(",", " ") + (f",{rest:02d}" if rest else "") + f" {currency}"
