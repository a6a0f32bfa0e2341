"""What is asked of a cashier, offer by offer; what was showed is read for what it is."""

from decimal import Decimal
from typing import Any

import pytest

from models.cashier_page import DeviceLine, Needs
from models.company import Outlet
from models.offers import (
    AmountOff,
    Conditions,
    FixedPrice,
    FreeDelivery,
    Gift,
    Goods,
    Invitation,
    Points,
    Sitting,
    Which,
)
from tasks.cashier_page.asking import basket_of, is_complete, needs_of
from tasks.cashier_page.joining import Coupon, needs_of_all
from tasks.cashier_page.shown import against, presented
from tasks.cashier_page.simple import described
from tasks.offers.wording import NO_WORDS
from tests.tasks.cashier_page.counter import percent
from tests.tasks.redeeming.shop import terms

SITTING = Sitting.model_validate({"outlet": "boulevard", "at": "2026-11-23T13:00", "seats": 5})


def asked(needs: Needs) -> set[str]:
    return {name for name in ("sum", "quantity", "each", "kinds", "who") if getattr(needs, name)} | (
        {"guests"} if needs.guests > 1 else set()
    )


@pytest.mark.parametrize(
    ("offer", "wanted"),
    [
        pytest.param(percent(), {"sum"}, id="a percentage"),
        pytest.param(terms(AmountOff(amount=Decimal(50))), {"sum"}, id="an amount"),
        pytest.param(terms(Gift(product="cup")), set(), id="a gift"),
        pytest.param(terms(Gift(product="cup"), conditions=Conditions(sum_from=Decimal(9))), {"sum"}, id="from a sum"),
        pytest.param(terms(Gift(product="cup"), goods=Goods(groups=("Tea",))), {"sum"}, id="a gift with goods"),
        pytest.param(terms(FreeDelivery(), conditions=Conditions(quantity_from=2)), {"quantity"}, id="from a number"),
        pytest.param(terms(FixedPrice(price=Decimal(99))), {"each"}, id="a price"),
        pytest.param(percent(goods=Goods(which=Which.CHEAPEST, at_most=1)), {"each"}, id="the cheapest"),
        pytest.param(terms(Points(points=10)), {"who"}, id="points"),
        pytest.param(terms(Points(percent=Decimal(5))), {"sum", "who"}, id="points of a sum"),
        pytest.param(terms(Invitation(sittings=(SITTING,), guests=2)), {"guests"}, id="an invitation"),
        pytest.param(percent(limits={"per_customer": 1}), {"sum", "who"}, id="once for each"),
        pytest.param(percent(conditions=Conditions(first_purchase=True)), {"sum", "who"}, id="a first purchase"),
    ],
)
def test_only_what_is_needed_is_asked(offer: Any, wanted: set[str]) -> None:
    assert asked(needs_of(offer, {}, owned=False)) == wanted
    assert asked(needs_of(offer, {}, owned=True)) == wanted - {"who"}


TEA, CUPS = Goods(groups=("Tea",)), Goods(products=("C1",), groups=("Cups",))
NO_SUGAR = percent(goods=Goods(but_groups=("Sugar",)))


@pytest.mark.parametrize(
    ("offers", "how", "goods"),
    [
        pytest.param([percent(), percent(5)], {"sum"}, [], id="of everything"),
        pytest.param([percent(), terms(Gift(product="cup"))], {"sum"}, [], id="a gift asks nothing"),
        pytest.param([percent(goods=TEA), percent(5, goods=TEA)], {"sum"}, ["Tea"], id="of the same goods"),
        pytest.param([NO_SUGAR, NO_SUGAR], {"sum"}, [], id="of the same rest"),
        pytest.param([percent(), percent(goods=TEA)], {"kinds"}, ["Tea", "other goods"], id="of all and of some"),
        pytest.param([percent(goods=TEA), percent(goods=CUPS)], {"kinds"}, ["Cup", "Tea", "Cups"], id="of both"),
        pytest.param([NO_SUGAR, percent(goods=TEA)], {"kinds"}, ["Sugar", "Tea", "other goods"], id="of a rest"),
        pytest.param([percent(goods=TEA), terms(FixedPrice(price=Decimal(99)))], {"each"}, ["Tea", "other goods"],
                     id="by the piece"),
        pytest.param([percent(), terms(FreeDelivery(), conditions=Conditions(quantity_from=2), goods=TEA)], {"each"},
                     ["Tea", "other goods"], id="by number"),
        pytest.param([percent(goods=TEA), percent(goods=Goods(groups=tuple("abcdefgh")))], {"each"},
                     ["Tea", *"abcdefgh"], id="of too many for a line each"),
        pytest.param([percent(), percent(limits={"per_customer": 1})], {"sum", "who"}, [], id="of somebody"),
        pytest.param([terms(Gift(product="cup")), terms(FreeDelivery())], set(), [], id="of nothing"),
    ],
)  # fmt: skip
def test_several_are_asked_about_once(offers: list[Any], how: set[str], goods: list[str]) -> None:
    coupons = [Coupon(n, str(n), key=str(n), terms=one) for n, one in enumerate(offers)]
    needs = needs_of_all(coupons, {"C1": "Cup"})
    assert asked(needs) == how and [one.title for one in needs.goods] == goods


def test_goods_stand_as_the_offer_names_them() -> None:
    needs = needs_of(percent(goods=Goods(products=("T1",), groups=("Cups",))), {"T1": "Oolong"}, owned=True)
    assert [one.title for one in needs.goods] == ["Oolong", "Cups"]
    basket = basket_of(needs, [DeviceLine(which=1, amount=500, quantity=2), DeviceLine(which=7, amount=1)], "RUB")
    assert [(line.product_group, line.quantity, line.amount) for line in basket.lines] == [
        ("Cups", 2_000, 500), ("", 1_000, 1),
    ]  # fmt: skip
    without = needs_of(percent(goods=Goods(but_groups=("Sugar",))), {}, owned=True)
    assert (without.goods, without.but) == ((), "all but “Sugar”")


def test_a_question_is_answered_once_it_was_asked() -> None:
    needs = needs_of(percent(), {}, owned=True)
    assert not is_complete(needs, [], asked=False) and not is_complete(needs, [], asked=True)
    assert is_complete(needs, [DeviceLine(amount=1)], asked=True)
    assert is_complete(Needs(), [], asked=False)


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        pytest.param("+7 (900) 000-00-01", "phone", id="abroad or at home"),
        pytest.param("89000000001", "phone", id="as it is dialled"),
        pytest.param("anna@example.net", "email", id="an address"),
        pytest.param("4600000000017", "card", id="thirteen digits"),
        pytest.param("GOLD-17", "card", id="letters"),
    ],
)
def test_what_was_shown_is_read_for_what_it_is(shown: str, kind: str) -> None:
    assert [name for name in ("card", "phone", "email") if getattr(presented(shown), name)] == [kind]
    assert presented("  ") == presented("")


def test_what_is_said_against_it_is_said_once() -> None:
    assert against(["code", "code", "stopped", "offer_stopped"]) == (
        "The code had been used already. The code or the offer had been stopped."
    )
    assert against(["over", "hours"]) == "The offer did not hold at that time."
    assert against(["something new"]) == "The offer did not hold for this purchase." and against([]) == ""


@pytest.mark.parametrize(
    "offer",
    [
        pytest.param(percent(limits={"total": 9}), id="a limit of all"),
        pytest.param(percent(limits={"budget": Decimal(9)}), id="a budget"),
        pytest.param(percent(limits={"per_period": 1, "period_days": 7}), id="once a week"),
        pytest.param(percent(conditions=Conditions(channels=("site",))), id="elsewhere"),
        pytest.param(percent(goods=Goods(groups=("Tea", "Cups"))), id="two kinds of goods"),
        pytest.param(terms(Points(points=5)), id="points"),
        pytest.param(terms(Invitation(sittings=(SITTING,))), id="seats"),
    ],
)
def test_without_the_network_no_limit_is_risked(offer: Any) -> None:
    assert described(offer, Outlet(key="boulevard", name="B"), "Europe/Moscow", NO_WORDS) is None
