"""What a head reads first about an offer: one sentence that claims no more than is known; the rest behind it. Pure."""

from collections.abc import Iterator
from math import ceil

from babel.numbers import format_decimal

from models.figures import Figure
from models.locale import language, mark, translate
from models.reason import Reason, because
from tasks.coupon_analysis.costs import COVERED_LEAST
from tasks.coupon_analysis.increment import Increment, Told
from tasks.coupon_analysis.signals import Kind, Signal
from tasks.coupon_analysis.whole import Findings
from tasks.reports.numbers import MINUS, say, say_day, say_money, say_share

NOTHING_ISSUED = mark("No coupon has been issued yet.")
BROUGHT = mark(
    "Each client who was to get the coupon bought for {money} more than without it: with 95 % certainty between {low} "
    "and {high}."
)
TOOK = mark(
    "Each client who was to get the coupon bought for {money} less than without it: with 95 % certainty between {low} "
    "and {high} less."
)
CANNOT_TELL = mark(
    "What the coupon brought cannot be told from zero: a client bought between {low} and {high} more or less than "
    "without it. Below {least} a client nothing could have been seen."
)
USED = mark("{redeemed} of {issued} coupons were redeemed ({share}).")
USED_COMMON = mark("Uses of the code that is everybody's: {uses}.")
FEW = mark("{used} What it brought cannot be told: too few clients bought in one of the groups compared.")
ALONE = mark("{used} What it brought cannot be told: nobody was left out to compare with.")
NOT_A_DAY = mark("{used} What it brought cannot be told yet: no whole day of the offer is known.")
NOT_CAUSAL = mark(
    "Those who got the coupon came to buy for {money} more than the others, with 95 % certainty between {low} and "
    "{high}. This is not causal: there was no control group."
)
NOT_CAUSAL_LESS = mark(
    "Those who got the coupon came to buy for {money} less than the others, with 95 % certainty between {low} and "
    "{high} less. This is not causal: there was no control group."
)
NOT_CAUSAL_NOTHING = mark(
    "Between those who got the coupon and the others no change can be told from zero ({low} to {high} a client). There "
    "was no control group: whatever it is, it is not causal."
)
NOT_CAUSAL_APART = mark(
    "Those who got the coupon and the others had already gone apart before it, so nothing can be concluded from them. "
    "There was no control group: not causal."
)
NOT_CAUSAL_UNCHECKED = mark(
    "Those who got the coupon changed by {money} beside the others ({low} to {high}), but too little is known from "
    "before to see whether they went alike. There was no control group: not causal."
)
RUNNING = mark(
    "The offer still runs: what is not redeemed yet is not counted as lost, and what it brought is provisional, for an "
    "early look finds effects by chance."
)
STOPPED = mark("The offer is stopped: none of its coupons can be used until it is opened again.")
KNOWN_TO = mark("Purchases are known to {day} only, and the offer held longer: what it brought is provisional.")
UNCREDITED = mark("{number} rows of redemptions could not be counted, so what is said of redemptions is too low.")
RATE = mark("Redeemed: {redeemed} of {issued} coupons, {share}; with 95 % certainty {low} to {high}.")
BY_CUSTOMERS = mark("Of {issued} clients who had a coupon {redeemed} used it: {share}; {low} to {high}.")
UNTOLD = mark(
    "Of {number} coupons nobody can know whether they arrived or were seen, as of printed ones: beyond those redeemed "
    "they count among those issued only."
)
MEDIAN = mark("Half of all coupons were redeemed within {days} days.")
SHARE_BY = mark("By day {days} since it was given, {share} of the coupons are redeemed ({low} to {high}).")
BROKE = mark("Of {ended} coupons that have ended {unused} were never used: {share}; {low} to {high}.")
OWED = mark("{open} coupons are still open: at most {most}, {expected} expected ({low} to {high}).")
OWED_YET = mark(
    "{open} coupons are still open: at most {most}, at least {expected} expected ({low} to {high}); none was watched "
    "for longer yet."
)
OWED_UNKNOWN = mark(
    "{open} coupons are still open: at most {most}. How many of them will be used cannot be told before some have been "
    "watched for longer."
)
OWED_AGAIN = mark(
    "{open} coupons are still open: at most {most}. They may be used several times, and how often they will be cannot "
    "be told."
)
OWED_ENDLESS = mark("{open} coupons are still open, some without a limit of uses: nothing bounds what they may cost.")
COST = mark(
    "A redemption costs {each}: {face} face value, {handling} handling, {distribution} issuing; ours is {ours}."
)
COST_BESIDE = mark(
    "A use gives something that stands in no receipt (a gift, points, delivery, a seat), so what it costs is not "
    "known. State it as the work of one use."
)
NO_DISCOUNTS = mark("The table of redemptions says no discounts, so what a use cost is not known.")
MARGIN = mark(
    "Profit after costs: {money}, with 95 % certainty {low} to {high}; the cost of goods is known for {covered} of "
    "purchases."
)
ROI = mark("Return on each rouble spent: {roi} ({low} to {high}).")
HARDLY_COVERED = mark(
    "The cost of goods is known for {covered} of purchases only: too little to tell profit or return, for what was "
    "lost may lie in the rest."
)
NO_MARGIN = mark("What goods cost us is not known, so there is no margin and no return on investment.")
TAKEN = mark("Other product groups lost {share} of what the groups of the offer won.")
LOST = mark("They bought less of “{group}”: by {money} a client ({low} to {high}).")
AHEAD = mark(
    "After the offer they bought {money} less a client than the control group ({low} to {high}): bought ahead."
)
SAVED = mark("Purchases from before took away {share} of the spread (CUPED).")
SIGNALS = {
    Kind.VELOCITY: mark("Client {who}: {number} redemptions within an hour, {at}."),
    Kind.MANY_CODES: mark("Client {who}: {number} different codes in a day, {at}."),
    Kind.CASHIER: mark("Cashier {who}: {number} different codes in a day, {at}; usual is {usual}."),
    Kind.NIGHT: mark(
        "Outlet {who}: {number} redemptions at night, the first {at}; by the others one would expect {usual}."
    ),
    Kind.GUESSES: mark("{who}: {number} codes were refused within an hour, {at}. Somebody may be guessing."),
}
ALONE_IN_IT = {
    Kind.CASHIER: mark("Cashier {who}: {number} different codes in a day, {at}; there is nobody to compare with."),
    Kind.NIGHT: mark("Outlet {who}: {number} redemptions at night, the first {at}; there is no other to compare with."),
}


def lead(found: Findings) -> Reason:
    """The one sentence in front."""
    if not found.coupons.issued:
        return because(NOTHING_ISSUED, code="nothing")
    one, currency = found.increment, found.question.currency
    if not found.question.periods.during_days:
        return because(NOT_A_DAY, code="not_a_day", used=_used(found))
    if one.told in (Told.MORE, Told.LESS, Told.NOT_TOLD):
        return _by_lot(one, currency)
    if one.told is Told.NO_CONTROL and found.difference is not None:
        return _not_causal(found)
    return because(FEW if one.told is Told.TOO_FEW else ALONE, code=one.told, used=_used(found))


def _used(found: Findings) -> Reason:
    if found.is_common:
        return because(USED_COMMON, uses=found.cost.redemptions)
    one = found.coupons
    redeemed, issued = (Figure.number(number) for number in (one.redeemed, one.issued))
    return because(USED, share=say_share(one.rate or 0.0), redeemed=redeemed, issued=issued)


def _by_lot(one: Increment, currency: str) -> Reason:
    assert one.interval is not None
    ends = sorted((one.interval.low, one.interval.high), key=abs if one.told is not Told.NOT_TOLD else float)
    shown = [abs(end) if one.told is Told.LESS else end for end in ends]
    text = {Told.MORE: BROUGHT, Told.LESS: TOOK}.get(one.told, CANNOT_TELL)
    low, high = (_money(end, currency) for end in shown)
    more = {"least": _money(one.least or 0, currency)} if text == CANNOT_TELL else {
        "money": _money(abs(one.apart), currency)
    }  # fmt: skip
    return because(text, code=one.told, low=low, high=high, **more)


def _not_causal(found: Findings) -> Reason:
    one, currency = found.difference, found.question.currency
    assert one is not None
    if one.has_gone_apart_before:
        return because(NOT_CAUSAL_APART, code="apart_before")
    words = {
        "money": _money(one.apart, currency), "low": _money(one.interval.low, currency),
        "high": _money(one.interval.high, currency),
    }  # fmt: skip
    if one.trend_p is None:
        return because(NOT_CAUSAL_UNCHECKED, code="unchecked", **words)
    if one.is_told and one.apart < 0:
        ends = {"low": _money(-one.interval.high, currency), "high": _money(-one.interval.low, currency)}
        return because(NOT_CAUSAL_LESS, code="not_causal", money=_money(-one.apart, currency), **ends)
    if one.is_told:
        return because(NOT_CAUSAL, code="not_causal", **words)
    return because(NOT_CAUSAL_NOTHING, code="not_causal", low=words["low"], high=words["high"])


def behind(found: Findings) -> list[str]:
    """What stands behind «Подробнее», in the reader's language, a line for each thing that is known."""
    parts = (how_far(found), owed(found), costs(found), elsewhere(found), beside(found), map(said, found.signals))
    return [line for part in parts for line in part]


def provisional(found: Findings) -> Iterator[str]:
    """Why what is said is not the last word."""
    periods = found.question.periods
    if periods.is_running and found.question.is_stopped:
        yield translate(STOPPED)
    elif periods.is_running:
        yield translate(RUNNING)
    elif periods.known_to is not None and periods.during_days and not periods.is_whole:
        yield translate(KNOWN_TO, day=say_day(periods.looked_to, year=True))


def how_far(found: Findings) -> Iterator[str]:
    yield from provisional(found)
    if found.is_common:
        yield str(_used(found))
        return
    for text, one in ((RATE, found.coupons), (BY_CUSTOMERS, found.customers)):
        if one.rate is not None:
            redeemed, issued = say(one.redeemed, "count"), say(one.issued, "count")
            yield translate(text, redeemed=redeemed, issued=issued, share=say_share(one.rate),
                            low=say_share(one.interval.low), high=say_share(one.interval.high))  # fmt: skip
    if found.untold:
        yield translate(UNTOLD, number=found.untold)
    median = found.curve.redeemed_by(0.5)
    if median is not None:
        yield translate(MEDIAN, days=_days(median))
    elif found.curve.points:
        last = found.curve.points[-1]
        yield translate(SHARE_BY, days=ceil(last.at), share=say_share(1 - last.share),
                        low=say_share(1 - last.interval.high), high=say_share(1 - last.interval.low))  # fmt: skip


def owed(found: Findings) -> Iterator[str]:
    broken, open_, currency = found.breakage, found.liability, found.question.currency
    if broken.share is not None and not found.is_common:
        yield translate(BROKE, ended=broken.ended, unused=broken.unused, share=say_share(broken.share),
                        low=say_share(broken.interval.low), high=say_share(broken.interval.high))  # fmt: skip
    if open_.open and open_.uses is None and open_.most is None:
        yield translate(OWED_ENDLESS, open=open_.open)
    elif open_.open and open_.most is not None and open_.between is None:
        text = OWED_AGAIN if open_.again else OWED_UNKNOWN
        yield translate(text, open=open_.open, most=_money(open_.most, currency))
    elif open_.open and open_.between is not None and open_.most is not None:
        yield translate(
            OWED if open_.is_whole else OWED_YET, open=open_.open, most=_money(open_.most, currency),
            expected=_money(open_.expected or 0, currency), low=_money(open_.between.low, currency),
            high=_money(open_.between.high, currency),
        )  # fmt: skip


def costs(found: Findings) -> Iterator[str]:
    cost, currency = found.cost, found.question.currency
    if cost.each is not None:
        parts = {name: _money(getattr(cost, name) / cost.redemptions, currency)
                 for name in ("face", "handling", "distribution", "ours")}  # fmt: skip
        yield translate(COST, each=_money(cost.each, currency), **parts)
    if cost.redemptions and not cost.is_known:
        yield translate(NO_DISCOUNTS if found.question.no_discounts else COST_BESIDE)
    if found.margin is None:
        yield translate(NO_MARGIN)
        return
    margin = found.margin
    if margin.covered < COVERED_LEAST:
        yield translate(HARDLY_COVERED, covered=say_share(margin.covered))
    if margin.profit is not None and margin.between is not None:
        yield translate(
            MARGIN, money=_money(margin.profit, currency), low=_money(margin.between.low, currency),
            high=_money(margin.between.high, currency), covered=say_share(margin.covered),
        )  # fmt: skip
    if margin.roi is not None and margin.roi_between is not None:
        low, high = margin.roi_between.low, margin.roi_between.high
        yield translate(ROI, roi=say_share(margin.roi), low=say_share(low), high=say_share(high))


def elsewhere(found: Findings) -> Iterator[str]:
    """What other product groups lost by it."""
    if found.taken is not None:
        yield translate(TAKEN, share=say_share(found.taken))
    yield from elsewhere_lost(found)


def beside(found: Findings) -> Iterator[str]:
    """What was bought ahead, and what purchases from before helped to see."""
    currency, later = found.question.currency, found.afterwards
    if later is not None and later.told is Told.LESS and later.interval is not None:
        yield translate(AHEAD, money=_money(-later.apart, currency), low=_money(-later.interval.high, currency),
                        high=_money(-later.interval.low, currency))  # fmt: skip
    if found.increment.saved is not None and found.increment.saved > 0:
        yield translate(SAVED, share=say_share(found.increment.saved))


def elsewhere_lost(found: Findings) -> Iterator[str]:
    """Product groups that the coupon is not given on and that are proven to have lost."""
    currency = found.question.currency
    for one in found.changes:
        if one.has_lost and not one.is_promoted and one.interval is not None:
            low, high = _money(-one.interval.high, currency), _money(-one.interval.low, currency)
            yield translate(LOST, group=one.group or MINUS, money=_money(-one.apart, currency), low=low, high=high)


def said(one: Signal) -> str:
    words = {} if one.usual is None else {"usual": say(one.usual, "count")}
    text = ALONE_IN_IT.get(one.kind, SIGNALS[one.kind]) if one.usual is None else SIGNALS[one.kind]
    return translate(text, who=one.who, number=one.number, at=f"{one.at:%d.%m.%Y %H:%M}", **words)


def _money(minor: float, currency: str) -> str:
    return say_money(round(minor), currency)


def _days(days: float) -> str:
    return str(format_decimal(round(days, 1), locale=language()))
