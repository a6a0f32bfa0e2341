"""The kinds of blocks and the fields of each, in a specialist's words: what the form of a letter is made of. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.locale import mark


class Sort(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    AREA = "area"
    LINK = "link"
    PICTURE = "picture"
    NUMBER = "number"
    CHOICE = "choice"
    TICK = "tick"
    DAY = "day"
    LIST = "list"
    LINKS = "links"


TYPED = (Sort.LINE, Sort.AREA, Sort.LINK, Sort.PICTURE, Sort.LIST, Sort.LINKS)


@dataclass(frozen=True)
class Field:
    """A field of a block. `personal`: it may hold a customer's name or the like; `rare` ones stand folded away."""

    name: str
    title: str
    sort: Sort = Sort.LINE
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 500
    needed: bool = False
    personal: bool = False
    rare: bool = False

    @property
    def prefix(self) -> str:
        """What is typed is told from what is only ticked: the first is carried over the end of a session."""
        return "t:" if self.sort in TYPED else "c:"


@dataclass(frozen=True)
class Kind:
    """A kind of block: what it is called and what it is for, in one line. It `needs` a field that letters may write."""

    key: str
    title: str
    about: str
    fields: tuple[Field, ...] = ()
    advertises: bool = False
    in_columns: bool = False
    needs: str = ""


ALIGN = Field(
    "align",
    mark("Stands"),
    Sort.CHOICE,
    choices=(("left", mark("at the left")), ("center", mark("in the middle"))),
    rare=True,
)
SIZE = Field(
    "level", mark("Size"), Sort.CHOICE, rare=True,
    choices=(("1", mark("large")), ("2", mark("middle")), ("3", mark("small"))),
)  # fmt: skip
BAND = Field(
    "band", mark("Ground"), Sort.CHOICE, rare=True,
    choices=(("paper", mark("plain")), ("tint", mark("slightly coloured")), ("accent", mark("the brand's colour"))),
)  # fmt: skip
COUPON = "coupon.code"
LINK_HELP = mark("Whole, with https:// in front. Its clicks are counted by themselves.")
PICTURE_HELP = mark("A file of the company's pictures, or an address with https:// in front.")

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("heading", mark("Heading"), mark("One line in large letters: what it is about."), (
            Field("text", mark("Text of the heading"), needed=True, personal=True),
            SIZE, ALIGN,
        ), in_columns=True),
        Kind("text", mark("Paragraphs"), mark("What you have to say, with **bold** words, lists and links."), (
            Field("text", mark("Text of the paragraphs"), Sort.AREA, needed=True, personal=True, most=20_000,
                  help=mark("An empty line begins a paragraph. **bold**, *slanting*, - a list, [words](https://address).")),
            Field("small", mark("in small letters, as terms are"), Sort.TICK, rare=True),
            ALIGN,
        ), in_columns=True),
        Kind("picture", mark("Picture"), mark("A photograph or a drawing, with words for those who do not see it."), (
            Field("source", mark("Which picture"), Sort.PICTURE, needed=True, help=PICTURE_HELP, most=2_000),
            Field("alt", mark("What is on it"), help=mark("It is read aloud, and shown where pictures are off."), personal=True),  # noqa: E501
            Field("link", mark("Where it leads"), Sort.LINK, help=LINK_HELP, most=2_000),
            Field("width", mark("Width in pixels of 600; empty: all"), Sort.NUMBER, least=16, most=600, rare=True),
        ), in_columns=True),
        Kind("button", mark("Button"), mark("The one thing a reader should do."), (
            Field("label", mark("Words on it"), needed=True, personal=True),
            Field("link", mark("Where it leads"), Sort.LINK, needed=True, help=LINK_HELP, most=2_000),
            Field("outlined", mark("only an outline, for the less important one"), Sort.TICK, rare=True),
            ALIGN,
        ), in_columns=True),
        Kind("columns", mark("Columns"), mark("Things side by side; one under another on a phone."), (
            Field("card", mark("as a card: a picture beside its words"), Sort.TICK),
        )),
        Kind("products", mark("Products"), mark("From your feed, with pictures and the prices of the day it is approved."), (  # noqa: E501
            Field("ids", mark("Which products, one per line"), Sort.LIST, most=4_000, help=mark("Their codes in the feed. Or leave it empty and name a product group below.")),  # noqa: E501
            Field("group", mark("Or the first of this product group")),
            Field("top", mark("How many of it"), Sort.NUMBER, most=60),
            Field("across", mark("Beside each other"), Sort.CHOICE, choices=(("1", "1"), ("2", "2"), ("3", "3"))),
            Field("button", mark("Words on the button of each; empty: no button")),
            Field("prices", mark("with prices"), Sort.TICK, rare=True),
        ), advertises=True),
        Kind("coupon", mark("Coupon"), mark("A code of the recipient's own: what it gives, and until when."), (
            Field("gives", mark("What it gives"), needed=True, personal=True),
            Field("terms", mark("On what terms"), personal=True),
            Field("offer", mark("Key of the offer it is made from"), help=mark("A letter has one offer. Empty: the one chosen under “To whom and when”.")),  # noqa: E501
            Field("valid_until", mark("Last day"), Sort.DAY),
            Field("button", mark("Words on its button; empty: none")),
            Field("link", mark("Where it leads"), Sort.LINK, help=LINK_HELP, most=2_000),
            Field("code", mark("What stands as the code"), needed=True, personal=True, rare=True),
            Field("qr", mark("Picture of the code"), Sort.PICTURE, most=2_000, rare=True),
        ), advertises=True, needs=COUPON),
        Kind("signature", mark("Signature"), mark("A person who says goodbye, with their face."), (
            Field("words", mark("Goodbye"), personal=True),
            Field("name", mark("Who it is"), needed=True),
            Field("role", mark("What they do")),
            Field("picture", mark("Their picture"), Sort.PICTURE, help=PICTURE_HELP, most=2_000),
            ALIGN,
        )),
        Kind("social", mark("Where else you are"), mark("Links to your pages in networks and messengers."), (
            Field("links", mark("One per line: its name, then its address"), Sort.LINKS, needed=True, most=8_000,
                  help=mark("For example: Telegram https://t.me/seven_cups")),
        )),
        Kind("divider", mark("Line"), mark("A thin line between two parts."), (), in_columns=True),
        Kind("spacer", mark("Space"), mark("Empty room, where things stand too close."), (
            Field("height", mark("Height in pixels"), Sort.NUMBER, least=1, most=200),
        ), in_columns=True),
        Kind("footer", mark("Legal lines"), mark("Who sends, why, and how to unsubscribe. They come by themselves; add it only to say more."), (  # noqa: E501
            Field("why", mark("Why this letter came"), help=mark("Empty: the usual words."), personal=True),
            Field("more", mark("What else the law asks for"), Sort.AREA, most=2_000),
        )),
    )
}  # fmt: skip

SUBJECT = Field("subject", mark("Subject line"), needed=True, personal=True)
PREHEADER = Field(
    "preheader", mark("Words beside the subject"), personal=True,
    help=mark("Inboxes show them after the subject. Without them the first words of the letter stand there."),
)  # fmt: skip
SMS = Field(
    "sms", mark("Short message, for those without e-mail"), Sort.AREA, personal=True, most=1_000,
    help=mark("Say who you are, and put {{ unsubscribe_url }} where it can be left: it goes instead of the letter."),
)  # fmt: skip
OF_VARIANT = (SUBJECT, PREHEADER, SMS)
OF_DOCUMENT = (
    Field("title", mark("What colleagues call it"), needed=True),
    Field("sender_name", mark("From whom, as inboxes show it")),
    Field("sender", mark("From which address"), needed=True),
    Field("reply_to", mark("Where answers go; empty: to that address")),
    Field("language", mark("Language of the letter"), Sort.CHOICE, choices=(("ru", mark("Russian")), ("en", mark("English")))),  # noqa: E501
    Field("ad.advertiser", mark("Who advertises, for the mark “Advertisement”"), help=mark("Empty: the sender.")),
    Field("ad.erid", mark("The advertisement's token (erid)"), most=60),
    Field("ad.erid_required", mark("the law asks for a token here"), Sort.TICK),
)  # fmt: skip

# What may stand in a text for each recipient; {default} is what is said where it is not known.
PLACES: Mapping[str, str] = {
    "name | first": mark("First name"),
    "name": mark("Whole name"),
    "city": mark("City they live in"),
    "outlet": mark("Their shop"),
    "code": mark("Number of their card"),
    "coupon.code": mark("Code of the coupon"),
    "coupon.gives": mark("What the coupon gives"),
    "coupon.until": mark("Last day of the coupon"),
    "coupon.terms": mark("Terms of the coupon"),
    "coupon.link": mark("Page of the coupon, for a link"),
    "my.link": mark("Their personal page, for a link"),
    "my.points": mark("How many points they have"),
    "my.card": mark("Number of the card we gave them"),
}
HAS: Mapping[str, str] = {
    "name": mark("Whole name"),
    "city": mark("City they live in"),
    "birthday": mark("Day of birth"),
    "outlet": mark("Their shop"),
    "code": mark("Number of their card"),
    "coupon.code": mark("Code of the coupon"),
    "my.card": mark("Number of the card we gave them"),
}


def offered(places: Mapping[str, str], knows: Callable[[str], bool]) -> dict[str, str]:
    """Those of the places that a letter may write now."""
    return {place: words for place, words in places.items() if knows(place.partition("|")[0].strip())}


def kinds_offered(knows: Callable[[str], bool]) -> list[Kind]:
    """The blocks that may be added: what one of them writes must be known."""
    return [kind for kind in KINDS.values() if not kind.needs or knows(kind.needs)]


def place(field: str, otherwise: str) -> str:
    """A personal place as it is written in a text."""
    said = otherwise.strip().replace("\\", "\\\\").replace('"', '\\"')
    return f'{{{{ {field} | default("{said}") }}}}' if said else f"{{{{ {field} }}}}"


def fields_of(kind: str) -> tuple[Field, ...]:
    return KINDS[kind].fields if kind in KINDS else ()


def personal_of(kind: str) -> tuple[Field, ...]:
    return tuple(field for field in fields_of(kind) if field.personal)


def inner_blocks(block: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What stands in the columns of a block, with the way to it."""
    for column, one in enumerate(block.get("columns", ())):
        for number, inner in enumerate(one.get("blocks", ())):
            yield f"{block['id']}.{column}.{number}", inner
