"""A mailing made ready: forms with holes, what fills each hole, links that are counted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from models.letters import Ground, LetterForm
from models.post import Product
from tasks.composing import filling
from tasks.composing.contrast import Faint
from tasks.composing.holes import Fill


@dataclass(frozen=True)
class Link:
    """A counted link. What is personal in its address stands as {0}, {1}…, and comes with the click (`v`)."""

    number: int
    url: str
    label: str
    block: str


@dataclass(frozen=True)
class Picture:
    """A picture of the letter, as its author named it; `alt` is None where nothing is said of it at all."""

    url: str
    alt: str | None
    block: str


@dataclass(frozen=True)
class Priced:
    """A product with the price that the letter says."""

    block: str
    product: Product


@dataclass(frozen=True)
class Made:
    """A form and what fills it: the first `form.holes` of `fills`, the others stand inside blocks."""

    form: LetterForm
    fills: tuple[Fill, ...]

    @cached_property
    def values(self) -> filling.Values:
        """Takes a person, gives the values of their letter. Raises HeldBack."""
        return filling.filler(self.fills, self.form.holes)


@dataclass(frozen=True)
class Variant:
    """One letter. `counted` is what is sent; `direct` the same with links that nobody counts, to look at and to test.

    `weights` are bytes by block, without values; `offers` the keys of the coupons that it shows; `sms` is the short
    message for whoever has no e-mail.
    """

    name: str
    counted: Made
    direct: Made
    links: tuple[Link, ...] = ()
    weights: dict[str, int] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    products: tuple[Priced, ...] = ()
    offers: tuple[str, ...] = ()
    faint: tuple[Faint, ...] = ()
    sms: Made | None = None

    def link(self, number: int) -> Link | None:
        """The link of this number: numbers begin at 1 and have no gaps."""
        return self.links[number - 1] if 1 <= number <= len(self.links) else None


def values(variant: Variant, person: Mapping[str, Any]) -> tuple[str, ...]:
    """The person's values for the letter that is sent, their mark first. Raises HeldBack, which holds them alone."""
    return variant.counted.values(person)


@dataclass(frozen=True)
class Compiled:
    """A mailing of which nothing is to be rendered any more."""

    key: str
    title: str
    language: str
    ground: Ground
    variants: tuple[Variant, ...]

    def variant(self, name: str) -> Variant:
        return next(variant for variant in self.variants if variant.name == name)


_AS_JSON = TypeAdapter(Compiled)


def kept(compiled: Compiled) -> str:
    """The mailing as JSON: what was approved is kept, and sent, as it was."""
    return _AS_JSON.dump_json(compiled).decode()


def read(written: str) -> Compiled:
    """What `kept` wrote."""
    return _AS_JSON.validate_json(written)
