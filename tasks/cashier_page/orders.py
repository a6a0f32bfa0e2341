"""What the page tells a cashier to do. Pure."""

from models.basket import Basket, Off
from models.figures import exact_money
from models.locale import translate
from tasks.offers import cashier
from tasks.offers.wording import Words


def order(off: Off, basket: Basket, words: Words) -> str:
    """One sentence. A receipt of which only the sum is known has no lines that a cashier could look for."""
    nameless = not any(line.product or line.product_group for line in basket.lines)
    if nameless and len(off.lines) == 1 and not off.given:
        said = translate(cashier.OFF_ALL, amount=exact_money(off.amount, basket.currency))
        return f"{said[:1].upper()}{said[1:]}."
    return cashier.order(off, basket, words)
