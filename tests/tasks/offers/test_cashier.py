"""What a cashier is told to do, in one sentence, and what a buyer might add."""

from decimal import Decimal
from typing import Any

import pytest

from models.basket import ONE, Basket, Given, LineOff, Off
from models.locale import spoken
from models.offers import AmountOff, Conditions, FixedPrice, ForTheFewer, Gift, Goods, Invitation, PercentOff, Sitting
from tasks.offers.cashier import order, to_add
from tasks.offers.pricing import priced
from tasks.offers.refusals import Missing
from tasks.offers.wording import Words
from tests.tasks.offers.shop import ANYONE, HERE, SHOP, basket, line, offer

WORDS = Words(products={"t1": "Улун", "t2": "Пуэр", "cup": "Чашка"})
BOTH = basket(line(1, 45_000), line(2, 30_000, product="t2"))


def off(*lines: tuple[int, int], given: tuple[Given, ...] = ()) -> Off:
    return Off(lines=tuple(LineOff(n=n, amount=amount, quantity=ONE) for n, amount in lines), given=given)


@pytest.mark.parametrize(
    ("found", "russian", "english"),
    [
        pytest.param(
            off((1, 4_500)), "Дайте скидку 45\u00a0₽ на «Улун», введите её в кассу вручную.",
            "Give ₽45 off “Улун”, enter it at the till by hand.", id="one_line",
        ),
        pytest.param(
            off((1, 4_505)), "Дайте скидку 45,05\u00a0₽ на «Улун», введите её в кассу вручную.",
            "Give ₽45.05 off “Улун”, enter it at the till by hand.", id="to_the_coin",
        ),
        pytest.param(
            off((1, 4_500), (2, 3_000)), "Дайте скидку 75\u00a0₽ на весь чек, введите её в кассу вручную.",
            "Give ₽75 off the whole receipt, enter it at the till by hand.", id="even_over_the_receipt",
        ),
        pytest.param(
            off((1, 4_500), (2, 100_000)),
            "Введите в кассу вручную скидки: 45\u00a0₽ на «Улун», 1\u00a0000\u00a0₽ на «Пуэр»; всего "
            "1\u00a0045\u00a0₽.",
            "Enter the discounts at the till by hand: ₽45 off “Улун”, ₽1,000 off “Пуэр”; ₽1,045 in all.", id="uneven",
        ),
        pytest.param(
            off(given=(Given(product="cup", quantity=ONE),)), "Отдайте в подарок: «Чашка» (1 шт.).",
            "Hand over as a gift “Чашка”, 1 unit.", id="gift",
        ),
        pytest.param(
            off((1, 4_500), given=(Given(product="cup", quantity=2 * ONE),)),
            "Дайте скидку 45\u00a0₽ на «Улун», введите её в кассу вручную; отдайте в подарок: «Чашка» (2 шт.).",
            "Give ₽45 off “Улун”, enter it at the till by hand; hand over as a gift “Чашка”, 2 units.", id="both",
        ),
        pytest.param(
            off(given=(Given(delivery=True),)), "Не берите плату за доставку.", "Take nothing for the delivery.",
            id="delivery",
        ),
        pytest.param(
            off(given=(Given(points=22),)), "Скажите клиенту: 22 балла идут на карту.",
            "Tell the customer: 22 points go to the card.", id="points",
        ),
        pytest.param(off(given=(Given(seats=1),)), "Впустите 1 гостя.", "Let 1 guest in.", id="a_guest"),
        pytest.param(off(given=(Given(seats=5),)), "Впустите 5 гостей.", "Let 5 guests in.", id="guests"),
        pytest.param(Off(), "Скидки нет, продавайте как обычно.", "Take nothing off.", id="nothing"),
    ],
)  # fmt: skip
def test_a_cashier_is_told_one_thing_to_do(found: Off, russian: str, english: str) -> None:
    for language, said in (("ru", russian), ("en", english)):
        with spoken(language):
            assert order(found, BOTH, WORDS) == said


@pytest.mark.parametrize(
    ("sold", "said"),
    [
        pytest.param(line(1, 45_000, product="x9"), "«x9»", id="by_its_code"),
        pytest.param(line(1, 45_000, product="", group="Чай"), "«Чай»", id="by_its_group"),
        pytest.param(line(1, 45_000, product="", group=""), "строка 1", id="by_its_number"),
    ],
)
def test_goods_are_called_by_what_is_known_of_them(sold: Any, said: str) -> None:
    with spoken("ru"):
        assert said in order(off((1, 4_500)), basket(sold, line(2, 5)), WORDS)


def test_what_is_ordered_is_what_was_priced() -> None:
    found = priced(offer(PercentOff(percent=Decimal(10)), goods=Goods(products=("t1",))), BOTH, ANYONE, HERE, SHOP)
    assert isinstance(found, Off)
    with spoken("ru"):
        assert order(found, BOTH, WORDS) == "Дайте скидку 45\u00a0₽ на «Улун», введите её в кассу вручную."


TEN = PercentOff(percent=Decimal(10))
TEA = Goods(groups=("Чай",))
SEAT = Invitation(sittings=(Sitting.model_validate({"outlet": "center", "at": "2026-12-10T18:00", "seats": 5}),))


@pytest.mark.parametrize(
    ("missing", "gives", "goods", "russian", "english"),
    [
        pytest.param(
            Missing(amount=12_000), TEN, TEA, "Добавьте «Чай» ещё на 120\u00a0₽, и скидка будет 10\u00a0%.",
            "Add “Чай” for ₽120 more, and it is 10% off.", id="tea_for_120_roubles",
        ),
        pytest.param(
            Missing(amount=12_000), AmountOff(amount=Decimal(500)), Goods(),
            "Добавьте товары ещё на 120\u00a0₽, и скидка будет 500\u00a0₽.",
            "Add goods for ₽120 more, and it is ₽500 off.", id="any_goods",
        ),
        pytest.param(
            Missing(quantity=ONE), ForTheFewer(take=3, pay=2), Goods(products=("t1",), groups=("Кофе",)),
            "Добавьте «Кофе» или «Улун», ещё 1 шт., и ещё 1 единица будет бесплатной.",
            "Add “Кофе” or “Улун”, 1 unit more, and 1 more is free.", id="a_set",
        ),
        pytest.param(
            Missing(amount=100, quantity=1500), FixedPrice(price=Decimal(99)), TEA,
            "Добавьте «Чай» ещё на 1\u00a0₽, но не меньше чем 1,5 ед., и каждая единица будет стоить 99\u00a0₽.",
            "Add “Чай” for ₽1 more, not less than 1.5 units, and each costs ₽99.", id="both",
        ),
        pytest.param(
            Missing(amount=100), Gift(product="cup"), TEA, "Добавьте «Чай» ещё на 1\u00a0₽, и «Чашка» будет в подарок.",
            "Add “Чай” for ₽1 more, and “Чашка” is a gift.", id="gift",
        ),
        pytest.param(
            Missing(amount=100), SEAT, TEA, "Добавьте «Чай» ещё на 1\u00a0₽, и предложение сработает.",
            "Add “Чай” for ₽1 more, and the offer is given.", id="another",
        ),
    ],
)  # fmt: skip
def test_what_to_add_is_said(missing: Missing, gives: Any, goods: Goods, russian: str, english: str) -> None:
    terms = offer(gives, goods=goods, conditions=Conditions(sum_from=Decimal(1)))
    for language, said in (("ru", russian), ("en", english)):
        with spoken(language):
            assert to_add(missing, terms, WORDS) == said


def test_a_basket_without_lines_needs_no_order() -> None:
    with spoken("en"):
        assert order(Off(), Basket(), WORDS) == "Take nothing off."
