"""What an offer says, in plain sentences made of its terms: this is what is approved. Pure.

Nothing that has an effect is left unsaid, so that two offers that differ in it never read alike.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from models.basket import ONE
from models.figures import counted, moment, units
from models.locale import mark, quoted, translate
from models.offers import (
    AmountOff,
    CodeKind,
    FixedPrice,
    ForTheFewer,
    FreeDelivery,
    Gift,
    Goods,
    Invitation,
    OfferTerms,
    PercentOff,
    Points,
    Which,
)
from tasks.offers.summary_of_rules import codes_said, conditions_said, limits_said, order_said, stacking_said
from tasks.offers.wording import NO_WORDS, Words, goods_named, money, percent

PERCENT = mark("A discount of {percent}.")
PERCENT_MOST = mark("A discount of {percent}, but at most {most} a receipt.")
AMOUNT = mark("A discount of {amount} on the goods together.")
PRICE = mark("Each unit costs {price}; what is cheaper already stays as it is.")
GIFT = mark("A gift: {product}, {units}.")
FEWER = mark(
    "{take} for the price of {pay}: sets are put together from the dearest goods down, and in each the cheapest cost "
    "nothing."
)
DELIVERY = mark("Delivery costs nothing.")
POINTS = mark("{count} point on the card."), mark("{count} points on the card.")
POINTS_OF_PAID = mark("Points on the card: {percent} of what is paid for the goods, whole points only.")
INVITATION = mark("An invitation for one."), mark("An invitation for up to {count} persons.")
SITTING = mark("{outlet}, {moment}: {seats}."), (mark("{count} seat"), mark("{count} seats"))
UNANSWERED = mark(
    "Nobody can answer this invitation beforehand: by one code for everybody nobody can tell at the door who it was. "
    "Seats are counted as people come."
)
ALL_GOODS, GOODS = mark("Goods: all."), mark("Goods: {names}.")
ALL_GOODS_BUT, GOODS_BUT = mark("Goods: all but {others}."), mark("Goods: {names}, but not {others}.")
AT_MOST = {
    Which.ALL: (mark("Of them at most {count} unit a receipt counts, the cheapest."),
                mark("Of them at most {count} units a receipt count, the cheapest.")),
    Which.CHEAPEST: (mark("Only for the cheapest of them: at most {count} unit a receipt."),
                     mark("Only for the cheapest of them: at most {count} units a receipt.")),
    Which.DEAREST: (mark("Only for the dearest of them: at most {count} unit a receipt."),
                    mark("Only for the dearest of them: at most {count} units a receipt.")),
}  # fmt: skip
WHICH = {Which.CHEAPEST: mark("The cheapest of them first."), Which.DEAREST: mark("The dearest of them first.")}
RETURN = (
    mark("A purchase brought back within {count} day gives the coupon back."),
    mark("A purchase brought back within {count} days gives the coupon back."),
)
NO_RETURN = mark("A purchase brought back does not give the coupon back.")
PAID_BY, FUND = mark("Paid by: {who}."), mark("Charged to the fund {fund}.")
CAMPAIGN, GOAL = mark("Campaign: {campaign}."), mark("Goal: {goal}.")
CONTROL = mark("{percent} of the recipients get no coupon, to compare with.")
NO_CONTROL = mark("Every recipient gets a coupon; there will be nobody to compare with.")


def summary(terms: OfferTerms, words: Words = NO_WORDS) -> tuple[str, ...]:
    """The sentences in the language of the reader, the title first."""
    return (
        quoted(terms.title) + ".",
        *GIVES[type(terms.gives)](terms.gives, words),
        *goods_said(terms, words),
        *conditions_said(terms, words),
        *limits_said(terms, words),
        *stacking_said(terms.stacking),
        *order_said(terms, words),
        *codes_said(terms.codes),
        *unanswered_said(terms),
        _return(terms.return_days),
        *_accounts(terms, words),
    )


def _percent(gives: PercentOff, words: Words) -> Iterator[str]:
    most = money(gives.most, words.currency)
    yield translate(PERCENT_MOST if gives.most else PERCENT, percent=percent(gives.percent), most=most)


def _amount(gives: AmountOff, words: Words) -> Iterator[str]:
    yield translate(AMOUNT, amount=money(gives.amount, words.currency))


def _price(gives: FixedPrice, words: Words) -> Iterator[str]:
    yield translate(PRICE, price=money(gives.price, words.currency))


def _gift(gives: Gift, words: Words) -> Iterator[str]:
    title = words.products.get(gives.product, gives.product)
    yield translate(GIFT, product=quoted(title), units=units(gives.quantity * ONE))


def _fewer(gives: ForTheFewer, words: Words) -> Iterator[str]:
    yield translate(FEWER, take=gives.take, pay=gives.pay)


def _delivery(gives: FreeDelivery, words: Words) -> Iterator[str]:
    yield translate(DELIVERY)


def _points(gives: Points, words: Words) -> Iterator[str]:
    if gives.points:
        yield counted(POINTS, gives.points)
    if gives.percent:
        yield translate(POINTS_OF_PAID, percent=percent(gives.percent))


def _invitation(gives: Invitation, words: Words) -> Iterator[str]:
    yield counted(INVITATION, gives.guests)
    frame, seats = SITTING
    for one in gives.sittings:
        outlet = words.outlets.get(one.outlet, one.outlet)
        yield translate(frame, outlet=outlet, moment=moment(one.at), seats=counted(seats, one.seats))


GIVES: Mapping[type[Any], Callable[[Any, Words], Iterator[str]]] = {
    PercentOff: _percent, AmountOff: _amount, FixedPrice: _price, Gift: _gift, ForTheFewer: _fewer,
    FreeDelivery: _delivery, Points: _points, Invitation: _invitation,
}  # fmt: skip


def goods_said(terms: OfferTerms, words: Words) -> Iterator[str]:
    """Which goods count; nothing of an invitation for which nothing needs to be bought."""
    goods, asked = terms.goods, terms.conditions
    if isinstance(terms.gives, Invitation) and goods == Goods() and not (asked.sum_from or asked.quantity_from):
        return
    is_some, is_cut = bool(goods.products or goods.groups), bool(goods.but_products or goods.but_groups)
    names = goods_named(goods.products, goods.groups, words) if is_some else ""
    others = goods_named(goods.but_products, goods.but_groups, words) if is_cut else ""
    frame = (GOODS_BUT if is_cut else GOODS) if is_some else (ALL_GOODS_BUT if is_cut else ALL_GOODS)
    yield translate(frame, names=names, others=others)
    if goods.at_most:
        yield counted(AT_MOST[goods.which], goods.at_most)
    elif goods.which in WHICH:
        yield translate(WHICH[goods.which])


def unanswered_said(terms: OfferTerms) -> Iterator[str]:
    """What whoever approves an invitation has to know of its codes."""
    if isinstance(terms.gives, Invitation) and terms.codes.kind is CodeKind.GENERIC:
        yield translate(UNANSWERED)


def _return(days: int) -> str:
    return counted(RETURN, days) if days else translate(NO_RETURN)


def _accounts(terms: OfferTerms, words: Words) -> Iterator[str]:
    if terms.paid_by:
        yield translate(PAID_BY, who=terms.paid_by)
    if terms.fund:
        yield translate(FUND, fund=quoted(words.funds.get(terms.fund, terms.fund)))
    if terms.campaign:
        yield translate(CAMPAIGN, campaign=quoted(words.campaigns.get(terms.campaign, terms.campaign)))
    if terms.goal:
        yield translate(GOAL, goal=quoted(words.goals.get(terms.goal, terms.goal)))
    control = translate(CONTROL, percent=percent(Decimal(terms.control_percent)))
    yield control if terms.control_percent else translate(NO_CONTROL)
