"""What a letter is made with besides its document: the brand, who sends, the addresses of its links, products. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.company import BrandKit
from models.content import Offer
from tasks.writing.prices import say_price


def as_it_is(url: str) -> str:
    return url


@dataclass(frozen=True)
class Imprint:
    """Who sends, as the law wants it said: the full name and the postal address."""

    name: str
    address: str = ""
    site: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Doors:
    """Addresses that a letter leads to; the recipient's mark is put behind each, and a link's number behind that.

    `edition` stands behind the number where links of several versions must be told apart, as “.3”. `unsubscribe_mail`
    is the mailbox that takes unsubscriptions; its subject is then the recipient's mark.
    """

    link: str
    open: str
    unsubscribe: str
    preferences: str
    web: str
    unsubscribe_mail: str = ""
    edition: str = ""

    @classmethod
    def at(cls, base: str, unsubscribe_mail: str = "", edition: str = "") -> "Doors":
        """The doors of one site as `tasks.returns.marks` names them: /l, /o, /u, /c, /v."""
        root = base.rstrip("/")
        return cls(f"{root}/l", f"{root}/o", f"{root}/u", f"{root}/c", f"{root}/v", unsubscribe_mail, edition)

    def own(self, mark: str) -> dict[str, str]:
        """What a letter may write of them by name, with the recipient's mark behind."""
        return {
            "unsubscribe_url": f"{self.unsubscribe}/{mark}",
            "preferences_url": f"{self.preferences}/{mark}",
            "web_url": f"{self.web}/{mark}",
        }


@dataclass(frozen=True)
class Materials:
    """What the caller has looked up. `products` in the order in which they should be shown.

    `logo` is a public address; `pictures` are those of files of the workspace. `address` puts utm_* on a link.
    `fields` are the paths that customers have (“coupon.” is all under it), None is not checked.
    """

    brand: BrandKit
    imprint: Imprint
    doors: Doors
    logo: str = ""
    logo_width: int = 120
    products: Sequence[Offer] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    address: Callable[[str], str] = as_it_is
    fields: frozenset[str] | None = None
    currency: str = "RUB"


def price_of(offer: Offer, language: str) -> str:
    return say_price(offer.price, offer.currency, language)


def former_price_of(offer: Offer, language: str) -> str:
    """The price before; empty where it was not higher, for that is no reduction."""
    before = offer.old_price or 0
    return say_price(before, offer.currency, language) if before > offer.price else ""
