"""A report of mailings as a workbook, every number typed. Pure."""

from collections.abc import Iterator

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from tasks.mailing_reports.page import (
    COST,
    COUPONS,
    DELIVERABLE,
    GIVEN,
    GROUP,
    GROUPS,
    ISSUED,
    JOINED,
    LEFT,
    MAILING,
    MAILINGS,
    MISUSE,
    OFFER,
    OPEN,
    PER_1000,
    REDEEMED,
    REVENUE,
    SHARE,
    SIZE,
    TITLE,
    WAS,
)
from tasks.mailing_reports.values import MailReport, per_thousand
from tasks.reports.numbers import say_period
from tasks.reports.sheet import Content, Sheet, Typed, written

SUMMARY, FIGURE, VALUE, FORMER = mark("Summary"), mark("Figure"), mark("Value"), mark("Before")
DAYS, DAY = mark("By day"), mark("Day")
BROUGHT_LOW = mark("Brought by coupons, at least (95 %)")
BROUGHT_HIGH = mark("Brought by coupons, at most (95 %)")
COUNTED = {
    "sent": mark("Letters gone out"), "delivered": mark("Letters delivered"), "bounced": mark("Letters bounced"),
    "opened": mark("Letters opened by people"), "clicked": mark("Letters clicked by people"),
    "replied": mark("Letters answered"), "unsubscribed": mark("Unsubscribed by a letter"),
    "complained": mark("Complaints of spam"), "orders": mark("Purchases owed to letters"),
}  # fmt: skip


def workbook(report: MailReport, reader: str) -> bytes:
    with spoken(reader):
        title = translate(TITLE, period=say_period(report.period))
        return written(_sheets(report), {"title": title, "author": report.company, "created": report.made_at},
                       report.currency)  # fmt: skip


def _sheets(report: MailReport) -> Iterator[Sheet]:
    yield _summary(report)
    yield _mailings(report)
    yield _groups(report)
    if report.coupons:
        yield _coupons(report)
    yield _days(report)


def _money(minor: float | None, currency: str) -> Typed:
    return Typed(None if minor is None else minor / 10 ** get_currency_precision(currency), "money")


def _summary(report: MailReport) -> Sheet:
    rows: list[list[Content]] = [
        [translate(title), Typed(report.now.get(f"mail_{name}", 0)), Typed(report.before.get(f"mail_{name}"))]
        for name, title in COUNTED.items()
    ]
    revenues = (report.now.get("mail_revenue", 0), report.before.get("mail_revenue"))
    for head, numbers in ((REVENUE, revenues), (COST, (report.cost, report.cost_before))):
        rows.append([translate(head), *(_money(number, report.currency) for number in numbers)])
    return Sheet(translate(SUMMARY), [translate(head) for head in (FIGURE, VALUE, FORMER)], rows)


def _mailings(report: MailReport) -> Sheet:
    rows: list[list[Content]] = []
    for line in report.mailings:
        money = (line.of("revenue"), per_thousand(line.sums))
        rows.append([
            line.title, *(Typed(line.of(name)) for name in COUNTED), *(_money(one, report.currency) for one in money)
        ])  # fmt: skip
    heads = (MAILING, *COUNTED.values(), REVENUE, PER_1000)
    return Sheet(translate(MAILINGS), [translate(head) for head in heads], rows)


def _groups(report: MailReport) -> Sheet:
    rows: list[list[Content]] = [
        [line.title, *map(Typed, (line.size, line.before, line.joined, line.left, line.deliverable))]
        for line in report.groups
    ]
    heads = (GROUP, SIZE, WAS, JOINED, LEFT, DELIVERABLE)
    return Sheet(translate(GROUPS), [translate(head) for head in heads], rows)


def _coupons(report: MailReport) -> Sheet:
    rows: list[list[Content]] = []
    for line in report.coupons:
        ends = (line.of(f"coupon_brought_{end}") for end in ("low", "high"))
        rows.append([
            line.title, Typed(line.of("coupons_issued")), Typed(line.redeemed),
            Typed(line.share, "share"), _money(line.of("expenses"), report.currency),
            *(_money(end, report.currency) for end in ends), _money(line.of("coupon_open_cost"), report.currency),
            Typed(line.of("coupon_signals")),
        ])  # fmt: skip
    heads = (OFFER, ISSUED, REDEEMED, SHARE, GIVEN, BROUGHT_LOW, BROUGHT_HIGH, OPEN, MISUSE)
    return Sheet(translate(COUPONS), [translate(head) for head in heads], rows)


def _days(report: MailReport) -> Sheet:
    rows: list[list[Content]] = [
        [Typed(day, "date"), *(Typed(sums.get(f"mail_{name}", 0)) for name in COUNTED)] for day, sums in report.days
    ]
    return Sheet(translate(DAYS), [translate(head) for head in (DAY, *COUNTED.values())], rows)
