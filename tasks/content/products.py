"""The shop's product feed (YML), from bytes to offers. Pure.

Elements by the format's page (yandex.com/support/marketplace/assortment/auto/yml, read 2026-11); windows-1251 too.
"""

import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from models.content import Effect, Found, Offer, Place, Problem
from models.locale import mark
from models.reason import Reason, because
from models.written import minor_units
from tasks.content.feeds import web
from tasks.content.plain import one_line, plain

OFFERS_MAX = 100_000
BYTES_MAX = 100_000_000
DEPTH_MAX = 30
PRICE_MAX = Decimal(10) ** 12
TEXT_MAX = 5_000

NOT_YML = mark("This is not a product feed (YML): there is no <yml_catalog> in it. Check the address or the file.")
HTML = mark("This is a web page, not a product feed. Take the address of the YML feed from the shop's settings.")
ENTITIES = mark("The feed declares entities of its own, and such feeds are not read. Have the shop's export mended.")
TOO_LARGE = mark("The feed has {size} MB, more than {limit} MB. Leave out of the export what is not sold.")
BROKEN = mark("The feed breaks off here: {detail}. Nothing of it was taken. Have the shop make the export again.")
OTHER_ENCODING = mark("The feed says it is in {said} but is in windows-1251. It was read so: mend the first line.")
NO_OFFERS = mark("There is not one product in the feed. Check the settings of the shop's export.")
TOO_MANY = mark(
    "The feed has more than {limit} products; the first ones were taken. Leave out of the export what is not sold."
)
NO_ID = mark("The product has no id and was left out. Give it one in the shop.")
SAME_ID = mark("The id {id} already stands in line {line}. The first was taken; give this product its own id.")
NO_NAME = mark("The product has no name and was left out. Name it in the shop.")
BAD_PRICE = mark(
    "The price “{value}” is not a number above zero, and the product was left out. Correct it in the shop."
)
BAD_OLD_PRICE = mark("The old price “{value}” is not above the price and is not shown. Correct it in the shop.")
NO_CATEGORY = mark(
    "There is no category “{value}” in the feed. The product stands outside them: add the category to the export."
)


def read_products(data: bytes, file: str, currency: str) -> Found[Offer]:
    """Read every offer; `currency` is meant where the feed names none. What breaks off STOPS: absent is not gone."""
    if reason := _refusal(data):
        return Found((), (Problem(place=Place(file=file), reason=reason, effect=Effect.STOPS),))
    encoding, notes = _encoding(data, file)
    try:
        offers, problems = _read(data, file, currency, encoding)
    except etree.XMLSyntaxError as error:
        reason = because(BROKEN, code="broken", detail=str(error.msg).split(", line")[0])
        return Found((), (Problem(place=Place(file=file, line=error.lineno or 0), reason=reason, effect=Effect.STOPS),))
    if not offers and not problems:
        problems = [Problem(place=Place(file=file), reason=because(NO_OFFERS, code="no_offers"), effect=Effect.STOPS)]
    return Found(tuple(offers), (*notes, *problems))


def _refusal(data: bytes) -> Reason | None:
    head = data[:200_000].replace(b"\0", b"").lower()
    root = head.find(b"<yml_catalog")
    if len(data) > BYTES_MAX:
        return because(TOO_LARGE, code="too_large", size=len(data) // 1_000_000, limit=BYTES_MAX // 1_000_000)
    if b"<!entity" in (head[:root] if root >= 0 else head):
        return because(ENTITIES, code="entities")
    if root < 0:
        return (
            because(HTML, code="html")
            if re.search(rb"<html|<!doctype html", head)
            else because(NOT_YML, code="not_yml")
        )
    return None


def _encoding(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The encoding to read by where the one the feed declares is not the one it is in."""
    said = re.search(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=[\"']([\w-]+)", data[:200])
    declared = said[1].decode().lower() if said else "utf-8"
    if declared not in ("utf-8", "utf8") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        reason = because(OTHER_ENCODING, code="other_encoding", said=declared)
        return "windows-1251", [Problem(place=Place(file=file, line=1), reason=reason, effect=Effect.NOTE)]
    return None, []


def _elements(data: bytes, encoding: str | None) -> Iterator[Any]:
    """Categories and offers as they end, each forgotten when the next is asked for; nothing is loaded or expanded."""
    found = etree.iterparse(
        io.BytesIO(data), events=("end",), tag=("category", "offer"), encoding=encoding,
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
    )  # fmt: skip
    for _, element in found:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _read(data: bytes, file: str, currency: str, encoding: str | None) -> tuple[list[Offer], list[Problem]]:
    categories: dict[str, tuple[str, str]] = {}
    offers: dict[str, tuple[Offer, int]] = {}
    problems: list[Problem] = []
    for element in _elements(data, encoding):
        if element.tag == "category":
            categories[element.get("id", "")] = (one_line(_inside(element)), element.get("parentId", ""))
            continue
        if len(offers) >= OFFERS_MAX:
            problems.append(_problem(element, file, "", because(TOO_MANY, code="too_many", limit=OFFERS_MAX)))
            break
        offer, found = _offer(element, file, currency)
        problems += found
        if offer and offer.id in offers:
            reason = because(SAME_ID, code="same_id", id=offer.id, line=offers[offer.id][1])
            problems.append(_problem(element, file, "id", reason, Effect.LEFT_OUT))
        elif offer:
            offers[offer.id] = offer, element.sourceline or 0
    placed = [_placed(offer, line, categories, file) for offer, line in offers.values()]
    return [offer for offer, _ in placed], problems + [problem for _, found in placed for problem in found]


def _offer(element: Any, file: str, currency: str) -> tuple[Offer | None, list[Problem]]:
    """One offer as it stands; its category is only the id until all of them are known."""
    id, name = (element.get("id") or "").strip(), _name(element)
    code = _currency(_text(element, "currencyId") or currency)
    price, old = (_price(_text(element, tag), code) for tag in ("price", "oldprice"))
    if not id or not name:
        reason = because(NO_NAME if id else NO_ID, code="no_name" if id else "no_id")
        return None, [_problem(element, file, "name" if id else "id", reason, Effect.LEFT_OUT)]
    if price is None:
        reason = because(BAD_PRICE, code="bad_price", value=_text(element, "price"))
        return None, [_problem(element, file, "price", reason, Effect.LEFT_OUT)]
    problems = []
    if _text(element, "oldprice") and (old is None or old <= price):
        reason = because(BAD_OLD_PRICE, code="bad_old_price", value=_text(element, "oldprice"))
        problems, old = [_problem(element, file, "oldprice", reason)], None
    pictures = (web(_inside(picture)) for picture in element.findall("picture"))
    offer = Offer(
        id=id,
        name=name,
        price=price,
        currency=code,
        old_price=old,
        category_ids=(_text(element, "categoryId"),),
        url=web(_text(element, "url")),
        pictures=tuple(dict.fromkeys(picture for picture in pictures if picture)),
        available=_is_available(element),
        description=plain(_text(element, "description"))[:TEXT_MAX],
        vendor=_text(element, "vendor"),
    )
    return offer, problems


def _placed(
    offer: Offer, line: int, categories: Mapping[str, tuple[str, str]], file: str
) -> tuple[Offer, list[Problem]]:
    """Put the offer under its categories, the root first; a ring of parents ends where it closes."""
    leaf, path = offer.category_ids[0], list[str]()
    here = leaf
    while here in categories and here not in path and len(path) < DEPTH_MAX:
        path.append(here)
        here = categories[here][1]
    ids = tuple(reversed(path))
    placed = offer.model_copy(update={"category_ids": ids, "category": tuple(categories[id][0] for id in ids)})
    if path or not leaf:
        return placed, []
    place = Place(file=file, line=line, field=f"{offer.id}.categoryId")
    reason = because(NO_CATEGORY, code="no_category", value=leaf)
    return placed, [Problem(place=place, reason=reason, effect=Effect.NOTE)]


def _name(element: Any) -> str:
    """The name, or what the arbitrary type is called by: prefix, vendor and model."""
    parts = [_text(element, tag) for tag in ("typePrefix", "vendor", "model")]
    return one_line(_text(element, "name")) or (one_line(" ".join(parts)) if parts[2] else "")


def _text(element: Any, tag: str) -> str:
    child = element.find(tag)
    return "" if child is None else _inside(child)


def _inside(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _currency(code: str) -> str:
    """RUR is how old exports write the rouble."""
    return "RUB" if code.upper() == "RUR" else code.upper()


def _price(text: str, currency: str) -> int | None:
    """A price in minor units: 1290, 1290.50, «1 290,50»."""
    try:
        amount = Decimal(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount < PRICE_MAX:
        return None
    return minor_units(amount, currency) or None


def _is_available(element: Any) -> bool:
    said = (element.get("available") or _text(element, "available") or "true").lower()
    disabled = _text(element, "disabled").lower() in ("true", "1", "yes")
    return said not in ("false", "0", "no") and not disabled and _text(element, "count") != "0"


def _problem(element: Any, file: str, field: str, reason: Reason, effect: Effect = Effect.NOTE) -> Problem:
    named = ".".join(part for part in (element.get("id") or "", field) if part)
    return Problem(place=Place(file=file, line=element.sourceline or 0, field=named), reason=reason, effect=effect)
