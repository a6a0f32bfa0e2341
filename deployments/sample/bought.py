"""Makes the sample company's purchases up to a day, when it is laid out: so its customers are as lively on any day."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]

from deployments.sample.crowd.country import EN, RU, Country
from deployments.sample.crowd.shopping import Bought, Product, shopping
from deployments.sample.people import HERE, NUMBER, Crowd

FILE = "purchases.csv"
COUNTRIES = {country.folder: country for country in (RU, EN)}
HEADINGS = {
    "ru": ("Чек", "Дата", "Время", "Карта", "Точка", "Товар", "Количество", "Сумма"),
    "en": ("Receipt", "Date", "Time", "Card", "Outlet", "Product", "Quantity", "Amount"),
}


def products_of(feed: Path) -> list[Product]:
    """What the shop's own feed has."""
    shop = etree.parse(str(feed), etree.XMLParser(resolve_entities=False, no_network=True))
    return [
        Product(offer.findtext("name", ""), int(Decimal(offer.findtext("price", "0")) * 100),
                offer.findtext("categoryId", "")[:1])
        for offer in shop.iterfind(".//offer")
    ]  # fmt: skip


def bought(country: Country, until: date) -> list[Bought]:
    """What all customers with a card have bought, in the order of days."""
    crowd, products = Crowd(country), products_of(HERE / country.folder / "products.xml")
    outlets = [outlet for outlet, _ in crowd.outlets]
    found = [
        line for number in range(1, NUMBER + 1) if number not in crowd.by_site
        for line in shopping(number, f"7{number:06}", crowd.came_on(number), outlets, products, until)
    ]  # fmt: skip
    return sorted(found, key=lambda line: (line.on, line.at, line.receipt))


def table(language: str, until: date) -> bytes:
    """The table as the tills of that country would save it."""
    country, text = COUNTRIES[language], io.StringIO(newline="")
    written = csv.writer(text, delimiter=country.delimiter)
    written.writerow(HEADINGS[language])
    written.writerows(_rows(country, until))
    return text.getvalue().encode(country.encoding)


def _rows(country: Country, until: date) -> Iterator[tuple[str, ...]]:
    for line in bought(country, until):
        yield (line.receipt, country.day(line.on), line.at, line.code, line.outlet, line.product.name,
               str(line.quantity), f"{Decimal(line.quantity * line.product.price) / 100:.2f}")  # fmt: skip
