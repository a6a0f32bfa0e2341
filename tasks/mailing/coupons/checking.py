"""What speaks against the coupons of a mailing: an offer that is not open when it goes, or has too few codes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.letters import Ground
from models.locale import mark
from models.mail_document import Columns, Coupon, MailDocument, MailVariant
from models.mailings import Mailing
from models.offers import CodeKind
from models.reason import NO_REASON, Reason, because
from models.redemptions import OfferStage
from tasks.composing.checks.finding import Finding, Severity
from tasks.composing.marking import EXPRESSION
from tasks.schedule.wall import local

NOT_CHOSEN = mark(
    "Variant {variant} writes a coupon, but the mailing carries no offer. Choose it under “To whom and when”."
)
NO_OFFER = mark("There is no offer “{offer}”. Look its key up in the list of offers, and choose it anew.")
NOT_APPROVED = mark(
    "The offer “{title}” is not approved yet, so no till takes its codes. Have it approved, then check the mailing "
    "again."
)
STOPPED = mark("The offer “{title}” is stopped. Open it again, or choose another one for this mailing.")
ENDED = mark("The offer “{title}” is over. Extend it, or choose another one for this mailing.")
NOT_BEGUN = mark(
    "The offer “{title}” begins on {day}, after the mailing goes. Send it later, or let the offer begin sooner."
)
ENDS_BEFORE = mark("The offer “{title}” ends on {day}, before the mailing goes. Send it sooner, or extend the offer.")
ENDS_SOON = mark("The offer “{title}” ends on {day}, less than a day after the mailing goes. Few will come in time.")
NOT_WRITTEN = mark("The mailing carries the offer “{title}”, but variant {variant} does not show the code. Write it.")
OTHER_OFFER = mark(
    "The coupon of variant {variant} is made from the offer “{other}”, and the mailing carries “{offer}”. A mailing "
    "carries one offer: name the same in both."
)
OF_SERVICE = mark("A service message carries no coupon: it would be advertising. Make the mailing advertising.")
NO_CODE = mark("The offer “{title}” has no code for everybody that works. Look at its codes.")
TOO_FEW = mark(
    "The offer “{title}” has {free} codes that are nobody's, and the mailing goes to {number}. Import more codes, or "
    "choose fewer recipients."
)
ROOT, CODE = "coupon", "coupon.code"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfferLook:
    """The offer of a mailing at this moment. `free` are imported codes that are nobody's, or those for everybody.

    `holders` are recipients who have a code of it already; `space` is why codes for so many could be guessed.
    """

    key: str
    title: str = ""
    stage: OfferStage | None = None
    is_approved: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    kind: CodeKind = CodeKind.UNIQUE
    free: int = 0
    holders: int = 0
    zone: str = "UTC"
    space: Reason = NO_REASON


def trouble(look: OfferLook, at: datetime) -> Reason:
    """Why no letter with its code may go at that moment; no reason where it may."""
    words = {"title": look.title}
    if look.stage is None:
        return because(NO_OFFER, code="no_offer", offer=look.key)
    if look.stage in (OfferStage.DRAFT, OfferStage.ASKED) or not look.is_approved:
        return because(NOT_APPROVED, code="offer_not_approved", **words)
    if look.stage is OfferStage.STOPPED:
        return because(STOPPED, code="offer_stopped", **words)
    if look.stage is OfferStage.ENDED:
        return because(ENDED, code="offer_ended", **words)
    if look.starts_at is not None and look.starts_at > at:
        return because(NOT_BEGUN, code="offer_not_begun", day=_day(look.starts_at, look.zone), **words)
    if look.ends_at is not None and look.ends_at <= at:
        return because(ENDS_BEFORE, code="offer_ends", day=_day(look.ends_at, look.zone), **words)
    if look.kind is CodeKind.GENERIC and not look.free:
        return because(NO_CODE, code="no_generic_code", **words)
    return NO_REASON


def about(
    mailing: Mailing, document: MailDocument, look: OfferLook | None, at: datetime, number: int
) -> Iterator[Finding]:  # fmt: skip
    """Everything that speaks against them; `at` is when the mailing goes, `number` to how many."""
    if look is None:
        for variant in document.variants:
            if writes(variant, needs=True):
                yield _stops(because(NOT_CHOSEN, code="no_offer_chosen", variant=variant.name), variant.name)
        return
    if mailing.ground == Ground.SERVICE:
        yield _stops(because(OF_SERVICE, code="service_coupon"))
    if reason := trouble(look, at):
        yield _stops(reason)
    elif look.ends_at is not None and look.ends_at < at + A_DAY:
        words = {"title": look.title, "day": _day(look.ends_at, look.zone)}
        yield Finding(Severity.WARNS, because(ENDS_SOON, code="offer_ends_soon", **words))
    yield from _codes(look, number)
    for variant in document.variants:
        yield from _variant(variant, look)


def _codes(look: OfferLook, number: int) -> Iterator[Finding]:
    if look.kind is CodeKind.IMPORTED and look.free + look.holders < number:
        yield _stops(because(TOO_FEW, code="too_few_codes", title=look.title, free=look.free, number=number))
    if look.space:
        yield _stops(look.space)


def _variant(variant: MailVariant, look: OfferLook) -> Iterator[Finding]:
    for other in {part.offer for _, part in variant.parts() if isinstance(part, Coupon)} - {"", look.key}:
        words = {"variant": variant.name, "other": other, "offer": look.key}
        yield _stops(because(OTHER_OFFER, code="other_offer", **words), variant.name)
    if not writes(variant, CODE):
        reason = because(NOT_WRITTEN, code="no_code_written", title=look.title, variant=variant.name)
        yield Finding(Severity.WARNS, reason, variant.name)


def writes(variant: MailVariant, field: str = ROOT, needs: bool = False) -> bool:
    """Whether a text of the variant writes a coupon, or `needs` one: with no fallback, and shown to everybody."""
    parts = [part for _, part in variant.parts() if not (needs and any(_is(has, ROOT) for has in part.shown_to.has))]
    texts = [variant.subject, variant.preheader, variant.sms, variant.finished.source if variant.finished else ""]
    texts += [part.model_dump_json().replace("\\", "") for part in parts if not isinstance(part, Columns)]
    found = (one[1] for text in texts for one in EXPRESSION.finditer(text))
    return any(_is(one.partition("|")[0].strip(), field) for one in found if not (needs and "default" in one))


def _is(path: str, field: str) -> bool:
    return path == field or path.startswith(f"{field}.")


def all_named(document: MailDocument) -> list[str]:
    """The offers that the coupons of a letter are made from."""
    found = (part.offer for one in document.variants for _, part in one.parts() if isinstance(part, Coupon))
    return [key for key in found if key]


def named_in(document: MailDocument) -> str:
    """The first of them; "" where none is named."""
    return next(iter(all_named(document)), "")


def _day(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%d.%m.%Y %H:%M}"


def _stops(reason: Reason, variant: str = "") -> Finding:
    return Finding(Severity.STOPS, reason, variant)
