"""What goes out to a channel: the rendition's content, and its hash, which is what is approved. Pure."""

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict

SpanKind = Literal["bold", "italic", "strike", "code", "link"]


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(Value):
    """A picture in the media store; `sha256` is both its address and its identity. Sizes in pixels and bytes."""

    sha256: str
    media_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif"]
    width: int
    height: int
    size: int
    alt: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.sha256}.{self.media_type.removeprefix('image/').replace('jpeg', 'jpg')}"


class Span(Value):
    """Markup over `Post.text`, half-open, counted in code points."""

    start: int
    end: int
    kind: SpanKind
    url: str = ""


class Product(Value):
    """A product as the feed showed it when the piece was adapted; price in minor units."""

    id: str
    name: str
    price: int
    currency: str
    url: str = ""
    available: bool = True


class NamedCoupon(Value):
    """An offer that the text speaks of, by key, and its code for everybody as it is kept, where the text says it."""

    offer: str
    code: str = ""


class Post(Value):
    """One rendition: the text as the channel shows it, with markup beside it, never inside it.

    `coupons` are asked about again before it goes out.
    `to` is the address of a post to one person (a notice); empty for what goes to a channel.
    """

    text: str = ""
    spans: tuple[Span, ...] = ()
    pictures: tuple[Picture, ...] = ()
    title: str = ""
    description: str = ""
    slug: str = ""
    html: str = ""
    link: str = ""
    tags: tuple[str, ...] = ()
    ad_label: str = ""
    products: tuple[Product, ...] = ()
    valid_until: str = ""
    coupons: tuple[NamedCoupon, ...] = ()
    to: str = ""

    def content_hash(self) -> str:
        """SHA-256 over the canonical JSON: the same content has the same hash in every process and release."""
        said = self.model_dump(mode="json", exclude=None if self.coupons else {"coupons"})
        canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
