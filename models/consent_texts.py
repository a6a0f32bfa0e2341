"""What people agree to, as consents.yaml has it: each text with its version, in both languages; and how the own site
takes subscriptions. Pure.

A text that was shown once is never changed: another wording is another version. The ledger of consents names the very
words by a print of them, so it says the truth even where somebody has forgotten that.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from models.content import fingerprint
from models.customers import Purpose
from models.day import Day
from models.locale import LANGUAGES, mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable

NO_LANGUAGE = mark("The text stands in neither language. Write it under “ru”, “en” or both.")
BAD_VERSION = mark("“{value}” is not a version. Use letters, digits, dots and hyphens, for example 2 or 2026-11.")
BAD_ORIGIN = mark("“{value}” is not the address of a site. Write its beginning only: https://blog.example.org")


def _version(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,30}", text.strip()):
        raise Unreadable(because(BAD_VERSION, code="bad_version", value=text))
    return text.strip()


Version = Annotated[str, AfterValidator(_version)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Document = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30_000)]


class Bilingual(Value):
    """A text in both languages, or in one."""

    ru: str = ""
    en: str = ""

    @model_validator(mode="after")
    def in_one_language(self) -> Self:
        if not (self.ru or self.en):
            raise Unreadable(because(NO_LANGUAGE, code="no_language"))
        return self


class Labels(Bilingual):
    """The words beside the tick; what stands in [square brackets] leads to the document."""

    ru: Label = ""
    en: Label = ""


class Documents(Bilingual):
    """The document itself, in paragraphs."""

    ru: Document = ""
    en: Document = ""


class ConsentText(Value):
    """One version of what is agreed to: `key` says to what, from `valid_from` on these words are shown."""

    key: Purpose
    version: Version
    valid_from: Day
    label: Labels
    text: Documents

    def shown_in(self, language: str) -> "Wording":
        """The words as a reader of this language gets them; of another where they stand in that alone."""
        label = getattr(self.label, language, "") or self.label.ru or self.label.en
        text = getattr(self.text, language, "") or self.text.ru or self.text.en
        found = next((one for one in LANGUAGES if getattr(self.text, one) == text), language)
        return Wording(purpose=self.key, version=self.version, language=found, label=label, text=text)


class Wording(Value):
    """The very words that somebody is shown. `id` is what the ledger of consents names them by."""

    purpose: Purpose
    version: str
    language: str
    label: str
    text: str

    @property
    def print(self) -> str:
        return fingerprint([self.label, self.text])[:10]

    @property
    def id(self) -> str:
        return f"{self.purpose} {self.version} {self.language} {self.print}"

    @property
    def parts(self) -> tuple[str, str, str]:
        """The label in three: before the words that lead to the document, they, and what comes behind."""
        before, opened, rest = self.label.partition("[")
        linked, closed, behind = rest.partition("]")
        return (before, linked, behind) if opened and closed else ("", self.label, "")


class ConsentTexts(Value):
    """consents.yaml."""

    consents: tuple[ConsentText, ...] = ()


def current(texts: Sequence[ConsentText], today: date) -> dict[Purpose, ConsentText]:
    """What is agreed to on this day: of each purpose the version that began last."""
    begun = sorted((one for one in texts if one.valid_from <= today), key=lambda one: one.valid_from)
    return {one.key: one for one in begun}


def wordings(texts: Iterable[ConsentText]) -> list[Wording]:
    """Every wording these texts can be shown in."""
    return [one.shown_in(language) for one in texts for language in LANGUAGES]


def _origin(text: str) -> str:
    scheme, _, host = text.rstrip("/").partition("://")
    if scheme not in ("http", "https") or not host or any(sign in host for sign in "/?#@* ;,'\""):
        raise Unreadable(because(BAD_ORIGIN, code="bad_origin", value=text))
    return f"{scheme}://{host.lower()}"


def origin_of(url: str) -> str:
    """The site of an address: its scheme and host; empty where there is none."""
    try:
        return _origin("/".join(url.split("/")[:3]))
    except Unreadable:
        return ""


Origin = Annotated[str, AfterValidator(_origin)]


class SubscriptionPolicy(Value):
    """How the own site takes subscriptions. `origins` are other sites that may show its form.

    `mailer` sends the letters that ask to confirm; empty: the first that is on and sends e-mail. A day holds so many of
    them for one `address` and one `network`; the link is good for `confirm_days`; whoever has not confirmed by
    `forget_days` and is known by nothing else is forgotten.
    """

    origins: tuple[Origin, ...] = ()
    mailer: str = ""
    address_a_day: int = Field(default=3, ge=1, le=100)
    network_a_day: int = Field(default=20, ge=1, le=100_000)
    confirm_days: int = Field(default=7, ge=1, le=60)
    forget_days: int = Field(default=30, ge=1, le=365)
