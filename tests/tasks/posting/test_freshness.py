"""What may no longer be said."""

from typing import Any

import pytest

from models.locale import spoken
from models.piece import OfferRow
from models.post import Post, Product
from tasks.posting.freshness import money, objection
from tests.fakes import NOW

TEA = Product(id="7", name="Tea", price=45000, currency="RUB")


def offer(**fields: Any) -> dict[str, OfferRow]:
    return {"7": OfferRow(**({"id": "7", "name": "Tea", "price": 45000, "currency": "RUB", "read_at": NOW} | fields))}


@pytest.mark.parametrize(
    ("post", "offers", "code"),
    [
        pytest.param(Post(text="a"), {}, "", id="no-products"),
        pytest.param(Post(products=(TEA,)), offer(), "", id="same"),
        pytest.param(Post(products=(TEA,)), offer(price=46000), "price_differs", id="price"),
        pytest.param(Post(products=(TEA,)), offer(currency="KZT"), "price_differs", id="currency"),
        pytest.param(Post(products=(TEA,)), {}, "product_gone", id="gone"),
        pytest.param(Post(products=(TEA,)), offer(available=False), "sold_out", id="sold-out"),
        pytest.param(Post(valid_until="2026-11-22"), {}, "offer_over", id="over"),
        pytest.param(Post(valid_until="2026-11-23"), {}, "", id="last-day"),
    ],
)
def test_a_post_goes_only_while_the_feed_agrees(post: Post, offers: dict[str, OfferRow], code: str) -> None:
    assert objection(post, offers, NOW).code == code


@pytest.mark.parametrize(
    ("language", "minor", "currency", "said"),
    [
        ("ru", 45000, "RUB", "450 ₽"), ("ru", 129050, "RUB", "1 290,50 ₽"), ("ru", 5, "RUB", "0,05 ₽"),
        ("en", 129050, "EUR", "€1,290.50"), ("en", 720, "EUR", "€7.20"),
    ],
)  # fmt: skip
def test_money_is_written_as_people_write_it(language: str, minor: int, currency: str, said: str) -> None:
    with spoken(language):
        assert money(minor, currency).replace("\xa0", " ") == said
