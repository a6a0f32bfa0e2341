"""Products, prices and coupons of a letter against the feed and the offers of this moment. Pure."""

from collections.abc import Iterator

from models.content import Offer
from models.locale import language, mark
from models.mail_document import Coupon, Heading, Prose
from models.post import Product
from models.reason import NO_REASON, Reason, because
from tasks.adaptation.markdown import read
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.marking import EXPRESSION
from tasks.writing.facts import check as facts
from tasks.writing.prices import say_price

PRICE = mark(
    "“{name}” costs {now} in the feed and {then} in the letter. Make the letter anew (C4), or correct the feed."
)
GONE = mark("“{name}” (id {id}) is no longer in the product feed. Take it out of the letter, or correct the feed.")
SOLD_OUT = mark("“{name}” is no longer in stock. Take it out of the letter, or say when it will be.")
NO_OFFER = mark("There is no offer “{offer}”, or it cannot be redeemed now. Issue the coupons first, or name another.")
NO_OFFER_NAMED = mark("The coupon names no offer, so nobody can tell whether its code will be taken. Name the offer.")


def check(letter: Letter) -> Iterator[Finding]:
    if letter.looked.products is not None:
        for priced in letter.made.products:
            if reason := about(priced.product, letter.looked.products.get(priced.product.id)):
                severity = Severity.WARNS if reason.code == "sold_out" else Severity.STOPS
                yield letter.finding(severity, reason, priced.block)
    yield from _in_words(letter)
    for block, part in letter.written.parts():
        if isinstance(part, Coupon):
            yield from _coupon(letter, block, part)


def about(product: Product, offer: Offer | None) -> Reason:
    """What the feed says against a product as the letter shows it."""
    if offer is None:
        return because(GONE, code="product_gone", name=product.name, id=product.id)
    if (offer.price, offer.currency) != (product.price, product.currency):
        now, then = (say_price(one.price, one.currency, language()) for one in (offer, product))
        return because(PRICE, code="price_differs", name=product.name, now=now, then=then)
    if product.available and not offer.available:
        return because(SOLD_OUT, code="sold_out", name=product.name)
    return NO_REASON


def _in_words(letter: Letter) -> Iterator[Finding]:
    """A price that a text says of a product of the letter."""
    shown = list({priced.product.id: priced.product for priced in letter.made.products}.values())
    for block, part in letter.written.parts() if shown else ():
        if isinstance(part, Heading | Prose):
            said = facts(read(EXPRESSION.sub("", part.text)).marked, shown)
            yield from (letter.finding(Severity.STOPS, one, block) for one in said if one.code == "price")


def _coupon(letter: Letter, block: str, part: Coupon) -> Iterator[Finding]:
    if not part.offer and letter.looked.coupons:
        return  # the mailing names it
    if not part.offer:
        yield letter.finding(Severity.NOTES, because(NO_OFFER_NAMED, code="no_offer_named"), block)
    elif letter.looked.coupons is not None and part.offer not in letter.looked.coupons:
        yield letter.finding(Severity.STOPS, because(NO_OFFER, code="no_offer", offer=part.offer), block)
