"""Why an offer is refused: precisely for staff, alike for the public, with what is missing where goods would help."""

from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from models.basket import ONE, Basket, Buyer, Off, Place
from models.locale import spoken
from models.offers import Conditions, ForTheFewer, FreeDelivery, Gift, Goods, OfferTerms, PercentOff, Points
from tasks.offers.goods import Assortment
from tasks.offers.pricing import priced
from tasks.offers.refusals import Missing, Refusal, public_text
from tests.tasks.offers.shop import ANYONE, HERE, SHOP, basket, line, offer

TEN = PercentOff(percent=Decimal(10))
TEA = basket(line(1, 50_000))
KNOWN = Buyer(customer=7, groups=frozenset({"vip"}), first=False)


def refusal(
    conditions: Conditions, on: Basket = TEA, buyer: Buyer = ANYONE, place: Place = HERE, **terms: Any
) -> Refusal | None:  # fmt: skip
    found = priced(offer(terms.pop("gives", TEN), conditions=conditions, **terms), on, buyer, place, SHOP)
    return found if isinstance(found, Refusal) else None


@pytest.mark.parametrize(
    ("conditions", "buyer", "code"),
    [
        pytest.param(Conditions(outlets=("omsk",)), ANYONE, "not_here", id="outlet"),
        pytest.param(Conditions(outlets=("omsk", "center")), ANYONE, "", id="this_outlet"),
        pytest.param(Conditions(channels=("site",)), ANYONE, "channel", id="channel"),
        pytest.param(Conditions(weekdays=(1, 2)), ANYONE, "weekday", id="weekday"),
        pytest.param(Conditions(weekdays=(4,)), ANYONE, "", id="this_weekday"),
        pytest.param(Conditions(hours_from=time(13)), ANYONE, "hours", id="hours"),
        pytest.param(Conditions(customer_groups=("vip",)), ANYONE, "nobody", id="nobody_in_particular"),
        pytest.param(Conditions(customer_groups=("sleeping",)), KNOWN, "customer_group", id="another_group"),
        pytest.param(Conditions(customer_groups=("sleeping", "vip")), KNOWN, "", id="one_of_the_groups"),
        pytest.param(Conditions(but_customer_groups=("vip",)), KNOWN, "left_out", id="left_out"),
        pytest.param(Conditions(but_customer_groups=("vip",)), ANYONE, "", id="of_nobody_nothing_is_known"),
        pytest.param(Conditions(first_purchase=True), KNOWN, "not_first", id="bought_before"),
        pytest.param(Conditions(first_purchase=True), ANYONE, "nobody", id="whose_first_purchase"),
        pytest.param(Conditions(first_purchase=True), Buyer(customer=8, first=True), "", id="first_purchase"),
        pytest.param(Conditions(sum_from=Decimal("500.01")), ANYONE, "sum", id="a_coin_short"),
        pytest.param(Conditions(sum_from=Decimal(500)), ANYONE, "", id="to_the_coin"),
        pytest.param(Conditions(quantity_from=2), ANYONE, "quantity", id="quantity"),
        pytest.param(Conditions(quantity_from=1), ANYONE, "", id="enough"),
    ],
)
def test_the_code_of_a_refusal_is_its_reason(conditions: Conditions, buyer: Buyer, code: str) -> None:
    found = refusal(conditions, buyer=buyer)
    assert (found.code if found else "") == code
    if found:
        assert found.staff.code == code
        assert str(found.public) == public_text()


@pytest.mark.parametrize(
    ("conditions", "on", "missing"),
    [
        pytest.param(Conditions(sum_from=Decimal(620)), TEA, Missing(amount=12_000), id="for_120_roubles"),
        pytest.param(Conditions(quantity_from=3), TEA, Missing(quantity=2 * ONE), id="two_units"),
        pytest.param(
            Conditions(quantity_from=3), basket(line(1, 100, 1250)), Missing(quantity=1750), id="a_part_of_a_unit"
        ),
        pytest.param(
            Conditions(sum_from=Decimal(600), quantity_from=2), TEA, Missing(amount=10_000, quantity=ONE), id="both"
        ),
        pytest.param(
            Conditions(sum_from=Decimal(620), weekdays=(1,)), TEA, None, id="goods_would_not_help_on_another_day"
        ),
        pytest.param(
            Conditions(sum_from=Decimal(620), outlets=("omsk",)), TEA, None, id="goods_would_not_help_elsewhere"
        ),
        pytest.param(
            Conditions(sum_from=Decimal(620), customer_groups=("vip",)), TEA, None, id="goods_would_not_help_another"
        ),
    ],
)
def test_what_is_missing_is_told_only_where_goods_alone_would_help(
    conditions: Conditions, on: Basket, missing: Missing | None
) -> None:
    found = refusal(conditions, on)
    assert found is not None and found.missing == missing
    if missing:
        more = line(9, missing.amount or 1, max(missing.quantity, ONE), "t2")
        assert refusal(conditions, basket(*on.lines, more)) is None


def test_sums_and_quantities_are_of_the_goods_meant_at_their_first_price() -> None:
    on = basket(line(1, 40_000), line(2, 90_000, product="c1"))
    terms = offer(TEN, goods=Goods(groups=("Чай",)), conditions=Conditions(sum_from=Decimal(400)))
    found = priced(terms, on, ANYONE, HERE, SHOP, gone={1: 39_000})
    assert isinstance(found, Off) and found.amount == 100
    dearer = terms.model_copy(update={"conditions": Conditions(sum_from=Decimal(401))})
    refused = priced(dearer, on, ANYONE, HERE, SHOP)
    assert isinstance(refused, Refusal) and refused.missing == Missing(amount=100)


def test_what_costs_nothing_is_none_of_the_goods() -> None:
    on = basket(line(1, 50_000), line(2, 0, product="t2"))
    found = refusal(Conditions(quantity_from=2), on)
    assert found is not None and found.missing == Missing(quantity=ONE)


def test_too_few_for_a_set_is_told_with_how_many_more() -> None:
    found = refusal(Conditions(), gives=ForTheFewer(take=3, pay=2))
    assert found is not None and (found.code, found.missing) == ("quantity", Missing(quantity=2 * ONE))


def test_a_gift_does_not_help_to_earn_itself() -> None:
    on = basket(line(1, 90_000), line(2, 15_000, product="cup"))
    found = refusal(Conditions(sum_from=Decimal(1000)), on, gives=Gift(product="cup"))
    assert found is not None and found.missing == Missing(amount=10_000)
    two = basket(line(1, 90_000), line(2, 30_000, 2 * ONE, "cup"))
    assert refusal(Conditions(sum_from=Decimal(1000)), two, gives=Gift(product="cup")) is None


@pytest.mark.parametrize(
    ("terms", "on"),
    [
        pytest.param(offer(TEN), basket(), id="an_empty_basket"),
        pytest.param(offer(Points(percent=Decimal(5))), basket(), id="nothing_that_points_are_counted_on"),
        pytest.param(offer(TEN, goods=Goods(groups=("Чай",))), basket(line(1, 500, product="c1")), id="other_goods"),
        pytest.param(offer(TEN, goods=Goods(products=("x",))), basket(line(1, 500, product="")), id="no_code"),
        pytest.param(
            offer(FreeDelivery(), goods=Goods(groups=("Чай",))), basket(line(1, 5, product="c1")), id="delivery_of_tea"
        ),
        pytest.param(offer(TEN), basket(line(1, 0)), id="what_costs_nothing"),
    ],
)  # fmt: skip
def test_without_its_goods_an_offer_is_refused(terms: OfferTerms, on: Basket) -> None:
    found = priced(terms, on, ANYONE, HERE, SHOP)
    assert isinstance(found, Refusal) and found.code == "goods"


def test_another_currency_is_refused_before_anything_is_added_up() -> None:
    found = priced(offer(TEN), Basket(lines=TEA.lines, currency="KZT"), ANYONE, HERE, SHOP)
    assert isinstance(found, Refusal) and found.code == "currency"
    assert isinstance(priced(offer(TEN), Basket(lines=TEA.lines, currency="KZT"), ANYONE, HERE, Assortment()), Off)


@pytest.mark.parametrize(
    ("conditions", "russian", "english"),
    [
        pytest.param(
            Conditions(sum_from=Decimal("620.50")),
            "Товаров по предложению в чеке на 500\u00a0₽, а нужно на 620,50\u00a0₽.",
            "The goods of the offer come to ₽500; ₽620.50 is needed.",
            id="sum",
        ),
        pytest.param(
            Conditions(quantity_from=21),
            "В чеке 1 шт. товаров по предложению, а нужно 21 шт. или больше.",
            "Of the goods of the offer the receipt has 1 unit; needed is: 21 units.",
            id="quantity",
        ),
        pytest.param(
            Conditions(weekdays=(6, 7)),
            "В этот день недели предложение не действует. Дни: суббота и воскресенье.",
            "The offer does not hold on this day of the week. It holds on: Saturday and Sunday.",
            id="weekday",
        ),
        pytest.param(
            Conditions(hours_from=time(22), hours_to=time(2)),
            "Предложение действует с 22:00 до 02:00 следующего дня. В точке сейчас 12:00.",
            "The offer holds from 22:00 to 02:00 of the next day. It is 12:00 in the outlet.",
            id="hours",
        ),
    ],
)
def test_staff_read_why_in_their_language(conditions: Conditions, russian: str, english: str) -> None:
    for language, said in (("ru", russian), ("en", english)):
        with spoken(language):
            found = refusal(conditions)
            assert found is not None and str(found) == said
