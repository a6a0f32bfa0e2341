"""The card of an offer before its launch, in the reader's language. Pure."""

from math import isinf

from models.desk.coupon_analysis import BeforeCard
from models.desk.mailing_report import Said, Table, TableRow
from models.locale import mark, spoken, translate
from tasks.coupon_analysis.before.engine import Launch
from tasks.coupon_analysis.before.simulation import Scenario
from tasks.coupon_analysis.costs import BESIDE_RECEIPTS
from tasks.coupon_analysis.tables import LOW_TO_HIGH
from tasks.reports.numbers import say, say_money, say_share, say_span

TITLE = mark("Before the launch")
NOBODY_LEFT = mark(
    "Nobody is left out, so what the offer brings will never be known. Leave out some per cent of its clients."
)
NEVER = mark("With {percent} % of {number} clients left out no effect could be told from zero: too few buy.")
LEAST = mark(
    "With {percent} % of {number} clients left out, an effect below {least} a client ({share} of what one buys in that "
    "time) could not be told from zero."
)
NOTHING_OFF = mark("On none of your purchases of {span} would it have taken anything off a receipt.")
BESIDE = mark(
    "What it gives stands in no receipt (a gift, points, delivery, a seat), so what it may cost cannot be told from "
    "your purchases."
)
MOST = mark(
    "On your purchases of {span} it would have given off {money} at most, on {uses} receipts, had everybody used it "
    "who could."
)
FORMER = mark("Of former coupons {share} were used: then it is {money} ({low} to {high}).")
CAPPED = mark("A limit of the offer holds it there.")
UNKNOWN_RISK = mark("Nothing is known of your purchases of {span}, so what it may cost cannot be said.")
HABITS = mark(
    "By habits of today: nobody buys more in it because of the offer, and gifts, points and delivery are not counted. "
    "The smallest effect is what such arms show in four cases of five (5 %, CUPED where purchases from before help)."
)
LEAVING, PERCENT, SMALLEST = mark("How many to leave out"), mark("Left out"), mark("Smallest effect a client")
OF_BUYING = mark("Of what a client buys")
COSTING, USED, USES, MONEY = (
    mark("What it may cost"),
    mark("Clients who use it"),
    mark("Times used"),
    mark("Discounts together"),
)


def card(launch: Launch, reader: str) -> BeforeCard:
    with spoken(reader):
        return BeforeCard(
            key=launch.key, title=translate(TITLE), sentences=(_least(launch), *_risk(launch)),
            tables=tuple(one for one in (_leaving(launch), _costing(launch)) if one.rows), notes=(translate(HABITS),),
        )  # fmt: skip


def _least(launch: Launch) -> Said:
    percent, before = launch.terms.control_percent, launch.least
    if not percent:
        return Said(text=translate(NOBODY_LEFT), tone="bad")
    number = say(before.customers, "count")
    if isinf(launch.control_least) or not before.mean:
        return Said(text=translate(NEVER, percent=percent, number=number), tone="bad")
    least = say_money(round(launch.control_least), launch.currency)
    share = say_share(launch.control_least / before.mean)
    return Said(text=translate(LEAST, percent=percent, number=number, least=least, share=share))


def _risk(launch: Launch) -> tuple[Said, ...]:
    span = say_span(launch.first, launch.last)
    if not launch.receipts:
        return (Said(text=translate(UNKNOWN_RISK, span=span)),)
    if not launch.scenarios and isinstance(launch.terms.gives, BESIDE_RECEIPTS):
        return (Said(text=translate(BESIDE)),)
    if not launch.scenarios:
        return (Said(text=translate(NOTHING_OFF, span=span), tone="bad"),)
    most, *others = launch.scenarios
    text = translate(MOST, span=span, money=_money(most.off, launch), uses=say(most.uses, "count"))
    said = [Said(text=f"{text} {translate(CAPPED)}" if most.is_capped else text)]
    if launch.former is not None:
        low, high = (_money(end, launch) for end in (others[0].between.low, others[0].between.high))
        share = say_share(launch.former[0])
        said.append(Said(text=translate(FORMER, share=share, money=_money(others[0].off, launch), low=low, high=high)))
    return tuple(said)


def _leaving(launch: Launch) -> Table:
    before = launch.least
    rows = tuple(
        TableRow(
            title=f"{percent} %", strong=percent == launch.terms.control_percent,
            cells=(_money(least, launch), say_share(least / before.mean)),
        ) for percent, least in before.least.items() if before.mean and not isinf(least)
    )  # fmt: skip
    heads = (translate(SMALLEST), translate(OF_BUYING))
    return Table(key="leaving", title=translate(LEAVING), head=translate(PERCENT), columns=heads, rows=rows)


def _costing(launch: Launch) -> Table:
    rows = tuple(_scenario(one, launch) for one in launch.scenarios)
    heads = (translate(USES), translate(MONEY), translate(LOW_TO_HIGH))
    return Table(key="costing", title=translate(COSTING), head=translate(USED), columns=heads, rows=rows)


def _scenario(one: Scenario, launch: Launch) -> TableRow:
    between = f"{_money(one.between.low, launch)} – {_money(one.between.high, launch)}"
    cells = (say(one.uses, "count"), _money(one.off, launch), between)
    return TableRow(title=say_share(one.share), cells=cells, note=translate(CAPPED) if one.is_capped else "")


def _money(value: float, launch: Launch) -> str:
    return say_money(round(value), launch.currency)
