"""What a cashier has to say of the receipt before an offer can be judged, and the basket that comes of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from models.basket import ONE, Basket, BasketLine
from models.cashier_page import DeviceLine, Goods, Needs
from models.figures import joined
from models.locale import mark, quoted, translate
from models.offers import Invitation, OfferTerms, Points, Which

PER_UNIT = ("fixed_price", "n_for_m")
OF_A_SUM = ("percent", "amount", *PER_UNIT)
PARTLY = mark("all but {goods}")


def needs_of(terms: OfferTerms, products: Mapping[str, str], owned: bool) -> Needs:
    """What is to be asked, and no more; `owned`: the coupon itself says whose it is."""
    each = terms.gives.kind in PER_UNIT or terms.goods.which is not Which.ALL or bool(terms.goods.at_most)
    names = named(terms.goods.products, terms.goods.groups, products)
    but = [one.title for one in named(terms.goods.but_products, terms.goods.but_groups, products)]
    return Needs(
        sum=not each and (_of_a_sum(terms) or bool(names)), each=each, goods=tuple(names),
        quantity=not each and bool(terms.conditions.quantity_from),
        but=translate(PARTLY, goods=joined([quoted(one) for one in but])) if but else "",
        guests=terms.gives.guests if isinstance(terms.gives, Invitation) else 1, who=not owned and _of_somebody(terms),
    )  # fmt: skip


def named(codes: Iterable[str], groups: Iterable[str], products: Mapping[str, str]) -> list[Goods]:
    """As a cashier reads them."""
    found = [Goods(title=products.get(one, one), product=one) for one in codes]
    return found + [Goods(title=one, group=one) for one in groups]


def _of_a_sum(terms: OfferTerms) -> bool:
    shared = isinstance(terms.gives, Points) and bool(terms.gives.percent)
    return terms.gives.kind in OF_A_SUM or shared or bool(terms.conditions.sum_from)


def _of_somebody(terms: OfferTerms) -> bool:
    """Points go to somebody's account, too."""
    asked, limits = terms.conditions, terms.limits
    return isinstance(terms.gives, Points) or bool(
        asked.customer_groups or asked.but_customer_groups or asked.first_purchase
        or limits.per_customer or limits.per_period
    )  # fmt: skip


def basket_of(needs: Needs, lines: Sequence[DeviceLine], currency: str) -> Basket:
    """The receipt as far as it was told; goods that the offer does not name were not asked about."""
    found = []
    for n, line in enumerate(lines, start=1):
        goods = _goods(needs, line)
        found.append(BasketLine(
            n=n, product=goods.product, product_group=goods.group, quantity=line.quantity * ONE, amount=line.amount
        ))  # fmt: skip
    return Basket(lines=tuple(found), currency=currency)


def _goods(needs: Needs, line: DeviceLine) -> Goods:
    if line.product is not None:
        return Goods(title="", product=line.product, group=line.group)
    return needs.goods[line.which] if line.which < len(needs.goods) else Goods(title="")


def is_complete(needs: Needs, lines: Sequence[DeviceLine], asked: bool) -> bool:
    """Whether all that the offer asks for has been said; whose it is may stay unsaid."""
    if not needs.anything:
        return True
    amounts = needs.sum or needs.kinds
    told = not (amounts or needs.each or needs.quantity) or any(line.amount or not amounts for line in lines)
    return asked and told
