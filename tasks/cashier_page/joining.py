"""Several coupons on one receipt: which may stand there together, and what is to be asked for all of them. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.cashier_page import Goods, Needs
from models.locale import mark, translate
from models.offers import OfferTerms
from models.reason import Reason, because
from tasks.cashier_page.asking import named, needs_of
from tasks.cashier_page.orders import OTHER_GOODS
from tasks.offers import refusals as no

KINDS_MOST = 8
TWICE = because(mark("This coupon is on the receipt already."), code="twice")


class Coupon(NamedTuple):
    """A code of the receipt by its place in the call. No `terms`: nothing of its offer is in force, or there is none.

    `owned`: it is somebody's own. `full`: it has been used up.
    """

    n: int
    code: str
    key: str = ""
    terms: OfferTerms | None = None
    owned: bool = False
    full: bool = False

    @property
    def title(self) -> str:
        return self.terms.title if self.terms else ""


def apart(coupons: Sequence[Coupon]) -> dict[int, Reason]:
    """Those that do not go with what was there before them, with why: whatever the receipt is, and their ranks are."""
    stays: list[Coupon] = []
    turned: dict[int, Reason] = {}
    for one in coupons:
        if reason := next((why for before in stays if (why := _against(before, one))), None):
            turned[one.n] = reason
        else:
            stays.append(one)
    return turned


def _against(before: Coupon, one: Coupon) -> Reason | None:
    if before.code == one.code:
        return TWICE
    if before.terms is None or one.terms is None:
        return None
    if before.key == one.key:
        return no.refused(no.SAME_OFFER, "same_offer").staff
    if before.terms.stacking.exclusive:
        return no.not_with(before.title, no.BESIDE_EXCLUSIVE).staff
    return no.not_with(before.title).staff if one.terms.stacking.exclusive else None


def needs_of_all(coupons: Sequence[Coupon], products: Mapping[str, str]) -> Needs:
    """What is to be asked once for all of them: one sum where they are about the same goods, else the sums of each.

    Where one of them is counted by the piece, or by number, all goods are asked by price and number; so they are where
    they are too many for a line each.
    """
    known = [(one.terms, needs_of(one.terms, products, one.owned)) for one in coupons if one.terms]
    if len(known) == 1:
        return known[0][1]
    asking = [(terms, needs) for terms, needs in known if needs.sum or needs.each or needs.quantity]
    about = Needs(guests=max((needs.guests for _, needs in known), default=1), who=any(needs.who for _, needs in known))
    if not asking:
        return about
    each, quantity = (any(getattr(needs, name) for _, needs in asking) for name in ("each", "quantity"))
    first = asking[0][1]
    if len({(needs.goods, needs.but) for _, needs in asking}) == 1 and len(first.goods) < 2:
        sums = {"sum": not each and any(needs.sum for _, needs in asking), "quantity": quantity and not each}
        return about.model_copy(update={"each": each, "goods": first.goods, "but": first.but, **sums})
    goods = _kinds([terms for terms, _ in asking], products)
    each = each or quantity or len(goods) > KINDS_MOST
    return about.model_copy(update={"goods": goods, "each": each, "kinds": not each})


def _kinds(terms: Sequence[OfferTerms], products: Mapping[str, str]) -> tuple[Goods, ...]:
    """All goods that any of them names, products first; and the others, where one of them is on everything."""
    found: list[Goods] = []
    for one in (each.goods for each in terms):
        found += named(one.products, one.groups, products) + named(one.but_products, one.but_groups, products)
    kinds = sorted(dict.fromkeys(found), key=lambda one: not one.product)
    is_whole = any(not (one.goods.products or one.goods.groups) for one in terms)
    return (*kinds, *([Goods(title=translate(OTHER_GOODS))] if is_whole else []))
