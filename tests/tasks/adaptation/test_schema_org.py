"""What the site tells search engines."""

import json
from datetime import UTC, datetime

import pytest

from models.post import Post, Product
from tasks.adaptation.schema_org import amount, article, offered, products, script

TEA = Product(id="T101", name="Ассам", price=49000, currency="RUB", url="https://7cups.ru/t101")


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        pytest.param(49000, "RUB", "490.00", id="rubles"),
        pytest.param(49050, "RUB", "490.50", id="with kopecks"),
        pytest.param(5, "USD", "0.05", id="cents"),
        pytest.param(490, "JPY", "490", id="no minor units"),
    ],
)
def test_a_price_is_a_plain_number_of_its_currency(minor: int, currency: str, expected: str) -> None:
    assert amount(minor, currency) == expected


def test_an_offer_says_price_currency_availability_and_until_when() -> None:
    offer = offered(TEA, "2026-12-31")["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["priceValidUntil"]) == ("490.00", "RUB", "2026-12-31")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offered(TEA.model_copy(update={"available": False}))["offers"]["availability"].endswith("/OutOfStock")


def test_what_is_not_known_is_not_said() -> None:
    assert "priceValidUntil" not in offered(TEA)["offers"]
    assert products(Post()) == []


def test_an_article_names_its_page_and_its_day() -> None:
    post = Post(title="Чай", description="О чае", tags=("#чай",), products=(TEA,), valid_until="2026-12-31")
    said = article(
        post, "https://7cups.ru/p", datetime(2026, 11, 21, 9, tzinfo=UTC), "Семь чашек", ["https://7cups.ru/p.jpg"]
    )
    assert (said["@type"], said["headline"], said["datePublished"]) == ("Article", "Чай", "2026-11-21T09:00:00+00:00")
    assert said["keywords"] == ["чай"]
    assert products(post)[0]["offers"]["priceValidUntil"] == "2026-12-31"


def test_no_text_can_leave_its_script() -> None:
    held = script({"name": "</script><script>alert(1)</script> & \u2028 <!--"})
    assert not set(held) & set("<>&\u2028")
    assert json.loads(held)["name"] == "</script><script>alert(1)</script> & \u2028 <!--"
