"""What speaks against a mailing, and what somebody looked at outside of it to say so. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.content import Offer
from models.locale import mark, translate
from models.mail_document import MailDocument, MailVariant
from models.reason import Reason
from tasks.composing.compiled import Compiled, Variant
from tasks.composing.materials import Imprint

VARIANT = mark("variant {variant}")
BLOCK = mark("block “{id}”")


class Severity(StrEnum):
    """Stops: it does not go out so. Warns: a person decides. Notes: good to know."""

    STOPS = "stops"
    WARNS = "warns"
    NOTES = "notes"


@dataclass(frozen=True)
class Finding:
    """One thing that was found; the reason says what it is and how to mend it."""

    severity: Severity
    reason: Reason
    variant: str = ""
    block: str = ""

    def __str__(self) -> str:
        named = [translate(VARIANT, variant=self.variant)] if self.variant else []
        named += [translate(BLOCK, id=self.block)] if self.block else []
        return f"{', '.join(named)}: {self.reason}" if named else str(self.reason)


@dataclass(frozen=True)
class LinkLook:
    """What came of following a link: the last status (0: nobody answered), how many redirects, whether in a circle."""

    status: int
    redirects: int = 0
    circles: bool = False


@dataclass(frozen=True)
class PictureLook:
    """A picture as it was fetched; sizes in pixels and bytes, a status as of a link."""

    status: int = 200
    size: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class SpamLook:
    """What a spam filter thinks of a variant; None: it said nothing in time, or `is_here` says there is none."""

    score: float | None = None
    rules: Sequence[str] = ()
    is_here: bool = True


@dataclass(frozen=True)
class LookedAt:
    """What the caller has looked at; None was not looked at.

    `longest` is how many characters the longest value of a field has among the recipients, `always` the fields that all
    of them have. `products` is the feed of now by id, `coupons` the keys of the offers that can be redeemed; `short`:
    short messages go too; `spam` is by variant.
    """

    links: Mapping[str, LinkLook] | None = None
    pictures: Mapping[str, PictureLook] | None = None
    products: Mapping[str, Offer] | None = None
    coupons: frozenset[str] | None = None
    controls: Sequence[str] = ()
    spam: Mapping[str, SpamLook] | None = None
    longest: Mapping[str, int] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    short: bool = False


@dataclass(frozen=True)
class Letter:
    """One variant with all that checks look at."""

    document: MailDocument
    written: MailVariant
    compiled: Compiled
    made: Variant
    imprint: Imprint
    looked: LookedAt

    def finding(self, severity: Severity, reason: Reason, block: str = "") -> Finding:
        return Finding(severity, reason, self.made.name, block)
