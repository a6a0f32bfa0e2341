"""Several offers on one basket: which come first, which go together, what each takes off what."""

from decimal import Decimal
from typing import Any

import pytest

from models.basket import Basket, Given, LineOff
from models.offers import AmountOff, Base, FixedPrice, Gift, Goods, OfferTerms, PercentOff, Points, Stacking
from tasks.offers.stacking import Offered, Stack, stacked
from tests.tasks.offers.shop import ANYONE, HERE, SHOP, basket, line, offer

TEN, HALF = PercentOff(percent=Decimal(10)), PercentOff(percent=Decimal(50))
HUNDRED = AmountOff(amount=Decimal(100))
TEA = basket(line(1, 100_000), line(2, 20_000, product="c1"))


def ranked(gives: Any, rank: int = 1, exclusive: bool = False, base: Base = Base.LEFT, **terms: Any) -> OfferTerms:
    stacking = Stacking(rank=rank, exclusive=exclusive, base=base)
    return offer(gives, title=f"Предложение {rank}", stacking=stacking, **terms)


def laid(on: Basket, **terms: OfferTerms) -> Stack:
    return stacked((Offered(key, one) for key, one in terms.items()), on, ANYONE, HERE, SHOP)


@pytest.mark.parametrize(
    ("first", "second", "off"),
    [
        pytest.param(ranked(HUNDRED, 1), ranked(TEN, 2), {"a": 10_000, "b": 11_000}, id="percent_of_what_is_left"),
        pytest.param(
            ranked(HUNDRED, 1), ranked(TEN, 2, base=Base.INITIAL), {"a": 10_000, "b": 12_000}, id="of_the_first_price"
        ),
        pytest.param(ranked(HUNDRED, 2), ranked(TEN, 1), {"b": 12_000, "a": 10_000}, id="the_lower_rank_first"),
        pytest.param(ranked(TEN, 1), ranked(HUNDRED, 1), {"a": 12_000, "b": 10_000}, id="then_the_key"),
        pytest.param(ranked(HALF, 1), ranked(TEN, 2), {"a": 60_000, "b": 6_000}, id="half_and_a_tenth"),
        pytest.param(
            ranked(HALF, 1, base=Base.INITIAL), ranked(PercentOff(percent=Decimal(80)), 2, base=Base.INITIAL),
            {"a": 60_000, "b": 60_000}, id="never_more_than_is_left",
        ),
    ],
)  # fmt: skip
def test_each_is_counted_on_what_the_terms_say(first: OfferTerms, second: OfferTerms, off: dict[str, int]) -> None:
    stack = laid(TEA, a=first, b=second)
    assert {key: one.amount for key, one in stack.given.items()} == off
    assert [*stack.given] == [*off]
    assert stack.amount == sum(off.values())


def test_the_result_is_told_by_offer_and_by_line() -> None:
    stack = laid(TEA, a=ranked(TEN, 1, goods=Goods(groups=("Чай",))), b=ranked(HUNDRED, 2))
    # 110 000 is left: 100 000 - 10 000 of tea and 20 000 of coffee share the hundred roubles
    assert stack.by_line() == {1: {"a": 10_000, "b": 8_181}, 2: {"b": 1_819}}
    assert stack.off.lines == (LineOff(n=1, amount=18_181, quantity=1000), LineOff(n=2, amount=1_819, quantity=1000))


@pytest.mark.parametrize(
    ("first", "second", "given", "said"),
    [
        pytest.param(ranked(TEN, 1, True), ranked(HUNDRED, 2), ["a"], "Предложение 1", id="alone_and_first"),
        pytest.param(ranked(TEN, 1), ranked(HUNDRED, 2, True), ["a"], "Предложение 1", id="alone_and_late"),
        pytest.param(ranked(TEN, 2, True), ranked(HUNDRED, 1, True), ["b"], "Предложение 1", id="both_alone"),
    ],
)
def test_an_exclusive_offer_goes_alone(first: OfferTerms, second: OfferTerms, given: list[str], said: str) -> None:
    stack = laid(TEA, a=first, b=second)
    assert [*stack.given] == given
    (refused,) = stack.refused
    assert not isinstance(refused.result, type(stack.off)) and refused.result.code == "exclusive"
    assert said in str(refused.result.staff) and refused.result.missing is None


def test_an_exclusive_offer_that_gives_nothing_keeps_nobody_out() -> None:
    stack = laid(TEA, a=ranked(TEN, 1, True, goods=Goods(products=("cup",))), b=ranked(HUNDRED, 2))
    assert [*stack.given] == ["b"]
    assert [one.offered.key for one in stack.refused] == ["a"]


def test_an_offer_is_given_once_a_receipt() -> None:
    twice = [Offered("a", ranked(TEN)), Offered("a", ranked(TEN))]
    stack = stacked(twice, TEA, ANYONE, HERE, SHOP)
    assert stack.amount == 12_000
    (refused,) = stack.refused
    assert getattr(refused.result, "code", "") == "same_offer"


def test_points_are_for_what_is_paid_in_the_end_wherever_they_stand() -> None:
    points = Points(percent=Decimal(10))
    stack = laid(TEA, a=ranked(points, 1), b=ranked(HALF, 2))
    assert stack.off.given == (Given(points=60),)


def test_points_for_a_receipt_of_which_nothing_is_paid_are_none() -> None:
    stack = laid(TEA, a=ranked(Points(percent=Decimal(10)), 1), b=ranked(PercentOff(percent=Decimal(100)), 2))
    assert [*stack.given] == ["b"]
    assert [one.offered.key for one in stack.refused] == ["a"]


def test_a_gift_taken_off_is_no_more_discounted_where_what_is_left_counts() -> None:
    on = basket(line(1, 50_000), line(2, 30_000, product="cup"))
    stack = laid(on, a=ranked(Gift(product="cup"), 1), b=ranked(TEN, 2))
    assert stack.by_line() == {1: {"b": 5_000}, 2: {"a": 30_000}}


def test_where_nothing_is_left_the_next_offer_is_refused() -> None:
    stack = laid(TEA, a=ranked(FixedPrice(price=Decimal(0)), 1), b=ranked(TEN, 2))
    assert [*stack.given] == ["a"]
    assert [getattr(one.result, "code", "") for one in stack.refused] == ["nothing"]
