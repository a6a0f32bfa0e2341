"""One sentence for a cashier who has never heard of the offer: what to do now. Pure."""

from collections.abc import Iterator, Sequence

from models.basket import Basket, Given, LineOff, Off
from models.content import LINE
from models.figures import counted, exact_money, units
from models.locale import mark, quoted, translate
from models.offers import AmountOff, FixedPrice, ForTheFewer, Gift, OfferTerms, PercentOff
from tasks.offers.refusals import Missing
from tasks.offers.wording import NO_WORDS, Words, money, percent

OFF_ONE = mark("Give {amount} off {goods}, enter it at the till by hand")
OFF_ALL = mark("Give {amount} off the whole receipt, enter it at the till by hand")
OFF_EACH = mark("Enter the discounts at the till by hand: {parts}; {amount} in all")
OFF_PART = mark("{amount} off {goods}")
HAND_OVER = mark("hand over as a gift {product}, {units}")
NO_FEE = mark("take nothing for the delivery")
POINTS = (
    mark("tell the customer: {count} point goes to the card"),
    mark("tell the customer: {count} points go to the card"),
)
SEATS = mark("let {count} guest in"), mark("let {count} guests in")
NOTHING = mark("Take nothing off")
MORE_FOR = mark("Add {goods} for {amount} more, and {gain}.")
MORE_UNITS = mark("Add {goods}, {units} more, and {gain}.")
MORE_BOTH = mark("Add {goods} for {amount} more, not less than {units}, and {gain}.")
ANY_GOODS, EITHER = mark("goods"), mark("{first} or {last}")
GAIN_PERCENT, GAIN_AMOUNT = mark("it is {percent} off"), mark("it is {amount} off")
GAIN_PRICE, GAIN_GIFT = mark("each costs {price}"), mark("{product} is a gift")
GAIN_UNITS = mark("{count} more is free"), mark("{count} more are free")
GAIN_OTHER = mark("the offer is given")


def order(off: Off, basket: Basket, words: Words = NO_WORDS, whole: bool = True) -> str:
    """«Дайте скидку 45 ₽ на «Чай», введите её в кассу вручную.»

    The `basket` is the `whole` receipt, or the goods of it that were asked about.
    """
    return sentence([*_money_off(off, basket, words, whole), *handed_over(off, words)])


def handed_over(off: Off, words: Words) -> list[str]:
    return [_handed(one, words) for one in off.given]


def sentence(parts: Sequence[str]) -> str:
    said = "; ".join(parts or [translate(NOTHING)])
    return f"{said[:1].upper()}{said[1:]}."


def _money_off(off: Off, basket: Basket, words: Words, whole: bool) -> Iterator[str]:
    if not off.lines:
        return
    amount, discounted = exact_money(off.amount, basket.currency), {line.n for line in off.lines}
    goods = {_goods(line, basket, words) for line in off.lines}
    if len(goods) == 1:
        yield translate(OFF_ONE, amount=amount, goods=goods.pop())
    elif whole and discounted == {line.n for line in basket.lines if line.amount} and _is_even(off, basket):
        yield translate(OFF_ALL, amount=amount)
    else:
        yield translate(OFF_EACH, parts=", ".join(_parts(off, basket, words)), amount=amount)


def _is_even(off: Off, basket: Basket) -> bool:
    """Whether a till that spreads the whole sum over the receipt by itself takes the same off each line, to a coin."""
    amounts = {line.n: line.amount for line in basket.lines}
    return all(abs(line.amount * basket.amount - off.amount * amounts[line.n]) < basket.amount for line in off.lines)


def _parts(off: Off, basket: Basket, words: Words) -> Iterator[str]:
    for line in off.lines:
        amount = exact_money(line.amount, basket.currency)
        yield translate(OFF_PART, amount=amount, goods=_goods(line, basket, words))


def _goods(off: LineOff, basket: Basket, words: Words) -> str:
    """What the line is called; by its number where the till names nothing."""
    line = next(line for line in basket.lines if line.n == off.n)
    name = words.products.get(line.product) or line.product or line.product_group
    return quoted(name) if name else translate(LINE, line=line.n)


def _handed(given: Given, words: Words) -> str:
    if given.product:
        title = words.products.get(given.product, given.product)
        return translate(HAND_OVER, product=quoted(title), units=units(given.quantity))
    if given.delivery:
        return translate(NO_FEE)
    return counted(POINTS, given.points) if given.points else counted(SEATS, given.seats)


def to_add(missing: Missing, terms: OfferTerms, words: Words = NO_WORDS) -> str:
    """«Добавьте «Чай» ещё на 120 ₽, и скидка будет 10 %.»: what would bring the offer, or more of it."""
    frame = MORE_BOTH if missing.amount and missing.quantity else MORE_FOR if missing.amount else MORE_UNITS
    amount, still = exact_money(missing.amount, words.currency), units(missing.quantity)
    return translate(frame, goods=_any_of(terms, words), amount=amount, units=still, gain=_gain(terms, words))


def _any_of(terms: OfferTerms, words: Words) -> str:
    names = [*terms.goods.groups, *(words.products.get(one, one) for one in terms.goods.products)]
    if not names:
        return translate(ANY_GOODS)
    *first, last = map(quoted, names)
    return translate(EITHER, first=", ".join(first), last=last) if first else last


def _gain(terms: OfferTerms, words: Words) -> str:
    gives = terms.gives
    if isinstance(gives, PercentOff):
        return translate(GAIN_PERCENT, percent=percent(gives.percent))
    if isinstance(gives, AmountOff):
        return translate(GAIN_AMOUNT, amount=money(gives.amount, words.currency))
    if isinstance(gives, FixedPrice):
        return translate(GAIN_PRICE, price=money(gives.price, words.currency))
    if isinstance(gives, Gift):
        return translate(GAIN_GIFT, product=quoted(words.products.get(gives.product, gives.product)))
    return counted(GAIN_UNITS, gives.take - gives.pay) if isinstance(gives, ForTheFewer) else translate(GAIN_OTHER)
