from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect, Found, Offer
from models.locale import spoken
from tasks.content.products import read_products

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-11-21 09:00"><shop>
<categories><category id="1">Чай</category><category id="12" parentId="1">Зелёный</category>
<category id="8" parentId="9">Кольцо</category><category id="9" parentId="8">Кольца</category></categories>
<offers>
{offers}
</offers></shop></yml_catalog>"""
TEA = """<offer id="T1" available="true"><url>https://x.test/t1</url><price>1290.50</price><oldprice>1 490,00</oldprice>
<currencyId>RUR</currencyId><categoryId>12</categoryId><picture>https://x.test/1.jpg</picture>
<picture>https://x.test/2.jpg</picture><picture>file:///etc/passwd</picture><name>Сенча &amp; мята</name>
<vendor>Семь чашек</vendor><description><![CDATA[<p>Свежий.</p><p>Лёгкий.</p>]]></description></offer>"""


def feed(*offers: str) -> bytes:
    return FEED.replace("{offers}", "\n".join(offers)).encode()


def offer(id: str = "T1", **tags: str) -> str:
    said = {"price": "100", "name": "Чай", "currencyId": "RUB"} | tags
    return f'<offer id="{id}">' + "".join(f"<{tag}>{text}</{tag}>" for tag, text in said.items()) + "</offer>"


def read(data: bytes) -> Found[Offer]:
    return read_products(data, "products.xml", "RUB")


def test_an_offer_is_read_whole() -> None:
    found = read(feed(TEA))
    assert found.problems == ()
    assert found.items == (
        Offer(
            id="T1", name="Сенча & мята", price=129050, currency="RUB", old_price=149000,
            category=("Чай", "Зелёный"), category_ids=("1", "12"), url="https://x.test/t1",
            pictures=("https://x.test/1.jpg", "https://x.test/2.jpg"), available=True,
            description="Свежий.\n\nЛёгкий.", vendor="Семь чашек",
        ),
    )  # fmt: skip


def test_an_offer_of_the_arbitrary_type_is_called_by_its_parts() -> None:
    data = feed(
        "<offer id='1'><typePrefix>Чайник</typePrefix><vendor>Глина</vendor><model>7</model><price>1</price></offer>"
    )
    assert read(data).items[0].name == "Чайник Глина 7"


@pytest.mark.parametrize("encoding", ["windows-1251", "UTF-16"])
def test_another_encoding_is_read_as_declared(encoding: str) -> None:
    data = FEED.replace("UTF-8", encoding).replace("{offers}", TEA).encode(encoding)
    assert read(data).items[0].name == "Сенча & мята"


def test_windows_1251_that_calls_itself_utf_8_is_read_and_told() -> None:
    found = read(FEED.replace("{offers}", TEA).encode("cp1251"))
    assert found.items[0].category == ("Чай", "Зелёный")
    assert [(problem.effect, problem.reason.code) for problem in found.problems] == [(Effect.NOTE, "other_encoding")]


@pytest.mark.parametrize(
    ("tags", "available"),
    [
        ({}, True),
        ({"available": "false"}, False),
        ({"disabled": "true"}, False),
        ({"count": "0"}, False),
        ({"count": "3"}, True),
    ],
)
def test_what_cannot_be_bought_is_not_available(tags: dict[str, str], available: bool) -> None:
    assert read(feed(offer(**tags))).items[0].available is available


@pytest.mark.parametrize(
    ("broken", "code", "field"),
    [
        pytest.param(offer("A", price="0"), "bad_price", "A.price", id="no price"),
        pytest.param(offer("A", price="дорого"), "bad_price", "A.price", id="a word for a price"),
        pytest.param(offer("A", price="-5"), "bad_price", "A.price", id="a price below zero"),
        pytest.param(offer("A", price="NaN"), "bad_price", "A.price", id="not a number"),
        pytest.param(offer("A", price="1e40"), "bad_price", "A.price", id="a price without bounds"),
        pytest.param(offer("A", name=" "), "no_name", "A.name", id="no name"),
        pytest.param(offer(""), "no_id", "id", id="no id"),
        pytest.param(offer("B"), "same_id", "B.id", id="an id taken already"),
    ],
)
def test_a_broken_offer_names_its_line_and_field_and_the_rest_goes_on(broken: str, code: str, field: str) -> None:
    found = read(feed(offer("B"), broken, offer("C")))
    assert [item.id for item in found.items] == ["B", "C"]
    (problem,) = found.problems
    assert (problem.reason.code, problem.effect) == (code, Effect.LEFT_OUT)
    assert (problem.place.line, problem.place.field) == (8, field)
    with spoken("ru"):
        assert str(problem).startswith(f"products.xml, строка 8, поле «{field}»: ")


@pytest.mark.parametrize("old", ["100", "90", "x", "-1"])
def test_an_old_price_that_is_none_is_not_shown(old: str) -> None:
    found = read(feed(offer(oldprice=old)))
    assert found.items[0].old_price is None
    assert [(problem.effect, problem.reason.code) for problem in found.problems] == [(Effect.NOTE, "bad_old_price")]


def test_an_unknown_category_is_told_and_a_ring_of_them_ends() -> None:
    found = read(feed(offer("A", categoryId="77"), offer("B", categoryId="8")))
    assert [item.category_ids for item in found.items] == [(), ("9", "8")]
    assert [problem.reason.code for problem in found.problems] == ["no_category"]


def test_categories_may_stand_behind_the_offers() -> None:
    data = b"<yml_catalog><shop><offers>" + offer(categoryId="1").encode() + (
        "</offers><categories><category id='1'>Чай</category></categories></shop></yml_catalog>".encode()
    )  # fmt: skip
    assert read(data).items[0].category == ("Чай",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "not_yml", id="nothing"),
        pytest.param(b"<!doctype html><html></html>", "html", id="a page"),
        pytest.param(b"<rss version='2.0'/>", "not_yml", id="another feed"),
        pytest.param(feed(TEA)[:-40], "broken", id="cut short"),
        pytest.param(feed("<offer>"), "broken", id="not well-formed"),
        pytest.param(b"<yml_catalog><shop><offers/></shop></yml_catalog>", "no_offers", id="no products"),
        pytest.param(
            b'<!DOCTYPE y [<!ENTITY x SYSTEM "file:///etc/passwd">]><yml_catalog/>', "entities", id="entities"
        ),
    ],
)
def test_a_feed_that_cannot_be_trusted_whole_stops(data: bytes, code: str) -> None:
    found = read(data)
    assert found.items == ()
    assert found.stopped
    assert found.problems[0].reason.code == code


def test_the_external_dtd_of_old_exports_is_not_looked_for() -> None:
    assert read(feed(TEA)).problems == ()


def test_a_deep_feed_is_refused_by_the_parser_and_told() -> None:
    data = b"<yml_catalog>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</yml_catalog>"
    assert read(data).problems[0].reason.code in ("broken", "no_offers")


@given(st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2))
def test_a_price_keeps_every_kopeck_however_it_is_written(price: Decimal) -> None:
    for said in (
        f"{price}",
        f"{price}".replace(".", ","),
        f"{price:,}".replace(",", " "),
        f"{price:,}".replace(",", "\u00a0"),
    ):
        assert read(feed(offer(price=said))).items[0].price == int(price * 100)


def test_a_currency_without_kopecks_has_none() -> None:
    assert read(feed(offer(price="500", currencyId="JPY"))).items[0].price == 500


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_products_or_a_sentence(data: bytes) -> None:
    assert read(b"<yml_catalog>" + data).stopped
