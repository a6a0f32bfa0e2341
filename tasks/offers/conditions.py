"""Whether an offer holds here and now, for this buyer and this basket. Pure.

The basket is judged last, so that what is missing in it is told only to those whom goods alone would help. Sums and
quantities are of the first prices, whatever other offers have taken off.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from math import floor

from models.basket import ONE, Basket, Buyer, Place
from models.offers import MONEY_OFF, Base, Conditions, ForTheFewer, Gift, Goods, OfferTerms, Points
from models.written import minor_units
from tasks.offers import refusals as no
from tasks.offers.goods import Assortment, Item, first_units, folded, items, meant, of_product, pools
from tasks.offers.refusals import Missing, Refusal, refused
from tasks.offers.sums import Exact
from tasks.offers.windows import begins_at, ends_at, on_weekday, wall_clock, within_hours


def first_refusal(
    terms: OfferTerms, basket: Basket, buyer: Buyer, place: Place, assortment: Assortment, until: datetime | None
) -> Refusal | None:  # fmt: skip
    """The first condition that is not met; None where all are."""
    if assortment.currency and basket.currency != assortment.currency:
        return no.currency(basket.currency, assortment.currency)
    return (
        of_time(terms, place, until)
        or of_place(terms.conditions, place)
        or of_buyer(terms.conditions, buyer)
        or of_basket(terms, basket, assortment)
    )


def of_time(terms: OfferTerms, place: Place, until: datetime | None = None) -> Refusal | None:
    """`until` is a coupon's own end, where it was put off beyond the offer's."""
    if place.at < begins_at(terms, place.zone):
        return no.not_yet(terms, place)
    if place.at > ends_at(terms, place.zone) and (until is None or place.at > until):
        return no.over(terms, place) if until is None else no.ran_out(place.model_copy(update={"at": until}), place)
    wall = wall_clock(place)
    if not within_hours(terms.conditions, wall.time()):
        return no.hours(terms.conditions, place)
    return None if on_weekday(terms.conditions, wall) else no.weekday(terms.conditions)


def of_place(conditions: Conditions, place: Place) -> Refusal | None:
    if conditions.outlets and place.outlet not in conditions.outlets:
        return refused(no.OUTLET, "not_here")
    if conditions.channels and place.channel not in conditions.channels:
        return refused(no.CHANNEL, "channel", channel=place.channel)
    return None


def of_buyer(conditions: Conditions, buyer: Buyer) -> Refusal | None:
    """Of nobody in particular nothing is known: they are in no group, and no first purchase is taken for granted."""
    if conditions.customer_groups and not buyer.groups & set(conditions.customer_groups):
        return refused(no.NOBODY, "nobody") if is_nobody(buyer) else refused(no.NOT_IN_GROUP, "customer_group")
    if buyer.groups & set(conditions.but_customer_groups):
        return refused(no.IN_A_GROUP, "left_out")
    if conditions.first_purchase and not buyer.first:
        return refused(no.NOBODY, "nobody") if buyer.first is None else refused(no.NOT_FIRST, "not_first")
    return None


def is_nobody(buyer: Buyer) -> bool:
    return buyer.customer is None and not buyer.whose and not buyer.groups


def of_basket(terms: OfferTerms, basket: Basket, assortment: Assortment) -> Refusal | None:
    lines = meant(terms.goods, items(basket, assortment, {}, Base.INITIAL), assortment)
    if not lines and needs_goods(terms):
        return refused(no.NO_GOODS, "goods")
    amount, quantity = worth_and_quantity(terms, lines)
    needed = minor_units(terms.conditions.sum_from, basket.currency)
    wanted = quantity_wanted(terms)
    missing = Missing(amount=max(needed - amount, 0), quantity=max(wanted - quantity, 0))
    if missing == Missing():
        return None
    return no.short_of((amount, terms.conditions.sum_from), (quantity, wanted), basket.currency, missing)


def whatever_is_bought(terms: OfferTerms) -> OfferTerms:
    """The same before the visit: who answers an invitation has no basket yet, which is judged when they come."""
    asked = terms.conditions.model_copy(update={"sum_from": Decimal(0), "quantity_from": 0})
    return terms.model_copy(update={"goods": Goods(), "conditions": asked})


def needs_goods(terms: OfferTerms) -> bool:
    """Whether there must be goods of the offer: something comes off them or is counted on them, or they are named."""
    gives = terms.gives
    own = isinstance(gives, MONEY_OFF) or (isinstance(gives, Points) and bool(gives.percent))
    return own or names_goods(terms.goods)


def names_goods(goods: Goods) -> bool:
    return bool(goods.products or goods.groups or goods.but_products or goods.but_groups)


def quantity_wanted(terms: OfferTerms) -> int:
    least = terms.gives.take if isinstance(terms.gives, ForTheFewer) else 0
    return max(terms.conditions.quantity_from, least) * ONE


def worth_and_quantity(terms: OfferTerms, lines: Sequence[Item]) -> tuple[int, int]:
    """What the goods meant come to and how many they are; a gift does not help to earn itself."""
    own = _gift_units(terms, lines)
    amount = sum(line.amount for line in lines) - sum(worth for worth, _ in own)
    return floor(amount), sum(line.quantity for line in lines) - sum(quantity for _, quantity in own)


def _gift_units(terms: OfferTerms, lines: Iterable[Item]) -> list[tuple[Exact, int]]:
    if not isinstance(terms.gives, Gift):
        return []
    wanted = [line for line in lines if folded(line.product) == folded(terms.gives.product)]
    taken = first_units(pools(of_product(terms.gives.product, wanted)), terms.gives.quantity * ONE)
    return [(one.worth, one.quantity) for one in taken]
