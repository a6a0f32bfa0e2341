"""The columns of a table of purchases, recognised in Russian and English, in any order. Pure."""

from collections.abc import Mapping, Sequence

from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.content.columns import tidy

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "receipt": ("чек", "номер чека", "№ чека", "receipt", "check", "заказ", "номер заказа", "№ заказа", "order"),
    "code": ("код клиента", "customer id", "id клиента", "карта", "номер карты", "card", "customer", "клиент"),
    "phone": ("телефон", "телефон клиента", "phone"),
    "email": ("почта", "почта клиента", "email", "e-mail"),
    "on": ("дата", "дата покупки", "дата чека", "дата и время", "date"),
    "at": ("время", "time"),
    "amount": ("сумма", "итого", "стоимость", "amount", "total", "sum"),
    "price": ("цена", "price"),
    "quantity": ("количество", "кол-во", "quantity", "qty"),
    "product": ("товар", "артикул", "код товара", "product", "sku"),
    "product_group": ("товарная группа", "категория", "группа товаров", "product group", "category"),
    "outlet": ("точка", "магазин", "торговая точка", "касса", "outlet", "shop", "store"),
}  # fmt: skip
BY_NAME = {tidy(name): column for column, names in HEADINGS.items() for name in names}
NEEDED = ((("on",), mark("the date")), (("amount", "price"), mark("the amount")))
NO_COLUMN = mark("There is no column that says {what}. Add one.")
TWICE = mark("Two columns say the same: “{first}” and “{second}”. Delete one, or rename it.")


def column_of(heading: str) -> str:
    """The column a heading names; empty where it names none."""
    return BY_NAME.get(tidy(heading), "")


def places(header: Sequence[str]) -> tuple[dict[str, int], Reason]:
    """Where each column stands, and what makes the table unusable."""
    at: dict[str, int] = {}
    for place, heading in enumerate(header):
        column = column_of(heading)
        if column in at:
            return at, because(TWICE, code="twice", first=header[at[column]], second=heading)
        if column:
            at[column] = place
    missing = [what for columns, what in NEEDED if not any(column in at for column in columns)]
    return at, because(NO_COLUMN, code="no_column", what=because(missing[0])) if missing else NO_REASON
