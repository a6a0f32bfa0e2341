"""What speaks against a mailing beside its words: to whom, by whom, from which address it goes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from models.address import is_loopback
from models.customers import AddressKind
from models.letters import Ground
from models.locale import mark
from models.mail_document import MailDocument
from models.mailers import MailerCard
from models.mailings import Mailing
from models.reason import Reason, because
from models.schedule import Unreadable
from tasks.composing.checks.finding import Finding, Severity
from tasks.mailing.coupons import checking as coupons
from tasks.mailing.coupons.checking import OfferLook
from tasks.mailing.lists.plan import split_of
from tasks.schedule.wall import local

NO_GROUPS = mark("Nobody gets it yet. Choose the customer groups it goes to.")
NOBODY = mark("Nobody of these groups may be sent it. Look at their consents and addresses, or choose other groups.")
NO_MAILER = mark("Nobody sends it yet. Choose the mailer.")
GONE = mark("There is no mailer “{key}” in mailers.yaml any more. Choose another one.")
OFF = mark("The mailer “{title}” is switched off in mailers.yaml. Switch it on, or choose another one.")
NOT_SHORT = mark("“{title}” sends letters, not short messages. Choose a mailer of short messages for the cascade.")
TWICE_SHORT = mark("The mailing goes as short messages already, so there is no cascade. Clear the field.")
ANOTHER_SENDER = mark(
    "The letter comes from {sender}, the mailer “{title}” sends as {usual}. Mailboxes may refuse it: write the same "
    "address, or one of the same domain."
)
LOOPBACK = mark(
    "Letters of “{title}” leave this computer, and their links would lead to {url}, which only this computer opens. "
    "Name public_url in company.yaml (addresses)."
)
NO_TIME = mark("No time is set: after the approval it waits until somebody names one.")
LOOKED_AT = mark(
    "Its links and a spam filter were looked at on {at}. If a site was mended since, check the mailing again (C4)."
)
PAST = mark("Its time has passed already. Set a new one.")

# What speaks against letters that leave this computer only.
HOMEBOUND = frozenset({"loopback", "own_loopback"})


@dataclass(frozen=True)
class Way:
    """A mailer as a mailing sees it: its card, what it writes to, whether its letters leave this computer."""

    card: MailerCard
    kind: AddressKind
    leaves: bool


@dataclass(frozen=True)
class Outlook:
    """What is known of a mailing beside its words. `reach` is who would get it, by kind of address.

    `offer` is that whose coupons it carries; `goes_at` when it goes, as far as that is known.
    """

    ways: Mapping[str, Way] = field(default_factory=dict)
    reach: Mapping[AddressKind, int] = field(default_factory=dict)
    public_url: str = ""
    is_past: bool = False
    offer: OfferLook | None = None
    goes_at: datetime | None = None


def about(mailing: Mailing, document: MailDocument, outlook: Outlook) -> Iterator[Finding]:
    """Everything that speaks against how the mailing is set up."""
    if not mailing.groups.get("include"):
        yield _stops(because(NO_GROUPS, code="no_groups"))
    elif not any(outlook.reach.values()):
        yield _stops(because(NOBODY, code="nobody"))
    yield from _mailer(mailing, document, outlook)
    yield from _cascade(mailing, outlook)
    yield from _shares(mailing, document)
    if outlook.goes_at is not None:
        yield from coupons.about(mailing, document, outlook.offer, outlook.goes_at, sum(outlook.reach.values()))
    if not mailing.wall_time:
        yield Finding(Severity.WARNS, because(NO_TIME, code="no_time"))
    elif outlook.is_past:
        yield _stops(because(PAST, code="past"))


def _mailer(mailing: Mailing, document: MailDocument, outlook: Outlook) -> Iterator[Finding]:
    if not mailing.account:
        yield _stops(because(NO_MAILER, code="no_mailer"))
        return
    way = outlook.ways.get(mailing.account)
    yield from _usable(mailing.account, way)
    if way and way.leaves and is_loopback(outlook.public_url):
        yield _stops(because(LOOPBACK, code="loopback_mailer", title=way.card.title, url=outlook.public_url))
    if way and way.kind is AddressKind.EMAIL and way.card.sender:
        theirs, ours = (address.rpartition("@")[2].casefold() for address in (way.card.sender, document.sender))
        if theirs != ours:
            words = {"sender": document.sender, "title": way.card.title, "usual": way.card.sender}
            yield Finding(Severity.WARNS, because(ANOTHER_SENDER, code="sender", **words))


def _cascade(mailing: Mailing, outlook: Outlook) -> Iterator[Finding]:
    if not mailing.cascade:
        return
    way, main = outlook.ways.get(mailing.cascade), outlook.ways.get(mailing.account)
    yield from _usable(mailing.cascade, way)
    if way and way.kind is not AddressKind.PHONE:
        yield _stops(because(NOT_SHORT, code="not_short", title=way.card.title))
    if main and main.kind is AddressKind.PHONE:
        yield _stops(because(TWICE_SHORT, code="twice_short"))


def _shares(mailing: Mailing, document: MailDocument) -> Iterator[Finding]:
    """The shares were named for the variants there were then; since then one may have been taken out."""
    try:
        split_of(mailing.split, [one.name for one in document.variants])
    except Unreadable as wrong:
        yield _stops(wrong.reason)


def _usable(key: str, way: Way | None) -> Iterator[Finding]:
    if way is None:
        yield _stops(because(GONE, code="mailer_gone", key=key))
    elif not way.card.enabled:
        yield _stops(because(OFF, code="mailer_off", title=way.card.title))


def _stops(reason: Reason) -> Finding:
    return Finding(Severity.STOPS, reason)


def looked_before(at: datetime, zone: str) -> Finding:
    """That what is said of links and spam was found at another time."""
    return Finding(Severity.NOTES, because(LOOKED_AT, code="looked_at", at=f"{local(at, zone):%d.%m.%Y %H:%M}"))


def goes_short(mailing: Mailing, ways: Mapping[str, Way]) -> bool:
    """Whether somebody gets it as a short message."""
    main = ways.get(mailing.account)
    return bool(mailing.cascade) or (main is not None and main.kind is AddressKind.PHONE)


def at_home(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of letters that stay on this computer: a link to it is then only worth a note."""
    return [
        replace(one, severity=Severity.NOTES) if one.reason.code in HOMEBOUND else one for one in findings
    ]  # fmt: skip


def is_advertising(mailing: Mailing) -> bool:
    return mailing.ground == Ground.ADVERTISING
