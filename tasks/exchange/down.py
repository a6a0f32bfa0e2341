"""What goes down to tills: offers with their limits, and codes, as CSV and as CommerceML 2.10. Pure.

Columns keep their English names, whatever the language of the company: programs read them. Codes are one row each, made
as they come: there may be a million. CommerceML knows no coupons: see `commerceml`.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from unicodedata import category
from xml.sax.saxutils import escape

from models.company import Outlet
from models.offers import AmountOff, FixedPrice, ForTheFewer, Gift, OfferTerms, PercentOff, Points

OFFER_COLUMNS = (
    "offer", "version", "title", "kind", "percent", "amount", "most", "price", "take", "pay", "product", "quantity",
    "points", "first_day", "last_day", "weekdays", "hours_from", "hours_to", "products", "groups", "but_products",
    "but_groups", "which", "at_most", "sum_from", "quantity_from", "with_others", "rank", "base", "rounding",
    "rounded_to", "limit_total", "left_total", "limit_outlet", "per_code", "summary",
)  # fmt: skip
CODE_COLUMNS = ("code", "offer", "left", "good_until")
NAMESPACE, VERSION = "urn:1C.ru:commerceml_2", "2.10"
OPERATION, ROLE, RECEIVER = "Прочие", "Продавец", "Получатель"
ID_MOST, NAME_MOST, VALUE_MOST, COMMENT_MOST = 40, 255, 1000, 3000  # as the schema has them
LIST = "|"


@dataclass(frozen=True)
class Given:
    """An offer as it stands for one outlet; `left` is what is left of its whole number, None where it has none."""

    key: str
    version: str
    terms: OfferTerms
    summary: tuple[str, ...]
    left: int | None
    day: datetime


@dataclass(frozen=True)
class Code:
    """A code that may be used now; `left` is None where it may be any number of times."""

    code: str
    offer: str
    left: int | None
    good_until: datetime | None


def offers_csv(offers: Sequence[Given]) -> str:
    return _csv(OFFER_COLUMNS, [_offer(one) for one in offers])


def codes_csv(codes: Iterable[Code]) -> Iterator[str]:
    """Piece by piece, the heading first."""
    yield _csv(CODE_COLUMNS, [])
    for one in codes:
        until = one.good_until.isoformat(timespec="seconds") if one.good_until else ""
        yield _csv((), [(one.code, one.offer, "" if one.left is None else one.left, until)])


def _csv(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    if heading:
        writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()


def fields(one: Given) -> dict[str, object]:
    """An offer by the names of its columns; what it has not is empty."""
    terms, gives, asked = one.terms, one.terms.gives, one.terms.conditions
    found: dict[str, object] = {
        "offer": one.key, "version": one.version, "title": terms.title, "kind": gives.kind,
        "first_day": terms.first_day.isoformat(), "last_day": terms.last_day.isoformat(),
        "weekdays": LIST.join(map(str, asked.weekdays)), "hours_from": asked.hours_from or "",
        "hours_to": asked.hours_to or "", "products": LIST.join(terms.goods.products),
        "groups": LIST.join(terms.goods.groups), "but_products": LIST.join(terms.goods.but_products),
        "but_groups": LIST.join(terms.goods.but_groups), "which": terms.goods.which.value,
        "at_most": terms.goods.at_most or "", "base": terms.stacking.base.value, "sum_from": _plain(asked.sum_from),
        "quantity_from": asked.quantity_from or "", "with_others": int(not terms.stacking.exclusive),
        "rank": terms.stacking.rank, "rounding": terms.rounding.level.value, "rounded_to": _plain(terms.rounding.to),
        "limit_total": terms.limits.total or "", "left_total": "" if one.left is None else one.left,
        "limit_outlet": terms.limits.per_outlet or "", "per_code": terms.limits.per_code or "",
        "summary": " ".join(one.summary),
    }  # fmt: skip
    return found | _given(terms)


def _given(terms: OfferTerms) -> dict[str, object]:
    gives = terms.gives
    if isinstance(gives, PercentOff):
        return {"percent": _plain(gives.percent), "most": _plain(gives.most)}
    if isinstance(gives, AmountOff):
        return {"amount": _plain(gives.amount)}
    if isinstance(gives, FixedPrice):
        return {"price": f"{gives.price:f}"}
    if isinstance(gives, Gift):
        return {"product": gives.product, "quantity": gives.quantity}
    if isinstance(gives, ForTheFewer):
        return {"take": gives.take, "pay": gives.pay}
    return {"points": gives.points or "", "percent": _plain(gives.percent)} if isinstance(gives, Points) else {}


def _offer(one: Given) -> list[object]:
    found = fields(one)
    return [found.get(column, "") for column in OFFER_COLUMNS]


def _plain(amount: Decimal) -> str:
    return f"{amount:f}" if amount else ""


# CommerceML.


def documents(
    offers: Sequence[Given], outlet: Outlet, currency: str, made_at: datetime,
    codes_of: Callable[[str], Iterable[Code]], encoding: str,
) -> Iterator[str]:  # fmt: skip
    """Offers as documents of other operations, piece by piece: discounts in Скидки, the rest in ЗначенияРеквизитов."""
    stamp = made_at.strftime("%Y-%m-%dT%H:%M:%S")
    name = "windows-1251" if encoding == "cp1251" else "UTF-8"
    yield f'<?xml version="1.0" encoding="{name}"?>\n'
    yield f'<КоммерческаяИнформация xmlns="{NAMESPACE}" ВерсияСхемы="{VERSION}" ДатаФормирования="{stamp}">\n'
    for one in offers:
        yield from _document(one, outlet, currency, codes_of)
    yield "</КоммерческаяИнформация>\n"


def _document(one: Given, outlet: Outlet, currency: str, codes_of: Callable[[str], Iterable[Code]]) -> Iterator[str]:
    yield " <Документ>\n"
    yield f"  {_tag('Ид', _id(f'{one.key}#{one.version}'))}\n  {_tag('Номер', one.key)}\n"
    yield f"  {_tag('Дата', one.terms.first_day.isoformat())}\n  {_tag('ХозОперация', OPERATION)}\n"
    yield f"  {_tag('Роль', ROLE)}\n  {_tag('Валюта', currency)}\n  {_tag('Курс', '1')}\n  {_tag('Сумма', '0')}\n"
    yield f"  <Контрагенты><Контрагент>{_tag('Ид', _id(outlet.key))}{_tag('Наименование', outlet.name[:NAME_MOST])}"
    yield f"{_tag('ОфициальноеНаименование', outlet.name[:NAME_MOST])}{_tag('Роль', RECEIVER)}"
    yield "</Контрагент></Контрагенты>\n"
    yield f"  {_tag('Комментарий', ' '.join(one.summary)[:COMMENT_MOST])}\n"
    yield "".join(_discount(one.terms))
    yield f"  <Склады><Склад>{_tag('Ид', _id(outlet.key))}{_tag('Наименование', outlet.name[:NAME_MOST])}"
    yield "</Склад></Склады>\n"
    yield "  <ЗначенияРеквизитов>\n"
    for name, value in fields(one).items():
        if value not in ("", None) and name != "summary":
            yield f"   <ЗначениеРеквизита>{_tag('Наименование', name)}{_values(str(value))}</ЗначениеРеквизита>\n"
    yield from _codes(codes_of(one.key))
    yield "  </ЗначенияРеквизитов>\n </Документ>\n"


def _codes(codes: Iterable[Code]) -> Iterator[str]:
    begun = False
    for one in codes:
        if not begun:
            yield f"   <ЗначениеРеквизита>{_tag('Наименование', 'КодКупона')}\n"
        begun = True
        yield f"    {_tag('Значение', one.code)}\n"
    if begun:
        yield "   </ЗначениеРеквизита>\n"


def _values(value: str) -> str:
    """A value; a list that is too long for one goes on in the next."""
    parts, part = [], ""
    for item in value.split(LIST):
        longer = f"{part}{LIST}{item}" if part else item
        if part and len(longer) > VALUE_MOST:
            parts.append(part)
            longer = item
        part = longer
    return "".join(_tag("Значение", one[:VALUE_MOST]) for one in [*parts, part])


def _discount(terms: OfferTerms) -> Iterator[str]:
    gives = terms.gives
    if isinstance(gives, AmountOff | PercentOff):
        percent = gives.percent if isinstance(gives, PercentOff) else None
        amount = gives.amount if isinstance(gives, AmountOff) else Decimal(0)
        yield f"  <Скидки><Скидка>{_tag('Наименование', terms.title[:NAME_MOST])}{_tag('Сумма', f'{amount:f}')}"
        yield _tag("Процент", f"{percent:f}") if percent is not None else ""
        yield f"{_tag('УчтеноВСумме', 'false')}</Скидка></Скидки>\n"


def _id(said: str) -> str:
    """An id as the schema takes it: a longer one is known by its print."""
    return said if len(said) <= ID_MOST else sha256(said.encode()).hexdigest()[:ID_MOST]


def _tag(name: str, value: object) -> str:
    text = str(value)
    return f"<{name}>{escape(text if text.isprintable() else _plain_text(text))}</{name}>"


def _plain_text(text: str) -> str:
    """Without signs that XML does not take."""
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) not in ("Cc", "Cs", "Cn"))
