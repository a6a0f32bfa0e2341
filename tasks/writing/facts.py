"""What a text says of products and prices, against the products themselves. Pure.

Used when a draft is written (A5) and again just before it goes out (A8). A price belongs to the product that is named
before it in the same line; where none is named, to the only product of the piece, or to the one that costs so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.locale import language, mark
from models.post import Post, Product
from models.reason import NO_REASON, Reason, because
from tasks.adaptation.spans import Marked
from tasks.styling.stems import folded, stem, stems, words
from tasks.writing.mentions import Mention, mentions, slips
from tasks.writing.prices import Price, prices_in, say_price

PRICE_DIFFERS = mark(
    "“{name}”: the text says {said}, the feed {price}. Correct the text (character {place}) or the price in the feed."
)
NOT_IN_FEED = mark(
    "“{name}” is in the text but no longer in the feed. Take it out of the text or put it into the feed."
)
SOLD_OUT = mark("“{name}” is in the text but not available in the feed. Say when it will be, or take it out.")
NOT_COMPARED = mark("{said} (character {place}): it is not clear what costs so much. Check it yourself.")

# In these forms only: «вместо» and «вместе» have one stem.
FORMER = frozenset(
    {
        *("вместо", "было", "была", "был", "были", "раньше", "прежде", "старая", "старой", "старую", "обычно"),
        *("отдельности", "instead", "was", "were", "before", "formerly", "usually", "regular", "separately"),
    }
)
ASIDE = frozenset(
    stems(
        "доставка скидка экономия выгода дешевле купон бонус кешбэк заказ чек сумма залог предоплата "
        "delivery shipping discount save off voucher coupon bonus order deposit cashback"
    )
)
CUE_WORDS = 4  # how many words before a price may say that it is another one's

_ENDS = re.compile(r"[.!?…]\s|\n")

Kind = Literal["price", "former", "aside"]


@dataclass(frozen=True)
class Claim:
    """A price in a text and the product it is said of; None where that is not clear."""

    price: Price
    product: Product | None
    kind: Kind = "price"


def check(marked: Marked, products: Sequence[Product], former: Sequence[int] = ()) -> tuple[Reason, ...]:
    """Everything in a text that is not so by these products, and the prices of which nobody can tell.

    `former` are prices before a reduction (minor units): they may stand in the text without belonging to a product.
    """
    named = mentions(marked.text, products)
    said = [claim for claim in claims(marked, products, named) if claim.kind == "price"]
    wrong = (differs(claim, claim.product) for claim in said if claim.product)
    absent = (because(SOLD_OUT, code="sold_out", name=one.name) for one in spoken_of(named) if not one.available)
    unclear = (not_compared(claim.price) for claim in said if not claim.product and claim.price.high not in former)
    return (*filter(None, wrong), *absent, *slips(marked.text, products), *unclear)


def held_because(post: Post, feed: Mapping[str, Product]) -> Reason:
    """Why a post must not go out now: what its text says of a product is not so by the feed of this moment."""
    marked = Marked(post.text, post.spans)
    named = mentions(post.text, post.products)
    said = [claim for claim in claims(marked, post.products, named) if claim.product and claim.kind == "price"]
    spoken = {**{one.id: one for one in spoken_of(named)}, **{c.product.id: c.product for c in said if c.product}}
    gone = (absence(product, feed.get(key)) for key, product in spoken.items())
    wrong = (differs(claim, feed.get(claim.product.id)) for claim in said if claim.product)
    return next(filter(None, (*wrong, *gone)), NO_REASON)


def differs(claim: Claim, product: Product | None) -> Reason:
    """The price in the text against the product's; nothing where it is so."""
    if product is None or claim.price.allows(product.price, product.currency):
        return NO_REASON
    price, place = say_price(product.price, product.currency, language()), claim.price.start + 1
    return because(PRICE_DIFFERS, code="price", name=product.name, said=claim.price.written, price=price, place=place)


def absence(then: Product, now: Product | None) -> Reason:
    if now is None:
        return because(NOT_IN_FEED, code="not_in_feed", name=then.name)
    return because(SOLD_OUT, code="sold_out", name=now.name) if then.available and not now.available else NO_REASON


def not_compared(price: Price) -> Reason:
    return because(NOT_COMPARED, code="not_compared", said=price.written, place=price.start + 1)


def spoken_of(named: Sequence[Mention]) -> list[Product]:
    return list({mention.product.id: mention.product for mention in named}.values())


def claims(marked: Marked, products: Sequence[Product], named: Sequence[Mention]) -> list[Claim]:
    """Every price with what it is said of."""
    struck = tuple((span.start, span.end) for span in marked.spans if span.kind == "strike")
    events: list[Mention | Price] = [*named, *prices_in(marked.text)]
    events.sort(key=lambda one: one.start)
    return list(Reading(marked.text, products, events, struck).claims())


@dataclass
class Reading:
    """A text read from left to right. `last` is the product named last in this line; it is `free` until it has its
    price; `ahead` is the one that was named after its price.
    """

    text: str
    products: Sequence[Product]
    events: Sequence[Mention | Price]
    struck: tuple[tuple[int, int], ...]
    last: Mention | None = None
    free: bool = False
    ahead: Mention | None = None

    def claims(self) -> Iterator[Claim]:
        for place, event in enumerate(self.events):
            if isinstance(event, Mention):
                self.last, self.free = event, event is not self.ahead
            else:
                yield self.claim(place, event)

    def claim(self, place: int, price: Price) -> Claim:
        kind = self.kind(place, price)
        return Claim(price, self.owner(place, price) if kind == "price" else None, kind)

    def kind(self, place: int, price: Price) -> Kind:
        """A price that was, or one that is no product's, is told by the words before it."""
        if any(start <= price.start < end for start, end in self.struck):
            return "former"
        since = max(self.events[place - 1].end if place else 0, self.text.rfind("\n", 0, price.start) + 1)
        cues = {folded(word.text) for word in words(self.text[since : price.start])[-CUE_WORDS:]}
        return "former" if cues & FORMER else "aside" if ASIDE & set(map(stem, cues)) else "price"

    def owner(self, place: int, price: Price) -> Product | None:
        if self.last and "\n" in self.text[self.last.end : price.start]:
            self.last = None
        if self.last and self.free:
            self.free = False
            return self.last.product
        self.ahead = self.named_next(place, price)
        if self.ahead:
            return self.ahead.product
        if not self.last and len(self.products) == 1:
            return self.products[0]
        return next((one for one in self.products if price.allows(one.price, one.currency)), None)

    def named_next(self, place: int, price: Price) -> Mention | None:
        """The product that is named right after its price, in the same sentence."""
        coming = self.events[place + 1] if place + 1 < len(self.events) else None
        if not isinstance(coming, Mention) or price.written.endswith("."):
            return None
        return None if _ENDS.search(self.text, price.end, coming.start) else coming
