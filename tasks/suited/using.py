"""Which of the things that could be said a letter says: by its products, and by where its links lead. Pure."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from models.content import Finding
from tasks.composing.compiled import Compiled
from tasks.suited.ranking import key_of

Key = tuple[str, str]


def by_address(findings: Iterable[Finding]) -> dict[str, Key]:
    return {bare(one.link): key_of(one) for one in findings if one.link}


def said_in(letter: Compiled, products: Mapping[str, Key], addresses: Mapping[str, Key]) -> set[Key]:
    """The findings that any variant of a letter says. `products` are theirs by the offer's id."""
    found: set[Key] = set()
    for variant in letter.variants:
        found |= {products[one.product.id] for one in variant.products if one.product.id in products}
        found |= {addresses[bare(link.url)] for link in variant.links if bare(link.url) in addresses}
    return found


def bare(url: str) -> str:
    """An address without what is counted by: marks of a campaign, a place in the page."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
