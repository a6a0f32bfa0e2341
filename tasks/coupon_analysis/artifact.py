"""What stands beside the run of an analysis: the sentence of each offer, the way to its page, nobody by name. Pure."""

from collections.abc import Sequence

from models.locale import mark, translate
from models.reason import Reason
from tasks.coupon_analysis.sentences import lead
from tasks.coupon_analysis.settling.facts import About
from tasks.coupon_analysis.whole import Findings
from tasks.reports.numbers import say, say_money, say_share

TITLE = mark("What coupons came to")
OFFER, ISSUED, REDEEMED = mark("Offer"), mark("Coupons issued"), mark("Coupons redeemed")
SHARE, EACH, BROUGHT = mark("Share"), mark("A use costs"), mark("Brought, with 95 % certainty")
SIGNALS = mark("Signals of misuse")
NOTHING = mark("No offer is due to be looked at.")
MOST = 20


def markdown(found: Sequence[tuple[About, Findings]], troubles: Sequence[Reason], staff_url: str) -> str:
    """The newest offers in a table, then the sentence of each that a head reads first."""
    parts = [f"## {translate(TITLE)}", ""]
    shown = sorted(found, key=lambda one: -one[0].id)[:MOST]
    if shown:
        heads = (OFFER, ISSUED, REDEEMED, SHARE, EACH, BROUGHT, SIGNALS)
        parts += ["| " + " | ".join(translate(head) for head in heads) + " |", "|---" * len(heads) + "|"]
        parts += [_row(about, one, staff_url) for about, one in shown]
        parts += ["", *(f"- {link(about, staff_url)}: {lead(one)}" for about, one in shown)]
    else:
        parts.append(translate(NOTHING))
    return "\n".join([*parts, *(f"\n{trouble}" for trouble in troubles)])


def link(about: About, staff_url: str) -> str:
    title = "".join("¦" if letter in "|[]" else letter for letter in about.title)
    return f"[{title}]({staff_url}{path_of(about.key)})"


def path_of(key: str) -> str:
    return f"/staff/offers/{key}/analysis"


def _row(about: About, found: Findings, staff_url: str) -> str:
    coupons, currency = found.coupons, found.question.currency
    between = (say_share(coupons.interval.low), say_share(coupons.interval.high))
    cells = (
        link(about, staff_url), say(coupons.issued, "count"), say(coupons.redeemed, "count"),
        "—" if coupons.rate is None else f"{say_share(coupons.rate)} ({between[0]} – {between[1]})",
        "—" if found.cost.each is None else say_money(round(found.cost.each), currency),
        _brought(found), say(len(found.signals), "count"),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _brought(found: Findings) -> str:
    total = found.increment.total()
    if total is None:
        return "—"
    low, high = (say_money(round(end), found.question.currency) for end in (total[1].low, total[1].high))
    return f"{low} – {high}"
