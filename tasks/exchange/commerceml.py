"""CommerceML 2.10 (1C): receipts read from its documents. Pure.

Names, order and kinds of operations are those of 1C's schema commerceml_2, version 2.10, as far as it could be read in
public (v8.1c.ru, and classes that others made of it; 2026-11-23). The schema knows no coupons: their codes and limits
stand in ЗначенияРеквизитов, which it leaves to both sides to agree on. Not tried with a live 1C.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from lxml import etree  # type: ignore[import-untyped]

from models.basket import ONE
from models.locale import mark
from models.reason import Reason, because
from tasks.exchange.receipts import BACK, SALE, Kept, Line, Taken, Trouble, Where, checked, identity, taken

ROOT, DOCUMENT = "КоммерческаяИнформация", "Документ"
KINDS = {"Отпуск товара": SALE, "Розничная продажа": SALE, "Возврат товара": BACK}
WHOLE_SHIFT = {"Отчет о розничных продажах", "Отчёт о розничных продажах"}
CODE_NAMES = {"купон", "код купона", "кодкупона", "промокод"}
SALE_NAMES = {"документоснование", "документ-основание", "продажа", "документ продажи"}
SALE_TILL_NAMES = {"кассапродажи", "касса продажи"}
TILL_NAMES, CARD_NAMES = {"касса", "ккм"}, {"карта", "дисконтная карта", "дисконтнаякарта"}
CASHIER_NAMES, LINE_NAMES = {"кассир"}, {"номерстрокипродажи", "номер строки продажи"}
DOCUMENTS_MOST, NUMBER_MOST = 100_000, 10**15
NOT_XML = mark("This is no XML: {detail}")
NOT_COMMERCEML = mark("The file is XML, but not CommerceML: it begins with “{tag}”.")
HAS_DOCTYPE = mark(
    "The file defines entities or a document type of its own. Such files are not read; write it without."
)
NO_FIELD = mark("The document has no “{name}”.")
BAD_FIELD = mark("“{value}” in “{name}” cannot be read.")
SHIFT = mark("A report of a whole shift tells of no single receipt: let the till write a document for each.")


class Unreadable(Exception):
    """Nothing of the file can be used; `is_cut`: it ends too early, as a file that is being written does."""

    def __init__(self, reason: Reason, is_cut: bool = False) -> None:
        super().__init__(reason.code)
        self.reason, self.is_cut = reason, is_cut


def parsed(data: bytes) -> Any:
    """The root of a document: no entities, no network, nothing huge. Raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        cut = not data.rstrip(b"\0 \t\r\n").endswith(b">") or _is_cut(data)
        raise Unreadable(because(NOT_XML, code="not_xml", detail=str(error)[:200]), cut) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise Unreadable(because(HAS_DOCTYPE, code="doctype"))
    if etree.QName(root).localname != ROOT:
        raise Unreadable(because(NOT_COMMERCEML, code="not_commerceml", tag=etree.QName(root).localname[:60]))
    return root


def _is_cut(data: bytes) -> bool:
    """Whether the end of the root is missing, in whatever encoding."""
    coding = next((name for name in ("utf-16-le", "utf-16-be") if "<".encode(name) in data[:6]), "")
    tail = data[-400:].decode(coding or "utf-8", errors="ignore") + data[-400:].decode("cp1251", errors="ignore")
    return re.search(rf"</([^<>]{{0,40}}:)?{ROOT}\s*>", tail) is None


def read_documents(data: bytes, outlet: str, zone: str, currency: str, kept: Kept = str) -> Taken:
    """What the documents of a file mean; other documents than receipts are passed over. Raises Unreadable."""
    lines: list[Line] = []
    troubles: list[tuple[str, Trouble]] = []
    number = 0
    for document in _documents(parsed(data)):
        number += 1
        kind = _text(document, "ХозОперация")
        row = document.sourceline or number
        if kind in WHOLE_SHIFT:
            troubles.append(("", Trouble(row, because(SHIFT, code="shift"))))
        elif kind in KINDS:
            _read(document, row, get_currency_precision(currency), lines, troubles, kept)
    return taken(lines, troubles, Where(outlet, zone, currency), number)


def _documents(root: Any) -> Iterator[Any]:
    """Documents at the root or in containers, as 2.10 puts them; not those that hang on others."""
    for child in root:
        if _name(child) == DOCUMENT:
            yield child
        elif _name(child) == "Контейнер":
            yield from (one for one in child if _name(one) == DOCUMENT)


class _Wrong(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def _read(
    document: Any, row: int, digits: int, lines: list[Line], troubles: list[tuple[str, Trouble]], kept: Kept
) -> None:
    what = KINDS[_text(document, "ХозОперация")]
    key = _text(document, "Ид")
    told = _told(document)
    till = next(iter(_values(told, TILL_NAMES)), "")
    try:
        read = _lines(document, told, what, row, digits)
        found = [replace(line, codes=tuple(map(kept, line.codes))) for line in read]
        wrong = next(((line.row, reason) for line in found if (reason := checked(line))), None)
        if wrong:
            raise _Wrong(wrong[1])
    except _Wrong as error:
        troubles.append((identity(till, what, key) if key else "", Trouble(row, error.reason)))
        return
    lines += found


def _lines(document: Any, told: Sequence[tuple[str, str]], what: str, row: int, digits: int) -> Iterator[Line]:
    head: dict[str, Any] = {
        "what": what, "key": _needed(document, "Ид"), "receipt": _text(document, "Номер"), "at": _moment(document),
        "till": next(iter(_values(told, TILL_NAMES)), ""), "cashier": next(iter(_values(told, CASHIER_NAMES)), ""),
        "card": next(iter(_values(told, CARD_NAMES)), ""), "sale": next(iter(_values(told, SALE_NAMES)), ""),
        "sale_till": next(iter(_values(told, SALE_TILL_NAMES)), ""),
    }  # fmt: skip
    codes = tuple(_values(told, CODE_NAMES))
    goods = [one for group in document if _name(group) == "Товары" for one in group if _name(one) == "Товар"]
    if not goods:
        yield Line(row=row, codes=codes, has_goods=False, **head)
    for n, one in enumerate(goods, start=1):
        mine = _told(one)
        of_line = tuple(_values(mine, CODE_NAMES))
        amount, off = _worth(one, digits)
        number = next(iter(_values(mine, LINE_NAMES)), "")
        yield Line(
            row=one.sourceline or row, n=n if what == SALE else int(number) if _is_number(number) else 0,
            codes=of_line or codes, product=_text(one, "Ид") or _text(one, "Артикул"), amount=amount, off=off,
            quantity=_decimal(one, "Количество", ONE, ONE), **head,
        )  # fmt: skip


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < len(text) < 5


def _worth(one: Any, digits: int) -> tuple[int, int | None]:
    """The sum before the discount, and the discount; None where the document tells of none.

    “Сумма” is after a discount that is УчтеноВСумме; where either is not said, price and quantity tell.
    """
    scale = 10**digits
    whole = _decimal(one, "ЦенаЗаЕдиницу", scale, 0) * _decimal(one, "Количество", ONE, ONE) // ONE
    is_said = bool(_text(one, "Сумма"))
    total = _decimal(one, "Сумма", scale, 0) if is_said else whole
    discounts = [d for group in one if _name(group) == "Скидки" for d in group if _name(d) == "Скидка"]
    off = sum(_decimal(d, "Сумма", scale, 0) for d in discounts)
    if not discounts:
        return total, None
    counted = {_text(d, "УчтеноВСумме").lower() for d in discounts}
    if is_said and counted <= {"true", "1"}:
        return total + off, off
    if not is_said or counted <= {"false", "0"}:
        return total, off
    return (total, off) if whole == total else (total + off, off)


def _told(node: Any) -> list[tuple[str, str]]:
    """What stands in ЗначенияРеквизитов: names in small letters, with each of their values."""
    found = []
    for group in node:
        if _name(group) in ("ЗначенияРеквизитов", "ДополнительныеЗначенияРеквизитов"):
            for one in group:
                name = _text(one, "Наименование").lower()
                found += [(name, (value.text or "").strip()) for value in one if _name(value) == "Значение"]
    return found


def _values(told: Sequence[tuple[str, str]], names: set[str]) -> list[str]:
    return [value for name, value in told if name in names and value]


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: Any, name: str) -> str:
    return next(((child.text or "").strip() for child in node if _name(child) == name), "")


def _needed(node: Any, name: str) -> str:
    value = _text(node, name)
    if not value:
        raise _Wrong(because(NO_FIELD, code="no_field", name=name))
    return value


def _moment(document: Any) -> datetime:
    day, time = _needed(document, "Дата"), _text(document, "Время") or "00:00:00"
    try:
        return datetime.fromisoformat(day if "T" in day else f"{day}T{time}")
    except ValueError:
        raise _Wrong(because(BAD_FIELD, code="bad_field", name="Дата", value=f"{day} {time}"[:40])) from None


def _decimal(node: Any, name: str, scale: int, absent: int) -> int:
    value = "".join(_text(node, name).split()).replace(",", ".")
    if not value:
        return absent
    try:
        read = Decimal(value) * scale if value.isascii() and len(value) < 30 else Decimal("NaN")
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or not 0 <= read <= NUMBER_MOST or read != read.to_integral_value():
        raise _Wrong(because(BAD_FIELD, code="bad_field", name=name, value=value[:40]))
    return int(read)
