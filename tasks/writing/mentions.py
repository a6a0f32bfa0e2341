"""Products named in a text, in any form of their words, and names that are nearly a product's. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from models.locale import mark
from models.post import Product
from models.reason import Reason, because
from tasks.styling.stems import Word, folded, stem, stems, words

NAME_DIFFERS = mark("The text says “{said}” (character {place}), the feed “{name}”. Correct the one that is wrong.")
NOT_NAMED = mark("“{name}” is in the brief but not in the text.")

NEAR_NAME = 0.8  # likeness of two names (Ratcliff, Obershelp) above which one is taken for a slip of the other

_GAP = re.compile(r"[^\w\n]{1,4}")
_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"\n]{2,80})[»”“\"]")
_MEASURE = re.compile(r"\([^()]*\)|,.*")


@dataclass(frozen=True)
class Mention:
    """A product named in a text."""

    start: int
    end: int
    product: Product


def mentions(text: str, products: Sequence[Product]) -> list[Mention]:
    """Products named in a text, in any form of their words: by the whole name, or as much of it as tells them apart."""
    known = names(products)
    run = words(text)
    found: list[Mention] = []
    place = 0
    while place < len(run):
        length, product = named_at(text, run, place, known)
        if product:
            found.append(Mention(run[place].start, run[place + length - 1].end, product))
        place += length
    return found


def not_named(text: str, products: Sequence[Product]) -> tuple[Reason, ...]:
    """Products that should have been spoken of and were not."""
    named = {mention.product.id for mention in mentions(text, products)}
    return tuple(because(NOT_NAMED, code="not_named", name=one.name) for one in products if one.id not in named)


Names = dict[str, list[tuple[tuple[str, ...], Product]]]


def names(products: Sequence[Product]) -> Names:
    """Every name that means one product only, under its first stem."""
    owners: dict[tuple[str, ...], set[str]] = {}
    for product in products:
        for parts in ways_to_say(product.name):
            owners.setdefault(parts, set()).add(product.id)
    by_id = {product.id: product for product in products}
    known: Names = {}
    for parts, ids in owners.items():
        if len(ids) == 1:
            known.setdefault(parts[0], []).append((parts, by_id[next(iter(ids))]))
    return known


def ways_to_say(name: str) -> set[tuple[str, ...]]:
    """The whole name, the name without its measure («, 100 г»), and the part in quotation marks."""
    return {way for part in parts_of(name) if (way := stems(part))}


def named_at(text: str, run: Sequence[Word], place: int, known: Names) -> tuple[int, Product | None]:
    found = [
        (len(parts), product)
        for parts, product in known.get(stem(run[place].text), ())
        if is_said(text, run[place : place + len(parts)], parts)
    ]
    return max(found, key=lambda one: one[0], default=(1, None))


def is_said(text: str, run: Sequence[Word], parts: tuple[str, ...]) -> bool:
    if len(run) < len(parts) or any(stem(word.text) != part for word, part in zip(run, parts, strict=True)):
        return False
    return all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(run))


def slips(text: str, products: Sequence[Product]) -> Iterator[Reason]:
    """Names in quotation marks that are nearly, but not quite, a product's."""
    known = {way: part for product in products for part in parts_of(product.name) if (way := stems(part))}
    names = [(part, plain(part)) for part in known.values()]
    for found in _QUOTED.finditer(text):
        meant = "" if stems(found[1]) in known else nearest_name(plain(found[1]), names)
        if meant:
            yield because(NAME_DIFFERS, code="name", said=found[1], name=meant, place=found.start(1) + 1)


def nearest_name(said: str, names: Sequence[tuple[str, str]]) -> str:
    """The name most like what is said, "" where none is like enough; lengths are looked at first."""
    near = [(likeness(said, known), name) for name, known in names if could_be(said, known)]
    best, name = max(near, default=(0.0, ""))
    return name if best >= NEAR_NAME else ""


def could_be(one: str, other: str) -> bool:
    return 2 * min(len(one), len(other)) >= NEAR_NAME * (len(one) + len(other))


def parts_of(name: str) -> list[str]:
    return [name, _MEASURE.sub("", name), *(found[1] for found in _QUOTED.finditer(name))]


def likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def plain(said: str) -> str:
    return " ".join(folded(word.text) for word in words(said))
