"""Offers in trade as a table beside the run: how many outlets have confirmed, and which have not. Pure."""

from collections.abc import Sequence

from models.figures import day
from models.locale import mark, translate, translate_plural
from models.trade import OfferInTrade

TITLE = mark("Offers in trade")
NOTHING = mark("No offer is open, and none is about to be.")
HEADING = mark("Offer | Starts | Confirmed | Not yet")
MORE = mark("and {number} more")
SHOWN = 5


def markdown(offers: Sequence[OfferInTrade], staff_url: str) -> str:
    if not offers:
        return translate(NOTHING)
    lines = [f"| {translate(HEADING)} |", "| --- | --- | --- | --- |"]
    for one in offers:
        title = one.title.replace("|", "/")
        starts = day(one.first_day)
        link = f"[{title}]({staff_url}/staff/trade/{one.key})"
        lines.append(f"| {link} | {starts} | {one.confirmed} / {len(one.outlets)} | {_late(one)} |")
    return "\n".join([f"## {translate(TITLE)}", "", *lines])


def _late(one: OfferInTrade) -> str:
    names = [outlet.name.replace("|", "/") for outlet in one.outlets if not outlet.confirmed_at]
    more = [translate_plural(MORE, MORE, len(names) - SHOWN)] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more]) or "—"
