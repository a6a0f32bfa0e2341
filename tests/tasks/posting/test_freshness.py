"""What may no longer be said."""

from typing import Any

import pytest

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


@pytest.mark.parametrize(("minor", "said"), [(45000, "450 RUB"), (129050, "1 290,50 RUB"), (5, "0,05 RUB")])
def test_money_is_written_as_people_write_it(minor: int, said: str) -> None:
    assert money(minor, "RUB") == said
