"""What always holds of a discount, whatever is bought and however it is rung up."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.basket import Basket, BasketLine, Buyer, Off, Place
from models.offers import Base, Goods, OfferTerms, PercentOff, Rounding, RoundingLevel, Split
from tasks.offers.changes import changes
from tasks.offers.goods import base_of
from tasks.offers.pricing import priced
from tasks.offers.restoring import restored, restored_by_line
from tasks.offers.stacking import Offered, stacked
from tasks.offers.sums import split
from tests.depth import examples
from tests.tasks.offers import shop

DEEPER = settings(max_examples=examples(60, 3000), deadline=None)
SPLITS = st.sampled_from(Split)


def off_of(terms: OfferTerms, basket: Basket, buyer: Buyer = shop.ANYONE, place: Place = shop.HERE) -> Off | None:
    found = priced(terms, basket, buyer, place, shop.SHOP)
    return found if isinstance(found, Off) else None


def amount_of(terms: OfferTerms, basket: Basket) -> int:
    found = off_of(terms, basket)
    return found.amount if found else 0


@DEEPER
@given(shop.MONEY_TERMS, shop.baskets())
def test_a_discount_is_never_below_zero_nor_above_what_it_is_counted_on(terms: OfferTerms, basket: Basket) -> None:
    found = off_of(terms, basket)
    assume(found is not None)
    assert found is not None
    lines = {line.n: line for line in basket.lines}
    assert all(0 < off.amount <= lines[off.n].amount for off in found.lines)
    assert all(0 <= off.quantity <= lines[off.n].quantity for off in found.lines)
    assert len({off.n for off in found.lines}) == len(found.lines)
    if terms.gives.kind != "gift":
        assert found.amount <= base_of(terms, basket, shop.SHOP)


@DEEPER
@given(shop.MONEY_TERMS, shop.baskets(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(terms: OfferTerms, basket: Basket, chance: random.Random) -> None:
    mixed = [*basket.lines]
    chance.shuffle(mixed)
    renumbered = (line.model_copy(update={"n": n}) for n, line in enumerate(mixed, 1))
    assert amount_of(terms, Basket(lines=tuple(renumbered))) == amount_of(terms, basket)


@DEEPER
@given(shop.MONEY_TERMS, shop.baskets(5), st.data())
def test_ringing_up_a_line_in_parts_changes_no_discount(terms: OfferTerms, basket: Basket, data: Any) -> None:
    """A line of so many units of one price, rung up as two lines of the same price."""
    assume(basket.lines)
    first, second = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    whole = data.draw(st.sampled_from(basket.lines))
    each = whole.model_copy(update={"n": 900, "amount": whole.amount * first, "quantity": whole.quantity * first})
    other = whole.model_copy(update={"n": 901, "amount": whole.amount * second, "quantity": whole.quantity * second})
    one = whole.model_copy(
        update={"n": 900, "amount": whole.amount * (first + second), "quantity": whole.quantity * (first + second)}
    )
    rest = tuple(line for line in basket.lines if line.n != whole.n)
    assert amount_of(terms, Basket(lines=(*rest, each, other))) == amount_of(terms, Basket(lines=(*rest, one)))


@DEEPER
@given(shop.baskets(5), shop.PERCENTS, st.data())
def test_no_way_of_splitting_lines_raises_a_discount_rounded_for_the_receipt(
    basket: Basket, percent: Any, data: Any
) -> None:
    terms = shop.offer(PercentOff(percent=percent), rounding=Rounding(level=RoundingLevel.ORDER))
    torn: list[BasketLine] = []
    for line in basket.lines:
        cut = data.draw(st.integers(0, line.amount))
        parts = [(line.quantity, line.amount)]
        if line.quantity > 1:
            parts = [(line.quantity - 1, line.amount - cut), (1, cut)]
        torn += [line.model_copy(update={"n": 1, "quantity": much, "amount": worth}) for much, worth in parts]
    lines = tuple(line.model_copy(update={"n": n}) for n, line in enumerate(torn, 1))
    assert amount_of(terms, Basket(lines=lines)) == amount_of(terms, basket)


@DEEPER
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=12), st.integers(0, 5000), SPLITS)
def test_parts_sum_exactly_and_none_exceeds_its_cap(parts: Sequence[tuple[int, int]], total: int, how: Split) -> None:
    weights, caps = [weight for weight, _ in parts], [cap for _, cap in parts]
    found = split(total, weights, caps, how)
    assert sum(found) == min(total, sum(caps))
    assert all(0 <= part <= cap for part, cap in zip(found, caps, strict=True))


@DEEPER
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.data())
def test_parts_are_fair_to_a_coin_by_the_largest_remainders(weights: Sequence[int], data: Any) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    for part, weight in zip(split(total, weights, weights, Split.LARGEST), weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@DEEPER
@given(st.lists(shop.MONEY_TERMS, max_size=5), shop.baskets())
def test_stacked_offers_never_take_more_off_a_line_than_it_costs(terms: Sequence[OfferTerms], basket: Basket) -> None:
    stack = stacked([Offered(str(n), one) for n, one in enumerate(terms)], basket, shop.ANYONE, shop.HERE, shop.SHOP)
    costs = {line.n: line.amount for line in basket.lines}
    for n, by_offer in stack.by_line().items():
        assert all(amount > 0 for amount in by_offer.values())
        assert sum(by_offer.values()) <= costs[n]
    assert stack.amount == stack.off.amount == sum(sum(one.values()) for one in stack.by_line().values())
    assert len(stack.outcomes) == len(terms) == len(stack.given) + len(stack.refused)
    alone = [key for key in stack.given if terms[int(key)].stacking.exclusive]
    assert not alone or len(stack.given) == 1


@DEEPER
@given(st.lists(shop.MONEY_TERMS, max_size=4), shop.baskets(), st.randoms(use_true_random=False))
def test_in_which_order_offers_are_laid_down_does_not_matter(
    terms: Sequence[OfferTerms], basket: Basket, chance: random.Random
) -> None:
    offers = [Offered(str(n), one) for n, one in enumerate(terms)]
    mixed = chance.sample(offers, len(offers))
    former, later = (stacked(some, basket, shop.ANYONE, shop.HERE, shop.SHOP) for some in (offers, mixed))
    assert former == later


@DEEPER
@given(st.integers(0, 10**9), st.integers(1, 50_000), st.data())
def test_a_full_return_restores_all_in_whatever_parts_it_comes(off: int, quantity: int, data: Any) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, quantity), max_size=5)))
    ends = [0, *cuts, quantity]
    parts = [restored(off, quantity, since, until - since) for since, until in pairwise(ends)]
    assert sum(parts) == off
    assert all(part >= 0 for part in parts)


@DEEPER
@given(shop.MONEY_TERMS, shop.baskets())
def test_a_receipt_brought_back_whole_restores_the_whole_discount(terms: OfferTerms, basket: Basket) -> None:
    found = off_of(terms, basket)
    assume(found is not None)
    assert found is not None
    back = restored_by_line(found, basket.lines, {}, {line.n: line.quantity for line in basket.lines})
    assert sum(line.amount for line in back) == found.amount


@DEEPER
@given(shop.ANY_TERMS, shop.ANY_TERMS, shop.baskets(), shop.BUYERS, shop.PLACES, st.data())
def test_a_change_that_is_allowed_harms_no_holder(
    former: OfferTerms, other: OfferTerms, basket: Basket, buyer: Buyer, place: Place, data: Any
) -> None:
    """Some fields become those of another offer: either the change is refused, or nobody gets less than before."""
    gives = other.gives if data.draw(st.booleans()) and other.gives.kind == former.gives.kind else former.gives
    fields = data.draw(st.sets(st.sampled_from(["goods", "first_day", "last_day", "stacking", "rounding"]), max_size=2))
    named = [*type(former.conditions).model_fields]
    asked = {name: getattr(other.conditions, name) for name in data.draw(st.sets(st.sampled_from(named), max_size=2))}
    later = former.model_copy(update={name: getattr(other, name) for name in fields} | {"gives": gives})
    later = later.model_copy(update={"conditions": former.conditions.model_copy(update=asked)})
    assume(not changes(former, later, issued=True))
    was, now = off_of(former, basket, buyer, place), off_of(later, basket, buyer, place)
    if was is not None:
        assert now is not None
        assert now.amount >= was.amount
        assert sum(one.points for one in now.given) >= sum(one.points for one in was.given)


@DEEPER
@given(shop.MONEY_TERMS, shop.baskets(), shop.GOODS, st.data())
def test_more_goods_or_more_money_are_never_less_for_a_holder(
    former: OfferTerms, basket: Basket, goods: Goods, data: Any
) -> None:
    """The same, drawn nearer to what is allowed: goods are only added, what is left out is only let in."""
    update = {
        "products": former.goods.products and former.goods.products + goods.products,
        "groups": former.goods.groups and former.goods.groups + goods.groups,
        "but_products": (), "but_groups": former.goods.but_groups[:1],
        "at_most": former.goods.at_most and data.draw(st.sampled_from([0, former.goods.at_most + 3])),
    }  # fmt: skip
    gives = data.draw(shop.MONEY_OFF)
    gives = gives if gives.kind == former.gives.kind else former.gives
    base = former.stacking.model_copy(update={"base": data.draw(st.sampled_from(Base)), "exclusive": False})
    later = former.model_copy(
        update={"goods": former.goods.model_copy(update=update), "gives": gives, "stacking": base}
    )
    assume(not changes(former, later, issued=True))
    assert amount_of(later, basket) >= amount_of(former, basket)
