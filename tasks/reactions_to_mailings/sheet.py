"""A mailing's figures as a workbook: a sheet for each table, every number typed, so that it can be counted on. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from tasks.reactions_to_mailings.sentences import lead
from tasks.reactions_to_mailings.shown import LISTED, why
from tasks.reactions_to_mailings.tables import (
    BOUGHT,
    BOUNCED,
    CLICKED,
    COMPLAINED,
    COUPONS_TITLE,
    DELIVERED,
    ISSUED,
    OF_DOMAINS,
    OF_GROUPS,
    OPENED,
    OTHERS,
    REDEEMED,
    SENT,
    UNSUBSCRIBED,
    VARIANT,
    VARIANTS,
    VIEWED,
)
from tasks.reactions_to_mailings.values import Figures
from tasks.reports.sheet import Content, Sheet, Typed, written
from tasks.returns.sums.attribution import BY_TITLES, By
from tasks.returns.sums.funnel import Funnel, shares

SUMMARY, FIGURE, VALUE, SHARE, OF = mark("Summary"), mark("Figure"), mark("Value"), mark("Share"), mark("Of")
LOW, HIGH = mark("Share from, 95 %"), mark("Share to, 95 %")
LINKS, LINK, ADDRESS = mark("Links"), mark("Link"), mark("Address")
PEOPLE, CLICKS, MACHINES = mark("People"), mark("Clicks"), mark("Machines")
BY_HOUR, HOUR, WHAT, NUMBER = mark("By hour"), mark("Hour"), mark("What happened"), mark("Number")
LEAVINGS, REASON = mark("Unsubscribed"), mark("Reason")
MONEY, RECEIPTS, AMOUNT, RETURNED = mark("Money"), mark("Receipts"), mark("Amount"), mark("Given back")
CONTROL, RECIPIENTS = mark("Left out for comparison"), mark("Recipients")

COST, PAID = mark("Cost of the letters"), mark("Paid with them")
COLUMNS = (SENT, DELIVERED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED, COMPLAINED, BOUGHT)
HAPPENED = {
    "delivered": mark("delivered"), "bounced": mark("came back"), "deferred": mark("put off"),
    "complained": mark("complained of spam"), "opened": mark("opened"), "clicked": mark("clicked"),
    "unsubscribed": mark("unsubscribed"), "replied": mark("answered"), "rejected": mark("refused"),
}  # fmt: skip


def workbook(figures: Figures, reader: str) -> bytes:
    """Every table of a mailing's report."""
    about = {"title": figures.about.title, "created": figures.at.astimezone(UTC).replace(tzinfo=None)}
    with spoken(reader):
        return written(_sheets(figures), about, figures.currency)


def _sheets(figures: Figures) -> Iterator[Sheet]:
    yield _summary(figures)
    yield _money(figures)
    yield _funnels(VARIANTS, VARIANT, {line.variant: line.funnel for line in figures.variants})
    yield _funnels(OF_GROUPS.title, OF_GROUPS.head, {line.title: line.funnel for line in figures.groups})
    yield _funnels(OF_DOMAINS.title, OF_DOMAINS.head, figures.domains)
    if figures.coupons:
        yield _coupons(figures)
    yield _links(figures)
    yield _hours(figures)
    yield _leavings(figures)


def _summary(figures: Figures) -> Sheet:
    whole = figures.whole
    rows: list[list[Content]] = [[lead(figures).text], [translate(LISTED), Typed(whole.listed)]]
    for share in shares(whole):
        interval = share.interval
        bounds = (interval.low, interval.high) if share.of else (None, None)
        rows.append([
            translate(share.title), Typed(share.number), Typed(share.value, "share"), translate(share.of_what),
            *(Typed(bound, "share") for bound in bounds),
        ])  # fmt: skip
    return Sheet(translate(SUMMARY), [translate(one) for one in (FIGURE, VALUE, SHARE, OF, LOW, HIGH)], rows)


def _money(figures: Figures) -> Sheet:
    def amount(minor: int | None) -> Typed:
        return Typed(None if minor is None else minor / 10 ** get_currency_precision(figures.currency), "money")

    rows: list[list[Content]] = []
    for by in sorted(By, reverse=True):
        if line := figures.owed.get(by):
            rows.append([translate(BY_TITLES[by]), Typed(line.receipts), amount(line.net), amount(line.returned)])
    if figures.against is not None:
        for title, spent in ((RECIPIENTS, figures.against.recipients), (CONTROL, figures.against.control)):
            bought, size = amount(sum(spent.amounts)), Typed(spent.size)
            rows.append([translate(title), Typed(len(spent.amounts)), bought, "", size])
    rows.append([translate(COST), "", amount(figures.cost)])
    heads = (FIGURE, RECEIPTS, AMOUNT, RETURNED, RECIPIENTS)
    return Sheet(translate(MONEY), [translate(one) for one in heads], rows)


def _funnels(title: str, head: str, funnels: Mapping[str, Funnel]) -> Sheet:
    rows: list[list[Content]] = [
        [name or translate(OTHERS), *(Typed(number) for number in _numbers(one))] for name, one in funnels.items()
    ]
    return Sheet(translate(title), [translate(one) for one in (head, *COLUMNS)], rows)


def _numbers(one: Funnel) -> tuple[int, ...]:
    bounced = one.bounced_hard + one.bounced_soft
    return (one.sent, one.delivered, bounced, one.opened, one.clicked, one.unsubscribed, one.complained, one.bought)


def _coupons(figures: Figures) -> Sheet:
    funnels = {line.variant: line.funnel for line in figures.variants}
    rows: list[list[Content]] = []
    for line in figures.coupons:
        one, paid = funnels.get(line.variant, Funnel()), line.paid / 10 ** get_currency_precision(figures.currency)
        numbers = (line.issued, one.delivered, one.opened, line.redeemed)
        rows.append([line.variant, *(Typed(number) for number in numbers), Typed(paid, "money")])
    heads = (VARIANT, ISSUED, DELIVERED, VIEWED, REDEEMED, PAID)
    return Sheet(translate(COUPONS_TITLE), [translate(one) for one in heads], rows)


def _links(figures: Figures) -> Sheet:
    rows: list[list[Content]] = [
        [one.label, one.url, one.variant, Typed(one.people), Typed(one.clicks), Typed(one.machines)]
        for one in figures.links
    ]
    heads = (LINK, ADDRESS, VARIANT, PEOPLE, CLICKS, MACHINES)
    return Sheet(translate(LINKS), [translate(one) for one in heads], rows)


def _hours(figures: Figures) -> Sheet:
    """In the company's wall time: a spreadsheet knows no zones."""
    rows: list[list[Content]] = []
    for one in figures.hours:
        at = datetime.fromisoformat(f"{one.at}:00").replace(tzinfo=UTC).astimezone(ZoneInfo(figures.zone))
        moment = Typed(at.replace(tzinfo=None), "moment")
        rows.append([moment, translate(HAPPENED[one.what]), Typed(one.number - one.machines), Typed(one.machines)])
    return Sheet(translate(BY_HOUR), [translate(head) for head in (HOUR, WHAT, NUMBER, MACHINES)], rows)


def _leavings(figures: Figures) -> Sheet:
    rows: list[list[Content]] = [[why(code), Typed(number)] for code, number in sorted(figures.leavings.items())]
    return Sheet(translate(LEAVINGS), [translate(REASON), translate(PEOPLE)], rows)
