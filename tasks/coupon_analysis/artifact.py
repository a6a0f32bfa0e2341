"""What stands beside the run of an analysis: the sentence of each offer, the way to its page, nobody by name. Pure."""

from collections.abc import Sequence

from models.desk.coupon_analysis import BeforeCard
from models.locale import mark, translate
from models.reason import Reason
from tasks.coupon_analysis.sentences import lead, provisional
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
        parts += ["", *(f"- {link(about, staff_url)}: {' '.join(_front(one))}" for about, one in shown)]
    else:
        parts.append(translate(NOTHING))
    return "\n".join([*parts, *(f"\n{trouble}" for trouble in troubles)])


def _front(found: Findings) -> list[str]:
    """The sentence, and that it is not the last word where it is not: it is read here too."""
    return [str(lead(found)), *(provisional(found) if found.coupons.issued else ())]


def link(about: About, staff_url: str) -> str:
    return f"[{_plain(about.title)}]({staff_url}{path_of(about.key)})"


def _plain(title: str) -> str:
    return "".join("¦" if letter in "|[]" else letter for letter in title)


def ahead(card: BeforeCard, title: str, staff_url: str) -> str:
    """What is known of an offer before its launch."""
    parts = [f"## {card.title}", "", f"[{_plain(title)}]({staff_url}{before_of(card.key)})", ""]
    parts += [f"- {one.text}" for one in card.sentences]
    for table in card.tables:
        heads = (table.head, *table.columns)
        parts += ["", f"### {table.title}", "", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        parts += ["| " + " | ".join((row.title, *row.cells)) + " |" for row in table.rows]
    return "\n".join([*parts, "", *card.notes])


def before_of(key: str) -> str:
    return f"/staff/offers/{key}/before"


def path_of(key: str) -> str:
    return f"/staff/offers/{key}/analysis"


def _row(about: About, found: Findings, staff_url: str) -> str:
    coupons, currency = found.coupons, found.question.currency
    between = (say_share(coupons.interval.low), say_share(coupons.interval.high))
    redeemed = found.cost.redemptions if found.is_common else coupons.redeemed
    cells = (
        link(about, staff_url), say(coupons.issued, "count"), say(redeemed, "count"),
        "—" if coupons.rate is None or found.is_common else f"{say_share(coupons.rate)} ({between[0]} – {between[1]})",
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
