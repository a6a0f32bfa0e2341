"""A mailing as its author makes it: variants, each a list of blocks or a designer's finished letter. Pure.

Texts may hold personal places, `{{ name | default("friends") }}`; what may stand in one, composing says.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from models.day import Day
from models.letters import Ground
from models.locale import mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable
from models.written import Email, Key, Text

BAD_LINK = mark(
    "“{value}” is not a link of a letter. Write it whole, with https:// in front; mailto:, tel: and # are taken too."
)
NO_PICTURE = mark("“{value}” is not a picture. Write its address with https:// in front, or its file in the workspace.")
TWICE = mark("Two blocks of variant {variant} are called “{id}”. Give each a name of its own.")
NAMELESS = mark("A block of variant {variant} ({kind}) has no name. Give it one, for example {example}.")
TWO_VARIANTS = mark("There are two variants {variant}. Call them A, B and C.")
BLOCKS_OR_FINISHED = mark(
    "Variant {variant} has either blocks or a finished letter, and exactly one of them. Leave the one you need."
)
ADVERTISES = mark(
    "Variant {variant} is a service letter, but block “{id}” advertises ({kind}). Take the block out, or make the "
    "mailing advertising: it then goes only to those who agreed to it."
)
NO_FIELD = mark("“{value}” is not a field of a customer. Write it as first_name.")
SHOWN_TO_NOBODY = mark("A block is shown to “{group}” and hidden from it at once. Leave one of the two.")

FINISHED_BYTES_MAX = 500_000
TOO_BIG = mark("The finished letter has {size} KB, the limit is {limit} KB. Take pictures out of its code.")

_LINK = re.compile(r"(?:https?://[^\s<>\"]+|mailto:[^\s<>\"]+|tel:[+\d()\s-]+|#[\w-]*|\{\{[^{}]+\}\}[^\s<>\"]*)")
_EXPRESSION = re.compile(r"\{\{[^{}]*\}\}")
_FILE = re.compile(r"[^\s<>\"'\\:][^<>\"'\\:]{0,199}\.(?:png|jpe?g|gif)", re.IGNORECASE)
_FIELD = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*){0,3}")


def _link(text: str) -> str:
    """An address with personal places in it: their quotes and spaces are no part of the address itself."""
    if text and not _LINK.fullmatch(_EXPRESSION.sub("{{x}}", text)):
        raise Unreadable(because(BAD_LINK, code="bad_link", value=text[:100]))
    return text


def _picture(text: str) -> str:
    bare = _EXPRESSION.sub("{{x}}", text)
    if text and not _FILE.fullmatch(bare) and not (_LINK.fullmatch(bare) and bare.startswith(("http", "{{"))):
        raise Unreadable(because(NO_PICTURE, code="bad_picture", value=text[:100]))
    return text


def _field(text: str) -> str:
    if not _FIELD.fullmatch(text):
        raise Unreadable(because(NO_FIELD, code="bad_field", value=text[:100]))
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), AfterValidator(_link)]
PictureLink = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), AfterValidator(_picture)]
FieldPath = Annotated[str, AfterValidator(_field)]
Band = Literal["paper", "tint", "accent"]
Align = Literal["left", "center"]


class ShownTo(Value):
    """Who sees a block: anybody of these groups, nobody of those, and only whoever has all these values."""

    groups: tuple[Key, ...] = ()
    except_groups: tuple[Key, ...] = ()
    has: tuple[FieldPath, ...] = ()

    @model_validator(mode="after")
    def somebody(self) -> "ShownTo":
        for group in set(self.groups) & set(self.except_groups):
            raise Unreadable(because(SHOWN_TO_NOBODY, code="nobody", group=group))
        return self

    def __bool__(self) -> bool:
        return bool(self.groups or self.except_groups or self.has)


class Part(Value):
    """What every block has. `band` is the ground it stands on; `id` is empty only inside columns."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    shown_to: ShownTo = ShownTo()
    band: Band = "paper"
    advertises: ClassVar[bool] = False


class Heading(Part):
    kind: Literal["heading"] = "heading"
    text: Words
    level: Literal[1, 2, 3] = 1
    align: Align = "left"


class Prose(Part):
    """A text in markdown: emphasis, links, lists, quotations."""

    kind: Literal["text"] = "text"
    text: Body
    align: Align = "left"
    small: bool = False


class PictureBlock(Part):
    """A picture; `width` in pixels of 600, None is the whole width. Without words in `alt` it says nothing."""

    kind: Literal["picture"] = "picture"
    source: PictureLink = Field(min_length=1)
    alt: Line = ""
    link: Link = ""
    width: Annotated[int, Field(ge=16, le=600)] | None = None


class Button(Part):
    kind: Literal["button"] = "button"
    label: Words
    link: Link = Field(min_length=1)
    align: Align = "center"
    outlined: bool = False


class Divider(Part):
    kind: Literal["divider"] = "divider"


class Spacer(Part):
    kind: Literal["spacer"] = "spacer"
    height: Annotated[int, Field(ge=1, le=200)] = 24


Simple = Annotated[Heading | Prose | PictureBlock | Button | Divider | Spacer, Field(discriminator="kind")]


class Column(Value):
    """What stands one under another; `share` of the width against the other columns."""

    blocks: tuple[Simple, ...] = Field(min_length=1)
    share: Annotated[int, Field(ge=1, le=4)] = 1


class Columns(Part):
    """Columns side by side, one under another on a phone; a card of two is a picture beside its words."""

    kind: Literal["columns"] = "columns"
    columns: tuple[Column, ...] = Field(min_length=2, max_length=4)
    card: bool = False


class Products(Part):
    """Products of the feed: these, or the first `top` that are in stock of a product group (its name or id)."""

    kind: Literal["products"] = "products"
    ids: tuple[Text, ...] = ()
    group: Line = ""
    top: Annotated[int, Field(ge=0, le=60)] = 0
    across: Literal[1, 2, 3] = 2
    button: Line = ""
    prices: bool = True
    advertises: ClassVar[bool] = True


class Coupon(Part):
    """What a coupon gives and how it is shown at the till. `offer` is the offer's key; `qr` a picture of the code."""

    kind: Literal["coupon"] = "coupon"
    gives: Words
    terms: Line = ""
    offer: Key | Literal[""] = ""
    code: Words = "{{ coupon.code }}"
    qr: PictureLink = ""
    valid_until: Day | None = None
    button: Line = ""
    link: Link = ""
    band: Band = "tint"
    advertises: ClassVar[bool] = True


class Signature(Part):
    """Who says goodbye: a person with their words and picture."""

    kind: Literal["signature"] = "signature"
    words: Line = ""
    name: Words
    role: Line = ""
    picture: PictureLink = ""
    align: Align = "left"


class SocialLink(Value):
    title: Words
    link: Link = Field(min_length=1)


class Social(Part):
    kind: Literal["social"] = "social"
    links: tuple[SocialLink, ...] = Field(min_length=1, max_length=12)


class Footer(Part):
    """The legal lines; whoever writes none gets them all the same. `why`: why this letter came, empty: the usual."""

    kind: Literal["footer"] = "footer"
    why: Line = ""
    more: Annotated[str, StringConstraints(max_length=2_000)] = ""
    band: Band = "tint"


Block = Annotated[
    Heading | Prose | PictureBlock | Button | Divider | Spacer | Columns | Products | Coupon | Signature | Social
    | Footer,
    Field(discriminator="kind"),
]  # fmt: skip


class Finished(Value):
    """A whole letter as a designer made it."""

    kind: Literal["html", "mjml"]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def small_enough(self) -> "Finished":
        size = len(self.source.encode(errors="replace"))
        if size > FINISHED_BYTES_MAX:
            limit = FINISHED_BYTES_MAX // 1000
            raise Unreadable(because(TOO_BIG, code="too_big", size=-(-size // 1000), limit=limit))
        return self


class MailVariant(Value):
    """One of the letters that are tried against each other. `preheader` stands beside the subject in the inbox.

    `sms` is what goes as a short message to whoever has no e-mail; it may hold personal places too.
    """

    name: Literal["A", "B", "C"] = "A"
    subject: Words
    preheader: Line = ""
    sms: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] = ""
    blocks: tuple[Block, ...] = Field(default=(), max_length=200)
    finished: Finished | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "MailVariant":
        if bool(self.blocks) == bool(self.finished):
            raise Unreadable(because(BLOCKS_OR_FINISHED, code="blocks_or_finished", variant=self.name))
        return self

    @model_validator(mode="after")
    def every_block_named_once(self) -> "MailVariant":
        for place, block in enumerate(self.blocks, 1):
            if not block.id:
                example = f"{block.kind}-{place}"
                raise Unreadable(
                    because(NAMELESS, code="nameless", variant=self.name, kind=block.kind, example=example)
                )
        for name, times in Counter(block.id for block in self.blocks).items():
            if times > 1:
                raise Unreadable(because(TWICE, code="twice", variant=self.name, id=name))
        return self

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Every block, those in columns too, with the name of the block it stands in."""
        for block in self.blocks:
            yield block.id, block
            if isinstance(block, Columns):
                yield from ((block.id, inner) for column in block.columns for inner in column.blocks)


class AdLabel(Value):
    """The mark of an advertisement: who advertises (empty: the sender), and its erid where the law asks for one."""

    advertiser: Line = ""
    erid: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9]{0,60}$")] = ""
    erid_required: bool = False


class MailDocument(Value):
    """A mailing. `sender` is the address it comes from, `key` its name in addresses and headers."""

    key: Key
    title: Text
    language: Literal["ru", "en"] = "ru"
    ground: Ground = Ground.ADVERTISING
    sender: Email = Field(min_length=3)
    sender_name: Line = ""
    reply_to: Email = ""
    variants: tuple[MailVariant, ...] = Field(min_length=1, max_length=3)
    ad: AdLabel = AdLabel()

    @model_validator(mode="after")
    def variants_apart(self) -> "MailDocument":
        for name, times in Counter(variant.name for variant in self.variants).items():
            if times > 1:
                raise Unreadable(because(TWO_VARIANTS, code="two_variants", variant=name))
        return self

    @model_validator(mode="after")
    def a_service_letter_sells_nothing(self) -> "MailDocument":
        """38-FZ, article 18: advertising needs consent, and one block of it makes the whole letter advertising."""
        for variant in self.variants if self.ground is Ground.SERVICE else ():
            for name, block in variant.parts():
                if block.advertises:
                    kind = str(getattr(block, "kind", ""))
                    raise Unreadable(because(ADVERTISES, code="advertises", variant=variant.name, id=name, kind=kind))
        return self

    def variant(self, name: str) -> MailVariant:
        return next(variant for variant in self.variants if variant.name == name)
