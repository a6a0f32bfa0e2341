"""What one offer gives to one basket, or why it gives nothing. Pure.

A discount is never below zero and never above what it is counted on. It does not depend on the order of the lines, nor
on whether a line was rung up in parts. `gone` is what other offers have taken off already, by line.
"""

from collections.abc import Mapping
from datetime import datetime

from models.basket import ONE, Basket, Buyer, Off, Place
from models.offers import AmountOff, Base, ForTheFewer, Invitation, OfferTerms
from models.written import minor_units
from tasks.offers import refusals as no
from tasks.offers.benefits import given
from tasks.offers.conditions import first_refusal
from tasks.offers.goods import ANYTHING, Assortment, items, meant
from tasks.offers.refusals import Missing, Refusal, refused
from tasks.offers.windows import sitting_at

NOTHING_GONE: Mapping[int, int] = {}


def priced(
    terms: OfferTerms,
    basket: Basket,
    buyer: Buyer,
    place: Place,
    assortment: Assortment = ANYTHING,
    gone: Mapping[int, int] = NOTHING_GONE,
    until: datetime | None = None,
    guests: int = 1,
) -> Off | Refusal:
    """What comes off and what is handed over; `until` is a coupon's own later end, `guests` how many have come.

    Limits are no part of it: they are asked where they are counted.
    """
    refusal = first_refusal(terms, basket, buyer, place, assortment, until)
    if refusal is None and isinstance(terms.gives, Invitation):
        refusal = _not_invited(terms.gives, place, guests, assortment)
    if refusal is not None:
        return refusal
    everything = items(basket, assortment, gone, terms.stacking.base)
    lines = meant(terms.goods, everything, assortment)
    off = given(terms, lines, everything, basket.currency, guests)
    return off if off.lines or off.given else no.nothing(terms, sum(line.left for line in lines))


def _not_invited(invitation: Invitation, place: Place, guests: int, assortment: Assortment) -> Refusal | None:
    if sitting_at(invitation, place) is None:
        return no.no_sitting(invitation, assortment.outlets)
    return refused(no.TOO_MANY, "guests", most=invitation.guests, asked=guests) if guests > invitation.guests else None


def bigger(terms: OfferTerms, basket: Basket, assortment: Assortment = ANYTHING) -> Missing | None:
    """What would have to be added for an offer that gives something already to give more; None where nothing would."""
    lines = meant(terms.goods, items(basket, assortment, {}, Base.INITIAL), assortment)
    if isinstance(terms.gives, AmountOff):
        short = minor_units(terms.gives.amount, basket.currency) - sum(line.amount for line in lines)
        return Missing(amount=short) if short > 0 and not terms.goods.at_most else None
    if isinstance(terms.gives, ForTheFewer):
        return _next_set(terms.gives, sum(line.quantity for line in lines), terms.goods.at_most * ONE)
    return None


def _next_set(gives: ForTheFewer, quantity: int, most: int) -> Missing | None:
    a_set = gives.take * ONE
    wanted = (quantity // a_set + 1) * a_set
    return None if most and wanted > most else Missing(quantity=wanted - quantity)
