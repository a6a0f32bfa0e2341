"""What a head reads first about a mailing: one sentence, and what to look at besides. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from models.desk.mailing_report import Said
from models.locale import mark, translate, translate_plural
from tasks.reactions_to_mailings.values import Against, Figures, Told
from tasks.reports.numbers import say_moment, say_money, say_share

EARLY = timedelta(hours=48)
COMPLAINTS_MOST, BOUNCED_MOST = 0.001, 0.02  # the large providers' own public limits are 0.3 % and about 2 to 5 %

NOTHING_OUT = mark("Nothing of it has gone out yet.")
BROUGHT = mark(
    "It brought about {money} more than no mailing would have: with 95 % certainty between {low} and {high}."
)
TOOK = mark(
    "Its recipients bought less than those who got nothing: about {money} less, with 95 % certainty between {low} and "
    "{high}."
)
CANNOT_TELL = mark(
    "Whether it brought anything cannot be told from zero: recipients bought about as much as those who got nothing."
)
TOLD_LATER = mark(
    "{opened} of those it reached opened it, {clicked} followed a link. What it brought is told from {at} on, when "
    "everybody has had a week to buy: an early look finds differences by chance."
)
FEW = mark(
    "{opened} of those it reached opened it, {clicked} followed a link. What it brought cannot be told: too few bought "
    "to compare them with those who got nothing."
)
ALONE = mark(
    "{opened} of those it reached opened it, {clicked} followed a link, and bought for {money} afterwards. Nobody was "
    "left out for comparison, so nobody knows what they would have bought anyway."
)
SERVED = mark("{delivered} of {sent} letters arrived as far as is known; {opened} of them were opened.")
EARLY_STILL = mark("It is early: most of what people do with a letter, and buy, comes within two days and a week.")
COMPLAINED = mark(
    "{share} complained of spam. From 0.1 % on providers begin to refuse letters: write to whoever reads them, seldom."
)
BOUNCED = mark("{share} of the addresses do not exist. From 2 % on a sender looks like a spammer: clean the list.")
HANGS = mark("One buyer makes more than a fifth of it, so the next mailing may tell another story.")
UNKNOWN = (
    mark("Of {number} letter it is not known whether it went out; it is not counted here."),
    mark("Of {number} letters it is not known whether they went out; they are not counted here."),
)
MANY_GROUPS = mark(
    "It went to several groups whose control groups differ in size, so the comparison is an approximation."
)


def lead(figures: Figures) -> Said:
    """The one sentence in front."""
    whole = figures.whole
    if not whole.sent:
        return Said(text=translate(NOTHING_OUT))
    shares = {
        "opened": _share(whole.opened, whole.delivered), "clicked": _share(whole.clicked, whole.delivered),
        "money": say_money(figures.owed_to_looks, figures.currency),
    }  # fmt: skip
    if figures.against is None:
        words = {"delivered": str(whole.delivered), "sent": str(whole.sent)} | shares
        return Said(text=translate(SERVED, **words))
    match figures.against.told:
        case Told.MORE:
            return Said(text=translate(BROUGHT, **_difference(figures.against, figures.currency, 1)), tone="good")
        case Told.LESS:
            return Said(text=translate(TOOK, **_difference(figures.against, figures.currency, -1)), tone="bad")
        case Told.NOT_TOLD:
            return Said(text=translate(CANNOT_TELL))
        case Told.EARLY:
            assert figures.against.told_from is not None
            at = say_moment(figures.against.told_from, figures.zone)
            return Said(text=translate(TOLD_LATER, at=at, **shares))
        case Told.TOO_FEW:
            return Said(text=translate(FEW, **shares))
    return Said(text=translate(ALONE, **shares))


def _difference(against: Against, currency: str, sign: int) -> dict[str, str]:
    """What all recipients together bought more, or less, than they would have."""
    times = sign * against.recipients.size / 1000
    assert against.interval is not None
    ends = sorted((against.interval.low * times, against.interval.high * times))
    said = {"money": against.apart * times, "low": ends[0], "high": ends[1]}
    return {name: say_money(rounded(value), currency) for name, value in said.items()}


def rounded(amount: float) -> int:
    """An estimate to two digits: more of them would pretend to know."""
    whole = round(amount)
    digits = max(0, len(str(abs(whole))) - 2)
    return round(whole, -digits)


def _share(number: int, of: int) -> str:
    return say_share(number / of) if of else "—"


def others(figures: Figures) -> Iterator[Said]:
    """What to look at besides: only what there is something to say about."""
    whole, age = figures.whole, figures.age
    if age is not None and age < EARLY:
        yield Said(text=translate(EARLY_STILL))
    if whole.delivered and whole.complained / whole.delivered > COMPLAINTS_MOST:
        yield Said(text=translate(COMPLAINED, share=_share(whole.complained, whole.delivered)), tone="bad")
    if whole.sent and whole.bounced_hard / whole.sent > BOUNCED_MOST:
        yield Said(text=translate(BOUNCED, share=_share(whole.bounced_hard, whole.sent)), tone="bad")
    if whole.unknown:
        yield Said(text=translate_plural(*UNKNOWN, whole.unknown), tone="bad")
    if figures.against and figures.against.recipients.hangs_on_one:
        yield Said(text=translate(HANGS))
    if figures.against and figures.against.control.size and len(figures.about.groups) > 1:
        yield Said(text=translate(MANY_GROUPS))
