"""Offers that a device can judge by itself while there is no network: percents and amounts off a sum, gifts. Pure.

Whatever asks who buys, what exactly is in the basket, or how much of a limit is left elsewhere, waits for the network.
"""

from typing import Any

from models.basket import Basket, Given, Off
from models.company import Outlet
from models.locale import quoted, translate
from models.offers import AmountOff, FreeDelivery, Gift, OfferTerms, PercentOff
from models.written import minor_units
from tasks.cashier_page.asking import needs_of
from tasks.cashier_page.orders import off_all, order
from tasks.offers.cashier import OFF_ONE
from tasks.offers.windows import begins_at, ends_at
from tasks.offers.wording import Words


def described(terms: OfferTerms, outlet: Outlet, zone: str, words: Words) -> dict[str, Any] | None:
    """An offer as a device judges it: instants in milliseconds, clocks in minutes, money in minor units."""
    needs = needs_of(terms, words.products, owned=False)
    if needs.who or needs.each or needs.quantity or not _is_simple(terms):
        return None
    asked, currency = terms.conditions, words.currency
    if (asked.outlets and outlet.key not in asked.outlets) or (asked.channels and "till" not in asked.channels):
        return None
    clock = {name: at.hour * 60 + at.minute if at else None
             for name, at in (("from", asked.hours_from), ("to", asked.hours_to))}  # fmt: skip
    return {
        "title": terms.title,
        "since": _milliseconds(begins_at(terms, zone)), "until": _milliseconds(ends_at(terms, zone)),
        "weekdays": list(asked.weekdays), "hours": clock, "sum_from": minor_units(asked.sum_from, currency),
        "needs": needs.model_dump(mode="json"), **_gives(terms, words, _frame(terms, words, needs.but)),
        "rounding": max(1, minor_units(terms.rounding.to, currency)),
    }  # fmt: skip


def _is_simple(terms: OfferTerms) -> bool:
    """No two kinds of goods to tell apart; no limit of the offer's own, for a device knows not what is left of it."""
    named, limits = len(terms.goods.products) + len(terms.goods.groups), terms.limits
    limited = limits.total or limits.budget or limits.units or limits.per_outlet
    return isinstance(terms.gives, PercentOff | AmountOff | Gift | FreeDelivery) and named <= 1 and not limited


def _gives(terms: OfferTerms, words: Words, frame: str) -> dict[str, Any]:
    gives = terms.gives
    if isinstance(gives, PercentOff):
        most = minor_units(gives.most, words.currency)
        return {"kind": "percent", "hundredths": int(gives.percent * 100), "most": most, "order": frame}
    if isinstance(gives, AmountOff):
        return {"kind": "amount", "amount": minor_units(gives.amount, words.currency), "order": frame}
    handed = (
        Given(product=gives.product, quantity=gives.quantity * 1000)
        if isinstance(gives, Gift)
        else Given(delivery=True)
    )
    said = order(Off(given=(handed,)), Basket(), words)
    return {"kind": "given", "given": [handed.model_dump(mode="json")], "order": said}


def _frame(terms: OfferTerms, words: Words, but: str) -> str:
    """The order with a hole for the sum."""
    names = [words.products.get(one, one) for one in terms.goods.products] + list(terms.goods.groups)
    said = translate(OFF_ONE, amount="{amount}", goods=quoted(names[0])) if names else off_all("{amount}", but)
    return f"{said[:1].upper()}{said[1:]}."


def _milliseconds(at: Any) -> int:
    return int(at.timestamp() * 1000)
