"""What the page tells a cashier to do. Pure."""

from dataclasses import replace

from models.basket import Basket, Off
from models.figures import counted, exact_money
from models.locale import mark, translate
from tasks.offers import cashier
from tasks.offers.wording import Words

OTHER_GOODS = mark("other goods")
OTHER = "\n"  # the code of no goods
EXPECTED = mark("Answered beforehand: {count} guest."), mark("Answered beforehand: {count} guests.")


def expected(number: int) -> str:
    """How many had answered that they come; nothing where nobody had."""
    return counted(EXPECTED, number) if number else ""


def order(off: Off, basket: Basket, words: Words, but: str = "") -> str:
    """One sentence. A receipt of which only the sum is known has no lines that a cashier could look for.

    What was asked about is the whole receipt where it has goods without a name, and none is left out of it: `but`.
    """
    nameless = [line for line in basket.lines if not (line.product or line.product_group)]
    if len(nameless) == len(basket.lines) and len(off.lines) == 1:
        said = off_all(exact_money(off.amount, basket.currency), but)
        return cashier.sentence([said, *cashier.handed_over(off, words)])
    if len(nameless) == 1:
        named = [line.model_copy(update={"product": OTHER}) if line in nameless else line for line in basket.lines]
        basket = basket.model_copy(update={"lines": tuple(named)})
        words = replace(words, products={**words.products, OTHER: translate(OTHER_GOODS)})
    return cashier.order(off, basket, words, whole=bool(nameless) and not but)


def off_all(amount: str, but: str) -> str:
    """Off one sum: of the whole receipt, or of all in it `but` some goods."""
    return translate(cashier.OFF_ONE, amount=amount, goods=but) if but else translate(cashier.OFF_ALL, amount=amount)
