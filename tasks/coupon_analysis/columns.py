"""The columns of a stranger's tables of coupons and redemptions, recognised in Russian and English, in any order. Pure.

Coupons: a row for each code that was given to somebody: code, offer, client, date given, last day, uses, delivered,
viewed, group (coupon or control; a row of the control group needs no code). Redemptions: a row for each use: code,
date, time, offer, client, outlet, cashier, receipt, discount (of the whole use; where a use stands in several rows, a
row for each product, of each row). Costs of goods: product, cost of a unit. Purchases have the columns of the table of
purchases (`tasks.purchases.columns`).
"""

from collections.abc import Mapping, Sequence

from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.content.columns import tidy
from tasks.purchases.columns import NO_COLUMN, TWICE

Headings = Mapping[str, tuple[str, ...]]
CODE = ("код", "купон", "код купона", "номер купона", "промокод", "code", "coupon", "coupon code", "promo code",
        "coupon upc", "coupon_upc")  # fmt: skip
OFFER = ("предложение", "акция", "кампания", "offer", "campaign", "campaign id", "campaign_id", "campaign_key")
CUSTOMER = ("клиент", "код клиента", "карта", "номер карты", "customer", "customer id", "card", "household",
            "household id", "household_id", "household_key")  # fmt: skip
OUTLET = ("точка", "магазин", "торговая точка", "касса", "outlet", "shop", "store", "store id", "store_id")
PRODUCT = ("товар", "артикул", "код товара", "product", "sku", "product id", "product_id")

COUPONS: Headings = {
    "code": CODE, "offer": OFFER, "customer": CUSTOMER,
    "on": ("выдан", "дата выдачи", "дата", "начало", "issued", "issued on", "date", "start date", "start_date"),
    "at": ("время", "время выдачи", "time"),
    "ends": ("действует до", "последний день", "окончание", "valid until", "last day", "end date", "end_date"),
    "most": ("использований", "число использований", "uses", "max uses"),
    "delivered": ("доставлен", "доставлено", "delivered"),
    "viewed": ("просмотрен", "открыт", "viewed", "opened"),
    "arm": ("группа сравнения", "группа", "arm", "group", "test group"),
    "product": PRODUCT,
}  # fmt: skip
REDEMPTIONS: Headings = {
    "code": CODE, "offer": OFFER, "customer": CUSTOMER, "outlet": OUTLET, "product": PRODUCT,
    "on": ("погашен", "дата погашения", "дата", "дата и время", "redeemed", "redeemed on", "date", "redemption date",
           "redemption_date"),
    "at": ("время", "время погашения", "time"),
    "cashier": ("кассир", "cashier"),
    "receipt": ("чек", "номер чека", "№ чека", "receipt", "check", "basket id", "basket_id"),
    "amount": ("скидка", "сумма скидки", "discount", "discount amount", "face value"),
}  # fmt: skip
COSTS: Headings = {
    "product": PRODUCT,
    "cost": ("себестоимость", "закупочная цена", "закупка", "cost", "unit cost", "purchase price"),
}  # fmt: skip
NEEDED: Mapping[int, Sequence[tuple[str, str]]] = {
    id(COUPONS): (("code", mark("the code of the coupon")), ("on", mark("the date it was given"))),
    id(REDEMPTIONS): (("code", mark("the code of the coupon")), ("on", mark("the date"))),
    id(COSTS): (("product", mark("the product")), ("cost", mark("the cost of a unit"))),
}


def column_of(heading: str, headings: Headings) -> str:
    """The column a heading names; empty where it names none."""
    told = tidy(heading)
    return next((column for column, names in headings.items() if told in map(tidy, names)), "")


def places(header: Sequence[str], headings: Headings) -> tuple[dict[str, int], Reason]:
    """Where each column stands, and what makes the table unusable."""
    at: dict[str, int] = {}
    for place, heading in enumerate(header):
        column = column_of(heading, headings)
        if column in at:
            return at, because(TWICE, code="twice", first=header[at[column]], second=heading)
        if column:
            at[column] = place
    missing = [what for column, what in NEEDED[id(headings)] if column not in at]
    return at, because(NO_COLUMN, code="no_column", what=because(missing[0])) if missing else NO_REASON
