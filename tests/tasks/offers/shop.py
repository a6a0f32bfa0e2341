"""A small shop to try offers in, and what Hypothesis may draw of it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from models.basket import ONE, Basket, BasketLine, Buyer, Place
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
from tasks.offers.checking import Known
from tasks.offers.goods import Assortment

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
NOON = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)  # noon in Moscow, a Thursday
HERE = Place(outlet="center", zone="Europe/Moscow", channel="till", at=NOON)
ANYONE = Buyer()
SHOP = Assortment(above={"Улун": ("Чай",), "Пуэр": ("Чай",)}, currency="RUB")
KNOWN = Known(
    outlets=("center", "omsk"), product_groups=("Чай", "Кофе"), customer_groups=("vip",), products=("t1", "t9", "cup"),
    channels=("till", "site"), funds=("operating",), campaigns=("winter",), goals=("sales",),
)  # fmt: skip
PRODUCTS = {"t1": "Улун", "t2": "Пуэр", "c1": "Кофе", "cup": "Посуда", "": ""}


def line(n: int, amount: int, quantity: int = ONE, product: str = "t1", group: str | None = None) -> BasketLine:
    product_group = PRODUCTS.get(product, "") if group is None else group
    return BasketLine(n=n, product=product, product_group=product_group, quantity=quantity, amount=amount)


def basket(*lines: BasketLine) -> Basket:
    return Basket(lines=lines)


def of_amounts(*amounts: int) -> Basket:
    """A unit of a different product at each price."""
    return basket(*(line(n, amount, product=f"p{n}", group="Чай") for n, amount in enumerate(amounts, 1)))


def offer(gives: Any, **terms: Any) -> OfferTerms:
    return OfferTerms(**{"title": "Чай зимой", "gives": gives, "first_day": FIRST, "last_day": LAST} | terms)


PERCENTS = st.decimals("0.01", "100", places=2)
AMOUNTS = st.decimals("0.01", "500", places=2)
SUMS = st.sampled_from(["0", "0", "0", "1", "5.50", "300"]).map(Decimal)
FEWER = st.integers(2, 6).flatmap(lambda take: st.builds(ForTheFewer, take=st.just(take), pay=st.integers(1, take - 1)))
MONEY_OFF = st.one_of(
    st.builds(PercentOff, percent=PERCENTS, most=SUMS),
    st.builds(AmountOff, amount=AMOUNTS),
    st.builds(FixedPrice, price=SUMS),
    FEWER,
    st.builds(Gift, product=st.sampled_from(["t1", "cup"]), quantity=st.integers(1, 3)),
)
SITTINGS = st.lists(
    st.builds(
        Sitting,
        outlet=st.sampled_from(["center", "omsk"]),
        at=st.builds(datetime.combine, st.dates(FIRST, LAST), st.sampled_from([time(9), time(18, 30)])),
        seats=st.integers(3, 50),
    ),
    min_size=1, max_size=3, unique_by=lambda one: (one.outlet, one.at),
).map(tuple)  # fmt: skip
ANY_GIFT = st.one_of(
    MONEY_OFF,
    st.just(FreeDelivery()),
    st.builds(Points, points=st.integers(1, 500)),
    st.builds(Points, percent=PERCENTS),
    st.builds(Invitation, sittings=SITTINGS, guests=st.integers(1, 3)),
)
ROUNDINGS = st.builds(
    Rounding,
    level=st.sampled_from(RoundingLevel),
    to=st.sampled_from(["0.01", "0.05", "0.50", "1", "10"]).map(Decimal),
    split=st.sampled_from(Split),
)


def some(words: Any) -> Any:
    return st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple)


GOODS = st.builds(
    Goods, products=some(["t1", "c1"]), groups=some(["Чай", "Пуэр", "Посуда"]), but_products=some(["t2"]),
    but_groups=some(["Кофе"]), which=st.sampled_from(Which), at_most=st.sampled_from([0, 0, 1, 2, 5]),
)  # fmt: skip
CLOCKS = st.sampled_from([None, time(0, 0), time(2, 0), time(10, 0), time(18, 30), time(22, 0, 30)])
CONDITIONS = st.builds(
    Conditions, sum_from=SUMS, quantity_from=st.sampled_from([0, 0, 1, 2]), customer_groups=some(["sleeping", "vip"]),
    but_customer_groups=some(["staff"]), outlets=some(["center", "omsk"]), channels=some(["till", "site"]),
    weekdays=st.lists(st.integers(1, 7), max_size=7, unique=True).map(tuple), hours_from=CLOCKS, hours_to=CLOCKS,
    first_purchase=st.booleans(),
)  # fmt: skip
LIMITS = st.builds(
    Limits, total=st.sampled_from([0, 100, 200]), per_code=st.integers(0, 2), per_customer=st.integers(0, 3),
    per_period=st.integers(0, 2), period_days=st.sampled_from([0, 7]), per_outlet=st.sampled_from([0, 50]),
    units=st.sampled_from([0, 10, 20]), budget=st.sampled_from(["0", "1000.50", "5000"]).map(Decimal),
)  # fmt: skip
STACKINGS = st.builds(Stacking, rank=st.integers(0, 3), exclusive=st.booleans(), base=st.sampled_from(Base))
PRINTED = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=10)
TITLES = PRINTED.map(lambda text: f"Чай: {text}")
CODES = st.builds(
    CodeRules, kind=st.sampled_from(CodeKind), word=PRINTED, charset=st.sampled_from(["letters_and_digits", "digits"]),
    length=st.integers(4, 32), prefix=PRINTED, pattern=PRINTED, groups_of=st.integers(0, 4), check_sign=st.booleans(),
)  # fmt: skip
DAYS = st.dates(date(2026, 11, 20), date(2027, 1, 10))
MONEY_TERMS = st.builds(
    OfferTerms, title=st.just("Чай"), gives=MONEY_OFF, goods=GOODS, rounding=ROUNDINGS, first_day=st.just(FIRST),
    last_day=st.just(LAST), stacking=STACKINGS,
)  # fmt: skip
ANY_TERMS = st.builds(
    OfferTerms, title=TITLES, gives=ANY_GIFT, goods=GOODS, conditions=CONDITIONS, limits=LIMITS, first_day=DAYS,
    last_day=DAYS, stacking=STACKINGS, rounding=ROUNDINGS, codes=CODES, return_days=st.integers(0, 60), paid_by=PRINTED,
    fund=PRINTED, campaign=PRINTED, goal=PRINTED, control_percent=st.integers(0, 50),
)  # fmt: skip


def sound(terms: OfferTerms) -> OfferTerms:
    """The terms without what most often contradicts: most of them can be approved then."""
    goods, codes = terms.goods, terms.codes
    which = goods.which if goods.at_most else Which.ALL
    length = terms.limits.per_period and 7
    generic = codes.kind is CodeKind.GENERIC
    word = ("ЧАЙ 2026" if codes.word.strip() else "TEA") if generic else ""
    looks = {"prefix": codes.prefix and "ЧАЙ", "pattern": codes.pattern and "TEA-####"}
    first, last = sorted((terms.first_day, terms.last_day))
    money, gift = terms.gives.kind in ("percent", "amount", "fixed_price", "n_for_m"), terms.gives.kind == "gift"
    uncounted = ({} if money else {"budget": Decimal(0)}) | ({} if money or gift else {"units": 0})
    everybody = {} if codes.kind is CodeKind.UNIQUE else {"control_percent": 0}
    inside: dict[str, Any] = {}
    if terms.gives.kind == "invitation":
        always = {"weekdays": (), "hours_from": None, "hours_to": None}
        inside = {
            "first_day": FIRST, "last_day": LAST, "conditions": terms.conditions.model_copy(update=always)
        }  # fmt: skip
    return terms.model_copy(
        update={
            "first_day": first, "last_day": last, **inside, **everybody,
            "goods": goods.model_copy(update={"which": which, "but_groups": ()}),
            "codes": codes.model_copy(update={"word": word, **looks}),
            "limits": terms.limits.model_copy(
                update={"period_days": length, "per_customer": 0, **uncounted, **({"per_code": 0} if generic else {})}
            ),
        }
    )  # fmt: skip


SOUND_TERMS = ANY_TERMS.map(sound)

QUANTITIES = st.one_of(st.integers(1, 6).map(lambda n: n * ONE), st.integers(1, 5_000))
LINES = st.tuples(st.sampled_from([*PRODUCTS]), QUANTITIES, st.one_of(st.integers(0, 300), st.integers(0, 1_000_000)))


@st.composite
def baskets(draw: Any, most: int = 8) -> Basket:
    drawn = draw(st.lists(LINES, max_size=most))
    return basket(*(line(n, amount, quantity, product) for n, (product, quantity, amount) in enumerate(drawn, 1)))


BUYERS = st.builds(
    Buyer, customer=st.sampled_from([None, 7]), first=st.sampled_from([None, True, False]),
    groups=st.frozensets(st.sampled_from(["sleeping", "vip", "staff"]), max_size=2),
)  # fmt: skip
PLACES = st.builds(
    Place, outlet=st.sampled_from(["center", "omsk"]), zone=st.sampled_from(["Europe/Moscow", "Asia/Omsk"]),
    channel=st.sampled_from(["till", "site"]),
    at=st.integers(-16 * 24 * 60, 27 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
)  # fmt: skip
