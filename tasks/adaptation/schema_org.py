"""What a page of the own site tells search engines: schema.org as JSON-LD, safe inside <script>. Pure.

Vocabulary: schema.org Article, Product, Offer; what is asked of them: developers.google.com/search/docs (2026-11-21).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from models.post import Post, Product

CONTEXT = "https://schema.org"
# Inside <script> a reader of HTML looks for these, whatever JSON says; both read \u003c as <.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}

Json = dict[str, Any]


def article(
    post: Post, url: str, published_at: datetime, publisher: str, pictures: Sequence[str] = (), language: str = "ru"
) -> Json:
    """The page as an article; `pictures` are their addresses."""
    return filled(
        {
            "@context": CONTEXT,
            "@type": "Article",
            "headline": post.title,
            "description": post.description,
            "inLanguage": language,
            "datePublished": published_at.isoformat(),
            "mainEntityOfPage": url,
            "image": list(pictures),
            "keywords": [tag.lstrip("#") for tag in post.tags],
            "publisher": {"@type": "Organization", "name": publisher},
            "author": {"@type": "Organization", "name": publisher},
        }
    )


def products(post: Post, pictures: Sequence[str] = ()) -> list[Json]:
    """Every product of the post with its offer as the page shows it."""
    return [offered(product, post.valid_until, pictures) for product in post.products]


def offered(product: Product, valid_until: str = "", pictures: Sequence[str] = ()) -> Json:
    """A product with its price and whether it can be had; `valid_until` is a date as ISO 8601 writes it."""
    offer = {
        "@type": "Offer",
        "price": amount(product.price, product.currency),
        "priceCurrency": product.currency,
        "availability": f"{CONTEXT}/{'InStock' if product.available else 'OutOfStock'}",
        "priceValidUntil": valid_until,
        "url": product.url,
    }
    return filled(
        {
            "@context": CONTEXT,
            "@type": "Product",
            "sku": product.id,
            "name": product.name,
            "image": list(pictures),
            "offers": filled(offer),
        }
    )


def amount(minor: int, currency: str) -> str:
    """A price as a plain decimal number with the digits of its currency."""
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def filled(values: Json) -> Json:
    """Without what is not known: an empty value would be a statement."""
    return {name: value for name, value in values.items() if value not in ("", [])}


def script(data: Json | Sequence[Json]) -> str:
    """The data as the content of <script type="application/ld+json">."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
