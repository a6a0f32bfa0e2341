"""Coupons that a text of a channel names, `{{ coupon.tea.code }}`: found, filled, and what speaks against them. Pure.

A post is for everybody, so it can only carry a code that is everybody's.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from babel.dates import format_date

from models.brand import Note, problem
from models.content import nearest
from models.locale import mark
from models.offers import CodeKind
from models.post import NamedCoupon
from models.reason import NO_REASON, Reason, because
from models.redemptions import OfferStage
from tasks.adaptation.adapt import Content

NO_KEY = mark("“{said}” names no offer. Write it with the key of the offer: {{{{ coupon.tea.code }}}}.")
NO_FIELD = mark("“{said}” is nothing an offer has. There are: {fields}.")
NO_OFFER = mark("There is no offer “{offer}”. Nearest: {nearest}.")
NOT_APPROVED = mark("The offer “{title}” is not approved yet, so no till takes its code. Have it approved first.")
STOPPED = mark("The offer “{title}” is stopped, so no till takes its code. Open it, or take it out of the text.")
ENDED = mark("The offer “{title}” is over, so no till takes its code. Extend it, or take it out of the text.")
OWN_CODES = mark(
    "Codes of the offer “{title}” are each for one customer, and a publication is for everybody. Name an offer with "
    "one code for everybody."
)
NO_CODE = mark("The offer “{title}” has no code for everybody that works. Look at its codes.")

NAMED = re.compile(r"\{\{\s*coupon\b([^{}\n]{0,200})\}\}")
FIELDS = ("code", "gives", "terms", "until")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")


@dataclass(frozen=True)
class OfferLook:
    """An offer as a publication may speak of it. `code` is the one for everybody as people read it, `kept` as it is
    kept; both are empty where it has none that works. `until` is the last day.
    """

    key: str
    title: str
    stage: OfferStage
    is_approved: bool = False
    ends_at: datetime | None = None
    kind: CodeKind = CodeKind.GENERIC
    code: str = ""
    kept: str = ""
    gives: str = ""
    terms: str = ""
    until: date = date.max


@dataclass(frozen=True)
class Filled:
    """The content with the offers' own words in it, and why some of the places stay as they are."""

    content: Content
    problems: tuple[Note, ...] = ()


def keys_in(content: Content, channel: str) -> list[str]:
    """The offers that are named in what this channel shows."""
    found = (_read(one[1]) for text in _texts(content, channel) for one in NAMED.finditer(text))
    return list(dict.fromkeys(key for key, _ in found if key))


def names_any(content: Content, channel: str) -> bool:
    return any(NAMED.search(text) for text in _texts(content, channel))


def filled(
    content: Content, channel: str, known: Mapping[str, OfferLook], among: Collection[str], now: datetime,
    language: str,
) -> Filled:  # fmt: skip
    """The content as this channel shows it; `known` are the offers that it names, `among` the keys of all there are."""
    reasons: list[Reason] = []
    named: dict[NamedCoupon, None] = {}

    def put(escaped: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
        def one(found: re.Match[str]) -> str:
            key, field = _read(found[1])
            if reason := _against(found[0], key, field, known, among, now):
                reasons.extend([] if reason in reasons else [reason])
                return found[0]
            look = known[key]
            named[NamedCoupon(offer=key, code=look.kept if field == "code" else "")] = None
            return escaped(_said(look, field, language))

        return one

    in_markdown, bare = put(lambda text: _MARKDOWN.sub(r"\\\1", text)), put(lambda text: text)
    by_hand = content.text_for.get(channel, "")
    content = replace(
        content, title=NAMED.sub(bare, content.title), description=NAMED.sub(bare, content.description),
        text=content.text if by_hand else NAMED.sub(in_markdown, content.text),
        text_for={**content.text_for, channel: NAMED.sub(in_markdown, by_hand)} if by_hand else content.text_for,
    )  # fmt: skip
    content = replace(content, coupons=tuple(sorted(named, key=lambda one: (one.offer, one.code))))
    return Filled(content, tuple(problem(reason) for reason in reasons))


def trouble(look: OfferLook | None, key: str, among: Collection[str], now: datetime, needs_code: bool) -> Reason:
    """Why a publication must not speak of an offer now. One that only begins later may be announced."""
    if look is None:
        return because(NO_OFFER, code="no_offer", offer=key, nearest=", ".join(nearest(key, among, 3, 0.0)) or "—")
    if look.stage is OfferStage.STOPPED:
        return because(STOPPED, code="offer_stopped", title=look.title)
    if look.stage is OfferStage.ENDED or (look.is_approved and look.ends_at is not None and look.ends_at <= now):
        return because(ENDED, code="offer_ended", title=look.title)
    if look.stage is not OfferStage.OPEN or not look.is_approved:
        return because(NOT_APPROVED, code="offer_not_approved", title=look.title)
    if not needs_code:
        return NO_REASON
    if look.kind is not CodeKind.GENERIC:
        return because(OWN_CODES, code="own_codes", title=look.title)
    return NO_REASON if look.kept else because(NO_CODE, code="no_generic_code", title=look.title)


def _against(
    said: str, key: str, field: str, known: Mapping[str, OfferLook], among: Collection[str], now: datetime
) -> Reason:  # fmt: skip
    if not key:
        return because(NO_KEY, code="no_offer_named", said=said)
    if field not in FIELDS:
        return because(NO_FIELD, code="no_field", said=said, fields=", ".join(FIELDS))
    return trouble(known.get(key), key, among, now, field == "code")


def _read(path: str) -> tuple[str, str]:
    """The offer's key and the field that are named after `coupon`; "" where there is no key."""
    key, _, field = path.strip().removeprefix(".").rpartition(".")
    return key.strip(), field.strip()


def _said(look: OfferLook, field: str, language: str) -> str:
    if field == "until":
        return str(format_date(look.until, "d MMMM", locale=language))
    return {"code": look.code, "gives": look.gives, "terms": look.terms}[field]


def _texts(content: Content, channel: str) -> Iterator[str]:
    yield content.title
    yield content.description
    yield content.text_for.get(channel, "") or content.text
