"""What each kind of benefit gives, by examples that can be added up by hand."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from models.basket import ONE, Basket, Buyer, Given, LineOff, Off
from models.offers import (
    AmountOff,
    Base,
    FixedPrice,
    ForTheFewer,
    FreeDelivery,
    Gift,
    Goods,
    Invitation,
    OfferTerms,
    PercentOff,
    Points,
    Rounding,
    RoundingLevel,
    Sitting,
    Split,
    Stacking,
    Which,
)
from tasks.offers.pricing import bigger, priced
from tasks.offers.refusals import ALL_GONE, CHEAP_ALREADY, NO_POINT, ROUNDED_AWAY, Missing, Refusal
from tests.tasks.offers.shop import ANYONE, HERE, SHOP, basket, line, of_amounts, offer

TEN = PercentOff(percent=Decimal(10))
FACTS = of_amounts(106, 206, 306, 406)


def off(terms: OfferTerms, on: Basket, buyer: Buyer = ANYONE, guests: int = 1) -> Off:
    found = priced(terms, on, buyer, HERE, SHOP, guests=guests)
    assert isinstance(found, Off), found
    return found


def by_line(found: Off) -> dict[int, int]:
    return {line.n: line.amount for line in found.lines}


def rounded(level: RoundingLevel, to: str = "0.01", split: Split = Split.LAST) -> Rounding:
    return Rounding(level=level, to=Decimal(to), split=split)


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        pytest.param(rounded(RoundingLevel.UNIT), {1: 11, 2: 21, 3: 31, 4: 41}, id="unit_is_1.04"),
        pytest.param(rounded(RoundingLevel.LINE), {1: 11, 2: 21, 3: 31, 4: 41}, id="line_is_1.04"),
        pytest.param(rounded(RoundingLevel.ORDER), {1: 10, 2: 20, 3: 30, 4: 42}, id="sum_is_1.02_rest_to_the_last"),
        pytest.param(
            rounded(RoundingLevel.ORDER, split=Split.LARGEST),
            {1: 11, 2: 21, 3: 30, 4: 40},
            id="sum_rest_to_the_largest",
        ),
        pytest.param(rounded(RoundingLevel.LINE, "0.10"), {1: 10, 2: 20, 3: 30, 4: 40}, id="line_to_ten_kopecks"),
        pytest.param(rounded(RoundingLevel.ORDER, "1"), {1: 10, 2: 20, 3: 29, 4: 41}, id="sum_to_a_rouble"),
        pytest.param(rounded(RoundingLevel.ORDER, "10"), {}, id="sum_to_ten_roubles_is_nothing"),
    ],
)
def test_a_percentage_is_rounded_where_and_how_the_terms_say(rounding: Rounding, expected: dict[int, int]) -> None:
    terms = offer(TEN, rounding=rounding)
    if not expected:
        assert isinstance(priced(terms, FACTS, ANYONE, HERE), Refusal)
    else:
        assert by_line(off(terms, FACTS)) == expected


def test_the_example_of_the_facts() -> None:
    """10 % by unit on 1.06, 2.06, 3.06, 4.06 is 1.04; on the sum 1.02."""
    amounts = [off(offer(TEN, rounding=rounded(level)), FACTS).amount for level in RoundingLevel]
    assert amounts == [104, 104, 102]


@pytest.mark.parametrize("level", RoundingLevel)
def test_a_unit_rung_up_in_parts_rounds_up_no_more_often(level: RoundingLevel) -> None:
    """A tenth of 0.15 is 0.02; of three thirds of it, each rounded by itself, it would be 0.03."""
    parts = basket(line(1, 5, 500), line(2, 5, 500), line(3, 5, 500))
    assert off(offer(TEN, rounding=rounded(level)), parts).amount == 2
    others = basket(line(1, 5, 500, "t1"), line(2, 5, 500, "t2"), line(3, 5, 500, "c1"))
    assert off(offer(TEN, rounding=rounded(RoundingLevel.LINE)), others).amount == 3


def test_by_unit_is_not_by_line() -> None:
    """Three units of 1.05: by unit 0.11 each is 0.33, by line 0.315 is 0.32."""
    three = basket(line(1, 315, 3 * ONE))
    assert off(offer(TEN, rounding=rounded(RoundingLevel.UNIT)), three).amount == 33
    assert off(offer(TEN, rounding=rounded(RoundingLevel.LINE)), three).amount == 32


@pytest.mark.parametrize(
    ("gives", "goods", "lines", "expected"),
    [
        pytest.param(TEN, Goods(), [(1, 1000, 1000, "t1")], {1: 100}, id="percent"),
        pytest.param(PercentOff(percent=Decimal(100)), Goods(), [(1, 999, 700, "t1")], {1: 999}, id="all_of_it"),
        pytest.param(
            PercentOff(percent=Decimal(50), most=Decimal(3)), Goods(), [(1, 1000, 1000, "t1"), (2, 500, 1000, "c1")],
            {1: 200, 2: 100}, id="percent_at_most",
        ),
        pytest.param(
            PercentOff(percent=Decimal(10), most=Decimal(3)), Goods(), [(1, 3010, 1000, "t1")], {1: 300},
            id="not_a_coin_above_the_most",
        ),
        pytest.param(
            AmountOff(amount=Decimal(1)), Goods(which=Which.DEAREST, at_most=1), [(1, 100, 3000, "t1")], {1: 33},
            id="not_a_coin_above_one_of_three",
        ),
        pytest.param(TEN, Goods(), [(1, 1234, 357, "t1")], {1: 123}, id="percent_of_a_weight"),
        pytest.param(TEN, Goods(products=("c1",)), [(1, 1000, 1000, "t1"), (2, 500, 1000, "c1")], {2: 50}, id="named"),
        pytest.param(
            TEN, Goods(groups=("чай",)), [(1, 1000, 1000, "t1"), (2, 500, 1000, "c1")], {1: 100},
            id="a_group_holds_what_is_below_it_in_any_case",
        ),
        pytest.param(
            TEN, Goods(groups=("Чай",), but_groups=("Пуэр",)), [(1, 1000, 1000, "t1"), (2, 500, 1000, "t2")], {1: 100},
            id="left_out_wins",
        ),
        pytest.param(
            TEN, Goods(but_products=("T1",)), [(1, 1000, 1000, "t1"), (2, 500, 1000, "t2")], {2: 50}, id="all_but"
        ),
        pytest.param(
            TEN, Goods(which=Which.CHEAPEST, at_most=1), [(1, 3000, 2000, "t1"), (2, 1000, 1000, "c1")], {2: 100},
            id="the_cheapest_one",
        ),
        pytest.param(
            TEN, Goods(which=Which.DEAREST, at_most=1), [(1, 3000, 2000, "t1"), (2, 1000, 1000, "c1")], {1: 150},
            id="the_dearest_one",
        ),
        pytest.param(
            TEN, Goods(at_most=2), [(1, 3000, 2000, "t1"), (2, 1000, 1000, "c1")], {1: 150, 2: 100},
            id="at_most_two_are_the_cheapest",
        ),
        pytest.param(
            PercentOff(percent=Decimal(100)), Goods(which=Which.CHEAPEST, at_most=1), [(1, 1500, 2500, "t1")], {1: 600},
            id="one_of_two_and_a_half",
        ),
        pytest.param(
            AmountOff(amount=Decimal(1)), Goods(), [(1, 100, 1000, "t1"), (2, 100, 1000, "t2"), (3, 100, 1000, "c1")],
            {1: 33, 2: 33, 3: 34}, id="amount_rest_to_the_last",
        ),
        pytest.param(
            AmountOff(amount=Decimal(50)), Goods(groups=("Чай",)), [(1, 1000, 1000, "t1"), (2, 9000, 1000, "c1")],
            {1: 1000}, id="amount_is_no_more_than_the_goods",
        ),
        pytest.param(
            FixedPrice(price=Decimal(3)), Goods(), [(1, 1000, 2000, "t1"), (2, 250, 1000, "c1")], {1: 400},
            id="fixed_price_leaves_what_is_cheaper",
        ),
        pytest.param(FixedPrice(price=Decimal(3)), Goods(), [(1, 700, 1500, "t1")], {1: 250}, id="price_of_a_weight"),
        pytest.param(FixedPrice(price=Decimal(0)), Goods(), [(1, 700, 1500, "t1")], {1: 700}, id="for_nothing"),
        pytest.param(
            ForTheFewer(take=3, pay=2), Goods(), [(1, 300, 1000, "t1"), (2, 200, 1000, "t2"), (3, 100, 1000, "c1")],
            {3: 100}, id="three_for_two",
        ),
        pytest.param(
            ForTheFewer(take=3, pay=2), Goods(), [(1, 30000, 3000, "t1"), (2, 3000, 3000, "c1")], {1: 10000, 2: 1000},
            id="each_set_has_its_own_cheapest",
        ),
        pytest.param(
            ForTheFewer(take=3, pay=2), Goods(), [(1, 500, 5000, "t1")], {1: 100}, id="only_full_sets"
        ),
        pytest.param(ForTheFewer(take=3, pay=1), Goods(), [(1, 600, 6000, "t1")], {1: 400}, id="three_for_one"),
        pytest.param(
            ForTheFewer(take=2, pay=1), Goods(), [(1, 300, 1500, "t1"), (2, 50, 500, "c1")], {1: 100, 2: 50},
            id="weights_make_a_set_too",
        ),
        pytest.param(
            ForTheFewer(take=3, pay=2), Goods(which=Which.DEAREST, at_most=3), [(1, 600, 6000, "t1")], {1: 100},
            id="one_set_a_receipt",
        ),
        pytest.param(Gift(product="cup"), Goods(), [(1, 500, 1000, "t1"), (2, 300, 2000, "cup")], {2: 150}, id="gift"),
    ],
)  # fmt: skip
def test_what_comes_off_each_line(gives: Any, goods: Goods, lines: list[Any], expected: dict[int, int]) -> None:
    on = basket(*(line(n, amount, quantity, product) for n, amount, quantity, product in lines))
    found = off(offer(gives, goods=goods), on)
    assert by_line(found) == expected
    assert found.amount == sum(expected.values())


def test_what_was_discounted_is_counted_in_thousandths_by_line_and_in_units_together() -> None:
    on = basket(line(1, 300, 1500, "t1"), line(2, 50, 500, "c1"))
    found = off(offer(TEN, goods=Goods(which=Which.DEAREST, at_most=2)), on)
    assert found.lines == (LineOff(n=1, amount=30, quantity=1500), LineOff(n=2, amount=5, quantity=500))
    assert found.units == 2
    assert off(offer(TEN), basket(line(1, 300, 300))).units == 1
    assert off(offer(ForTheFewer(take=3, pay=2)), basket(line(1, 300, 3 * ONE))).units == 1


@pytest.mark.parametrize(
    ("gives", "lines", "expected"),
    [
        pytest.param(Gift(product="cup"), [], (Given(product="cup", quantity=ONE),), id="gift_for_a_visit"),
        pytest.param(
            Gift(product="cup", quantity=3), [(1, 300, 2 * ONE, "cup")], (Given(product="cup", quantity=ONE),),
            id="what_of_the_gift_is_not_in_the_basket",
        ),
        pytest.param(Gift(product="cup"), [(1, 300, ONE, "cup")], (), id="all_of_the_gift_is_in_the_basket"),
        pytest.param(FreeDelivery(), [(1, 300, ONE, "t1")], (Given(delivery=True),), id="delivery"),
        pytest.param(Points(points=50), [(1, 300, ONE, "t1")], (Given(points=50),), id="points"),
        pytest.param(Points(percent=Decimal(5)), [(1, 39_999, ONE, "t1")], (Given(points=19),), id="points_of_paid"),
    ],
)  # fmt: skip
def test_what_is_handed_over(gives: Any, lines: list[Any], expected: tuple[Given, ...]) -> None:
    on = basket(*(line(n, amount, quantity, product) for n, amount, quantity, product in lines))
    assert off(offer(gives), on).given == expected


INVITED = Invitation(
    sittings=(Sitting(outlet="center", at=datetime.fromisoformat("2026-12-10T18:00"), seats=20),), guests=3
)


def test_an_invitation_takes_as_many_seats_as_have_come() -> None:
    assert off(offer(INVITED), basket(), guests=2).given == (Given(seats=2),)
    refused = priced(offer(INVITED), basket(), ANYONE, HERE, guests=4)
    assert isinstance(refused, Refusal) and refused.code == "guests"
    named = replace(SHOP, outlets={"center": "Центр"})
    elsewhere = priced(offer(INVITED), basket(), ANYONE, HERE.model_copy(update={"outlet": "omsk"}), named)
    assert isinstance(elsewhere, Refusal) and elsewhere.code == "sitting" and "Центр" in str(elsewhere)


@pytest.mark.parametrize(
    ("terms", "gone", "said"),
    [
        pytest.param(offer(PercentOff(percent=Decimal("0.01"))), 0, ROUNDED_AWAY, id="less_than_a_coin"),
        pytest.param(offer(FixedPrice(price=Decimal(19))), 0, CHEAP_ALREADY, id="no_dearer_already"),
        pytest.param(offer(Points(percent=Decimal(5))), 0, NO_POINT, id="less_than_a_point"),
        pytest.param(offer(TEN), 1_900, ALL_GONE, id="others_took_everything"),
    ],
)
def test_where_nothing_comes_off_staff_are_told_why(terms: OfferTerms, gone: int, said: str) -> None:
    found = priced(terms, basket(line(1, 1_900)), ANYONE, HERE, gone={1: gone})
    assert isinstance(found, Refusal) and (found.code, found.staff.text) == ("nothing", said)


@pytest.mark.parametrize("base", Base)
def test_a_gift_that_another_offer_made_free_already_is_handed_over(base: Base) -> None:
    terms = offer(Gift(product="cup"), stacking=Stacking(base=base))
    found = priced(terms, basket(line(1, 300, product="cup")), ANYONE, HERE, gone={1: 300})
    assert isinstance(found, Off) and (found.lines, found.given) == ((), (Given(product="cup", quantity=ONE),))


def test_the_group_of_a_product_stands_in_for_what_the_till_does_not_say() -> None:
    shop = type(SHOP)(above=SHOP.above, group_of={"T1": "Улун"})
    found = priced(offer(TEN, goods=Goods(groups=("Чай",))), basket(line(1, 500, group="")), ANYONE, HERE, shop)
    assert isinstance(found, Off) and found.amount == 50


FEWER, FIVE = ForTheFewer(take=3, pay=2), AmountOff(amount=Decimal(5))
FOUR = basket(line(1, 400, 4 * ONE))


@pytest.mark.parametrize(
    ("terms", "on", "missing"),
    [
        pytest.param(offer(FEWER), FOUR, Missing(quantity=2 * ONE), id="set"),
        pytest.param(offer(FEWER), basket(line(1, 400, 3500)), Missing(quantity=2500), id="weight"),
        pytest.param(offer(FEWER, goods=Goods(at_most=3)), FOUR, None, id="no_more_sets"),
        pytest.param(offer(FIVE), basket(line(1, 380)), Missing(amount=120), id="amount_not_used_up"),
        pytest.param(offer(FIVE), basket(line(1, 500)), None, id="amount_used_up"),
        pytest.param(offer(TEN), basket(line(1, 500)), None, id="a_percentage_needs_nothing"),
    ],
)
def test_what_is_missing_for_a_bigger_discount(terms: OfferTerms, on: Basket, missing: Missing | None) -> None:
    assert bigger(terms, on, SHOP) == missing
    if missing:
        more = line(99, missing.amount or missing.quantity // 10, missing.quantity or ONE, "t2")
        assert off(terms, basket(*on.lines, more)).amount > off(terms, on).amount


def test_a_basket_of_a_thousand_huge_lines_is_priced_to_the_coin() -> None:
    on = basket(*(line(n, 10**12, 10**9, f"p{n}") for n in range(1, 1001)))
    terms = offer(PercentOff(percent=Decimal("33.33")), rounding=rounded(RoundingLevel.ORDER, split=Split.LARGEST))
    assert off(terms, on).amount == 10**15 * 3333 // 10_000
