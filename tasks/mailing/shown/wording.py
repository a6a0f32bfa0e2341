"""Short codes of the ledger of letters as a person reads them. Pure."""

from collections.abc import Iterable

from models.delivery import State
from models.desk.mailings import HeldLine
from models.locale import mark
from models.reason import Reason, because
from tasks.mailing.running.rows import Count

NOT_GONE = (State.HELD, State.CANCELLED, State.REJECTED, State.UNKNOWN)
WHY = {
    "waits_for_winner": mark("They wait for the better variant."),
    "waits_for_code": mark("They wait for their coupons, which are being made."),
    "coupon_used": mark("They have used the coupon of this offer already, or it was stopped."),
    "no_code": mark("There were no codes left of the offer. Import more, and send them a mailing of their own."),
    "no_consent": mark("They have withdrawn, or their address is barred by now."),
    "no_address": mark("They have no such address any more."),
    "cap": mark("They have had as much advertising as one gets in these days."),
    "cancelled": mark("The mailing was cancelled before their turn came."),
    "control": mark("They are in the control group: to be compared with, they get nothing."),
    "missing": mark("Something is missing in their record that the letter writes. Give it a fallback, or fill it in."),
    "senseless": mark("Something in their record makes no sense in the letter. Correct the record."),
    "too_long": mark("Something in their record is too long for the letter. Correct the record."),
    "no_sms": mark("The mailing has no text of a short message."),
    "no_variant": mark("The mailing does not have their variant any more."),
    "no_version": mark("What was approved of the mailing is not there any more."),
    "cut_off": mark("Whoever sent them was cut off at that very moment."),
}
OTHER = mark("The mailer answered: {said}.")
UNSAID = mark("Nothing is known of why.")
LINES_MOST = 20


def said(why: str) -> Reason:
    """A code in words; what a mailer answered stands as it came."""
    if why in WHY:
        return because(WHY[why], code=why)
    return because(OTHER, code="other", said=why) if why else because(UNSAID, code="unsaid")


def held_lines(counts: Iterable[Count]) -> tuple[HeldLine, ...]:
    """How many letters do not go for which reason, the most first."""
    numbers: dict[str, int] = {}
    for one in counts:
        if one.state in NOT_GONE:
            numbers[one.why] = numbers.get(one.why, 0) + one.number
    ordered = sorted(numbers.items(), key=lambda item: -item[1])[:LINES_MOST]
    return tuple(HeldLine(reason=said(why), number=number) for why, number in ordered)
