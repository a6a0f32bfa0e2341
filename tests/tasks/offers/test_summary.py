"""The summary that is approved: right in both languages, and nothing that has an effect is left unsaid."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from models.locale import spoken
from models.offers import (
    AmountOff,
    Base,
    CodeKind,
    CodeRules,
    Conditions,
    FixedPrice,
    ForTheFewer,
    FreeDelivery,
    Gift,
    Goods,
    Invitation,
    Limits,
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
from tasks.offers.bearer import said_to_bearer
from tasks.offers.summary import summary
from tasks.offers.wording import Words
from tasks.trade.instruction import for_outlets
from tests.depth import examples
from tests.tasks.offers import shop
from tests.tasks.offers.shop import offer

WORDS = Words(
    products={"cup": "Чашка"}, outlets={"center": "Центр"}, customer_groups={"vip": "Лучшие"},
    channels={"site": "сайт"}, funds={"operating": "Операционный"}, campaigns={"winter": "Зима"},
    goals={"sales": "Продажи"},
)  # fmt: skip
SEATS = Sitting.model_validate({"outlet": "center", "at": "2026-12-10T18:00", "seats": 21})
WHOLE = offer(
    PercentOff(percent=Decimal("7.5"), most=Decimal("500.50")),
    goods=Goods(groups=("Чай",), products=("cup",), but_products=("t9",), which=Which.CHEAPEST, at_most=2),
    conditions=Conditions(
        sum_from=Decimal(1000), quantity_from=3, customer_groups=("vip",), but_customer_groups=("staff",),
        outlets=("center",), channels=("site",), weekdays=(5, 6), hours_from=time(22), hours_to=time(2),
        first_purchase=True,
    ),
    limits=Limits(
        total=1000, per_code=1, per_customer=4, per_period=2, period_days=7, per_outlet=21, units=300,
        budget=Decimal(100_000),
    ),
    stacking=Stacking(rank=5, exclusive=True, base=Base.INITIAL),
    rounding=Rounding(level=RoundingLevel.ORDER, to=Decimal(1), split=Split.LARGEST),
    codes=CodeRules(prefix="TEA", groups_of=4, check_sign=False),
    return_days=1, paid_by="Чайная фабрика", fund="operating", campaign="winter", goal="sales",
)  # fmt: skip

RUSSIAN = """\
«Чай зимой».
Скидка 7,5 %, но не больше 500,50 ₽ на чек.
Товары: группа «Чай» целиком и товар «Чашка», кроме: товар «t9».
Только на самые дешёвые из них: не больше 2 единиц в чеке.
Только если этих товаров в чеке на 1 000 ₽ или больше.
Только если этих товаров в чеке 3 единицы или больше.
Только для клиентов из групп: «Лучшие».
Не для клиентов из групп: «staff».
Только на первую покупку клиента.
Только в точках: «Центр».
Только для покупок через: «сайт».
С 1 декабря 2026 по 31 декабря 2026 включительно, по часам каждой точки.
Только по дням: пятница и суббота.
Только с 22:00 до 02:00 следующего дня; ночь относится к тому дню, в который началась.
Всего не больше 1 000 применений.
Код действует 1 раз.
Не больше 4 применений на клиента.
Не больше 2 применений на клиента за период; период — 7 дней, считая с 1 декабря 2026.
Не больше 21 применения в одной точке.
Всего со скидкой не больше 300 единиц товара.
Все скидки вместе: не больше 100 000 ₽.
С другими предложениями не сочетается.
Место среди предложений в одном чеке — 5; меньшее применяется раньше.
Считается от первоначальной цены, что бы ни сняли другие предложения.
Процент округляется по всему чеку, до 1 ₽.
Неделимый остаток достаётся строкам с наибольшими остатками.
У каждого получателя свой код.
В коде 9 случайных знаков.
Код начинается с TEA.
Дефис стоит через каждые 4 знака.
Случайные знаки — буквы и цифры.
Контрольного знака нет.
При возврате покупки в течение 1 дня купон снова действует.
Платит: Чайная фабрика.
Относится на фонд «Операционный».
Акция: «Зима».
Цель: «Продажи».
Для сравнения 10 % получателей остаются без купона."""

ENGLISH = """\
“Чай зимой”.
A discount of 7.5%, but at most ₽500.50 a receipt.
Goods: the group “Чай” with all below it and the product “Чашка”, but not the product “t9”.
Only for the cheapest of them: at most 2 units a receipt.
Only where these goods come to ₽1,000 or more.
Only where there are 3 units of these goods or more.
Only for customers in: “Лучшие”.
Not for customers in: “staff”.
Only for a customer's first purchase.
Only in: “Центр”.
Only for what is bought through: “сайт”.
From 1 December 2026 to 31 December 2026, both days included, by each outlet's clock.
Only on: Friday and Saturday.
Only from 22:00 to 02:00 of the next day; the night counts as the day on which it begins.
At most 1,000 uses in all.
A code works 1 time.
At most 4 uses a customer.
At most 2 uses a customer in every 7 days, counted from 1 December 2026.
At most 21 uses in one outlet.
At most 300 discounted units in all.
All discounts together: at most ₽100,000.
It goes with no other offer.
Its place among offers on one receipt is 5; the lower comes first.
It is counted on the first price, whatever other offers took off.
A percentage is rounded for the whole receipt, to ₽1.
What cannot be split evenly goes to the lines with the largest remainders.
A code of their own for each recipient.
A code has 9 drawn signs.
It begins with TEA.
A hyphen stands after every 4 signs.
The drawn signs are letters and digits.
There is no check sign.
A purchase brought back within 1 day gives the coupon back.
Paid by: Чайная фабрика.
Charged to the fund “Операционный”.
Campaign: “Зима”.
Goal: “Продажи”.
10% of the recipients get no coupon, to compare with."""


def said(terms: OfferTerms, language: str = "ru") -> str:
    with spoken(language):
        return "\n".join(summary(terms, WORDS)).replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "expected"), [("ru", RUSSIAN), ("en", ENGLISH)])
def test_the_whole_of_an_offer_is_said(language: str, expected: str) -> None:
    assert said(WHOLE, language) == expected


@pytest.mark.parametrize(
    ("gives", "russian", "english"),
    [
        pytest.param(PercentOff(percent=Decimal(10)), "Скидка 10 %.", "A discount of 10%.", id="percent"),
        pytest.param(
            AmountOff(amount=Decimal(1500)), "Скидка 1 500 ₽ на все эти товары вместе.",
            "A discount of ₽1,500 on the goods together.", id="amount",
        ),
        pytest.param(
            FixedPrice(price=Decimal("99.90")), "Каждая единица — за 99,90 ₽; что уже дешевле, остаётся как есть.",
            "Each unit costs ₽99.90; what is cheaper already stays as it is.", id="fixed_price",
        ),
        pytest.param(
            Gift(product="cup", quantity=2), "Подарок: «Чашка» (2 шт.).", "A gift: “Чашка”, 2 units.", id="gift"
        ),
        pytest.param(
            ForTheFewer(take=3, pay=2),
            "3 по цене 2: наборы складываются начиная с самых дорогих товаров, и в каждом самые дешёвые бесплатны.",
            "3 for the price of 2: sets are put together from the dearest goods down, and in each the cheapest cost "
            "nothing.", id="n_for_m",
        ),
        pytest.param(FreeDelivery(), "Доставка бесплатная.", "Delivery costs nothing.", id="delivery"),
        pytest.param(Points(points=21), "21 балл на карту.", "21 points on the card.", id="points"),
        pytest.param(
            Points(percent=Decimal(5)), "Баллы на карту: 5 % от оплаченного за товары, только целыми баллами.",
            "Points on the card: 5% of what is paid for the goods, whole points only.", id="points_of_the_paid",
        ),
        pytest.param(
            Invitation(sittings=(SEATS,), guests=2),
            "Приглашение до 2 человек.\nЦентр, 10 декабря 2026, 18:00: 21 место.",
            "An invitation for up to 2 persons.\nЦентр, 10 December 2026, 18:00: 21 seats.", id="invitation",
        ),
    ],
)  # fmt: skip
def test_every_kind_is_said(gives: Any, russian: str, english: str) -> None:
    for language, expected in (("ru", russian), ("en", english)):
        assert f"\n{expected}\n" in said(offer(gives), language)


@pytest.mark.parametrize(("language", "warning"), [("en", "Nobody can answer"), ("ru", "Ответить на это приглашение")])
def test_an_invitation_that_nobody_can_answer_says_so(language: str, warning: str) -> None:
    word, party = CodeRules(kind=CodeKind.GENERIC, word="ПРАЗДНИК"), Invitation(sittings=(SEATS,))
    with spoken(language):
        assert warning in " ".join(summary(offer(party, codes=word)))
        assert warning not in " ".join((*summary(offer(party)), *summary(offer(FreeDelivery(), codes=word))))
        assert warning not in " ".join(for_outlets(offer(party, codes=word), WORDS)), "outlets do not issue codes"


def test_a_plain_offer_says_what_is_not_restricted() -> None:
    terms = offer(FreeDelivery(), limits=Limits(per_code=0), control_percent=0, return_days=0)
    for line in (
        "Товары: все.", "Для всех клиентов.", "Во всех торговых точках.", "Общее число применений не ограничено.",
        "Код действует любое число раз.", "Сочетается с другими предложениями.",
        "При возврате покупки купон не возвращается.", "Купон получают все; сравнивать результат будет не с кем.",
    ):  # fmt: skip
        assert line in said(terms).split("\n")


def test_an_offer_of_one_day_says_the_day_once() -> None:
    terms = offer(FreeDelivery(), last_day=shop.FIRST)
    assert "Только 1 декабря 2026, по часам каждой точки." in said(terms).split("\n")


GENERIC = WHOLE.model_copy(update={"codes": CodeRules(kind=CodeKind.GENERIC, word="TEA")})
PATTERN = WHOLE.model_copy(update={"codes": CodeRules(pattern="TEA-####")})
ANOTHER: dict[str, Any] = {
    "title": "Кофе", "gives.percent": Decimal(8), "gives.most": Decimal(0), "goods.products": (), "goods.groups": (),
    "goods.but_products": (), "goods.but_groups": ("Кофе",), "goods.which": Which.DEAREST, "goods.at_most": 0,
    "conditions.sum_from": Decimal("1000.01"), "conditions.quantity_from": 4, "conditions.customer_groups": ("x",),
    "conditions.but_customer_groups": (), "conditions.outlets": (), "conditions.channels": ("till",),
    "conditions.weekdays": (5,), "conditions.hours_from": time(22, 0, 1), "conditions.hours_to": None,
    "conditions.first_purchase": False, "limits.total": 0, "limits.per_code": 2, "limits.per_customer": 5,
    "limits.per_period": 1, "limits.period_days": 8, "limits.per_outlet": 22, "limits.units": 301,
    "limits.budget": Decimal("100000.01"), "first_day": date(2026, 12, 2), "last_day": date(2027, 12, 31),
    "stacking.rank": 6, "stacking.exclusive": False, "stacking.base": Base.LEFT,
    "rounding.level": RoundingLevel.UNIT, "rounding.to": Decimal("0.1"), "rounding.split": Split.LAST,
    "codes.kind": CodeKind.IMPORTED, "codes.charset": "digits", "codes.length": 10, "codes.prefix": "",
    "codes.groups_of": 5, "codes.check_sign": True, "return_days": 0, "paid_by": "", "fund": "other", "campaign": "",
    "goal": "x", "control_percent": 11,
}  # fmt: skip
ELSEWHERE = {"codes.word": (GENERIC, "COFFEE"), "codes.pattern": (PATTERN, "TEA-###")}


def leaves(model: BaseModel, path: str = "") -> set[str]:
    found = set()
    for name, value in model:
        inner = isinstance(value, BaseModel)
        found |= leaves(value, f"{path}{name}.") if inner else {f"{path}{name}"}
    return found - {"gives.kind"}


def changed(terms: OfferTerms, path: str, value: Any) -> OfferTerms:
    outer, _, inner = path.partition(".")
    if not inner:
        return terms.model_copy(update={outer: value})
    return terms.model_copy(update={outer: getattr(terms, outer).model_copy(update={inner: value})})


def test_every_field_of_the_terms_is_tried() -> None:
    assert leaves(WHOLE) == {*ANOTHER, *ELSEWHERE}


@pytest.mark.parametrize("path", sorted({*ANOTHER, *ELSEWHERE}))
def test_whatever_changes_the_offer_changes_its_summary(path: str) -> None:
    terms, value = ELSEWHERE.get(path) or (WHOLE, ANOTHER[path])
    for language in ("ru", "en"):
        assert said(changed(terms, path, value), language) != said(terms, language)


@settings(max_examples=examples(60, 2000), deadline=None)
@given(shop.ANY_TERMS)
def test_every_offer_is_said_in_whole_sentences(terms: OfferTerms) -> None:
    """Drawn offers hold only Russian names: what is Latin in a Russian summary was not translated."""
    bare = terms.model_copy(update={"paid_by": "", "fund": "", "campaign": "", "goal": "", "codes": CodeRules()})
    for language in ("ru", "en"):
        with spoken(language):
            lines = summary(bare.model_copy(update={"title": "Чай"}), WORDS)
        assert all(line.endswith(".") and "{" not in line and "..." not in line for line in lines)
        if language == "ru":
            assert not [line for line in lines if re.search("[a-z]{4}", re.sub("«[^»]*»|omsk|till|t1|t2|c1", "", line))]


def test_of_an_invitation_nothing_is_said_that_it_has_not() -> None:
    """Its sittings name the outlets; nothing is rounded, and nothing needs to be bought unless it says so."""
    invitation = offer(Invitation(sittings=(SEATS,)), codes=CodeRules())
    with spoken("en"):
        said = " ".join(summary(invitation, WORDS))
        assert "Центр" in said and not re.search("In all outlets|Goods|round|split|remainder", said)
        bought = invitation.model_copy(update={"conditions": Conditions(sum_from=Decimal(500))})
        assert "Goods: all." in summary(bought, WORDS) and "Goods: all." not in said_to_bearer(invitation, WORDS)
