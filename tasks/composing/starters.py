"""Letters to begin from: news, an offer, a coupon, a birthday and more, as lists of blocks in both languages. Pure.

What only the specialist can say stands in [square brackets], and no letter goes out before it is said.
"""

from collections.abc import Callable
from typing import Literal

from models.letters import Ground
from models.locale import mark
from models.mail_document import Block, MailDocument, MailVariant
from tasks.composing import starters_en, starters_ru

Language = Literal["ru", "en"]
Starter = Literal["news", "offer", "coupon", "birthday", "digest", "catalogue", "sleeping", "confirm"]

TITLES: dict[Starter, str] = {
    "news": mark("News"),
    "offer": mark("Offer of the week"),
    "coupon": mark("Personal coupon"),
    "birthday": mark("Birthday"),
    "digest": mark("Products of the week"),
    "catalogue": mark("Catalogue"),
    "sleeping": mark("For those who have not been for long"),
    "confirm": mark("Confirming an address"),
}
SERVICE: frozenset[Starter] = frozenset(("confirm",))


_WRITTEN: dict[Language, dict[str, Callable[[str], tuple[str, str, tuple[Block, ...]]]]] = {
    "ru": starters_ru.WRITTEN, "en": starters_en.WRITTEN,
}  # fmt: skip


def variant(starter: Starter, language: Language, site: str, name: Literal["A", "B", "C"] = "A") -> MailVariant:
    """The starter as a variant; its buttons lead to `site`."""
    subject, preheader, blocks = _WRITTEN[language][starter](site.rstrip("/"))
    return MailVariant(name=name, subject=subject, preheader=preheader, blocks=blocks)


def document(starter: Starter, language: Language, site: str, key: str, title: str, sender: str,
             sender_name: str = "") -> MailDocument:  # fmt: skip
    """The starter as a mailing of its own."""
    ground = Ground.SERVICE if starter in SERVICE else Ground.ADVERTISING
    return MailDocument(key=key, title=title, language=language, ground=ground, sender=sender, sender_name=sender_name,
                        variants=(variant(starter, language, site),))  # fmt: skip
