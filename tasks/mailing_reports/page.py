"""A report of mailings as it is read in one language, laid out by the same templates as the department's. Pure."""

from collections.abc import Iterator

from babel.numbers import format_decimal

from models.locale import language, mark, spoken, translate, translate_plural
from models.report import Cell, FigureBox, Page, Row, Sentence, Table
from tasks.mailing_reports.plots import legend
from tasks.mailing_reports.values import CouponLine, GroupLine, MailingLine, MailReport, per_thousand, share
from tasks.reactions_to_mailings.sentences import COMPLAINTS_MOST
from tasks.reports.numbers import MINUS, say, say_change, say_moment, say_money, say_period, say_share, say_span
from tasks.reports.titles import ABSENT, BEFORE, HEADINGS, MADE, POINTS, SYNTHETIC
from tasks.reports.words import tone_of

TITLE = mark("Mailings · {period}")
SENT, DELIVERED, OPENED, CLICKED = mark("Letters gone out"), mark("Delivered"), mark("Opened"), mark("Clicked")
PER_1000, UNSUBSCRIBED = mark("Revenue owed, per 1,000"), mark("Unsubscribed")
COMPLAINED, REVENUE, COST = mark("Complained"), mark("Revenue owed to letters"), mark("Cost of the letters")
MAILINGS, MAILING = mark("Mailings"), mark("Mailing")
GROUPS, GROUP = mark("Customer groups"), mark("Group")
SIZE, WAS, JOINED, LEFT = mark("Customers"), mark("Were before"), mark("Came"), mark("Went")
DELIVERABLE = mark("Open to advertising")
COUPONS, OFFER = mark("Coupons"), mark("Offer")
ISSUED, REDEEMED, SHARE = mark("Coupons issued"), mark("Coupons redeemed"), mark("Share redeemed")
GIVEN, BROUGHT = mark("Taken off receipts"), mark("Brought, with 95 % certainty")
OPEN, MISUSE = mark("Open coupons: expected cost"), mark("Signals of misuse")
PLOT = mark("Openings and clicks by day")
NO_DATA = mark("no data")
COUNTS = mark(
    "Mailings of which letters went out in the period, with all they came to by its end; the figures above are what "
    "was added in the period, of older mailings too. Revenue is what was bought within 7 days after a click or an "
    "opening; what the mailing really brought, against those left out, stands in the report of each mailing."
)
NOTHING = mark("No letter went out.")
WENT = (
    mark("{number} mailing went out: {sent} letters, {delivered} of them arrived as far as is known."),
    mark("{number} mailings went out: {sent} letters, {delivered} of them arrived as far as is known."),
)
BEST = mark("Best was “{title}”: {money} for a thousand letters.")
COMPLAINTS = mark("{share} complained of spam: from 0.1 % on providers begin to refuse letters.")
LEAVING = mark("{share} of those reached unsubscribed, {before} before.")
SHRUNK = mark("The group “{title}” shrank from {before} to {size}.")
GREW = mark("The group “{title}” grew from {before} to {size}.")
MUCH, LEAVE_MORE = 0.1, 1.5


def said(report: MailReport, tongue: str) -> Page:
    with spoken(tongue):
        return _page(report)


def _page(report: MailReport) -> Page:
    period = report.period
    tables = (_mailings(report), _groups(report), _coupons(report))
    return Page(
        language=language(), kind=period.kind, title=translate(TITLE, period=say_period(period)),
        span=say_span(period.first, period.last), company=report.company,
        badge=translate(SYNTHETIC) if report.synthetic else "",
        made=translate(MADE, moment=say_moment(report.made_at, period.zone)),
        headings={name: translate(heading) for name, heading in HEADINGS.items()},
        sentences=tuple(_sentences(report)), figures=tuple(_figures(report)), plot_title=translate(PLOT), plot_note="",
        legend=legend(), goals=(), funds=(), campaigns=(), tables=tuple(one for one in tables if one.rows), best=(),
        worst=(), stuck=(), stuck_more="", conclusion=(), remarks=(translate(COUNTS),),
    )  # fmt: skip


def _sentences(report: MailReport) -> Iterator[Sentence]:
    """The few things a head has to know."""
    sent = report.now.get("mail_sent", 0)
    if not report.mailings:
        yield Sentence(translate(NOTHING))
    else:
        words = {"sent": say(sent, "count"), "delivered": say(report.now.get("mail_delivered", 0), "count")}
        yield Sentence(translate_plural(*WENT, len(report.mailings), **words))
    best = max(report.mailings, key=lambda line: per_thousand(line.sums) or 0, default=None)
    if best is not None and best.of("revenue") > 0:
        money = say_money(round(per_thousand(best.sums) or 0), report.currency)
        yield Sentence(translate(BEST, title=best.title, money=money), "good")
    complained = share(report.now, "complained", "delivered")
    if complained is not None and complained > COMPLAINTS_MOST:
        yield Sentence(translate(COMPLAINTS, share=say_share(complained)), "bad")
    yield from _leaving(report)
    yield from (one for line in report.groups if (one := _drift(line)) is not None)


def _leaving(report: MailReport) -> Iterator[Sentence]:
    now, before = (share(sums, "unsubscribed", "delivered") for sums in (report.now, report.before))
    if now is not None and before is not None and now > LEAVE_MORE * before > 0:
        yield Sentence(translate(LEAVING, share=say_share(now), before=say_share(before)), "bad")


def _drift(line: GroupLine) -> Sentence | None:
    """A group that is a tenth larger or smaller than it was."""
    if not line.before or abs(line.size - line.before) < MUCH * line.before:
        return None
    words = {"title": line.title, "before": say(line.before, "count"), "size": say(line.size, "count")}
    return Sentence(translate(SHRUNK if line.size < line.before else GREW, **words))


def _figures(report: MailReport) -> Iterator[FigureBox]:
    now, before = report.now, report.before
    yield _count(SENT, now.get("mail_sent", 0), before.get("mail_sent"), 0)
    for title, part, whole, better in (
        (DELIVERED, "delivered", "sent", 1), (OPENED, "opened", "delivered", 1), (CLICKED, "clicked", "delivered", 1),
        (UNSUBSCRIBED, "unsubscribed", "delivered", -1),
    ):  # fmt: skip
        yield _share(title, share(now, part, whole), share(before, part, whole), better)
    yield _money(REVENUE, now.get("mail_revenue", 0), before.get("mail_revenue"), report.currency, 1)
    if report.cost is not None:
        yield _money(COST, report.cost, report.cost_before, report.currency, 0)


def _count(title: str, value: int, before: int | None, better: int) -> FigureBox:
    former = "" if before is None else translate(BEFORE, value=say(before, "count"))
    return _box(title, say(value, "count"), former, *_change(value, before, better))


def _money(title: str, value: int, before: int | None, currency: str, better: int) -> FigureBox:
    former = "" if before is None else translate(BEFORE, value=say_money(before, currency))
    return _box(title, say_money(value, currency), former, *_change(value, before, better))


def _share(title: str, value: float | None, before: float | None, better: int) -> FigureBox:
    former = "" if before is None else translate(BEFORE, value=say_share(before))
    said_now = translate(NO_DATA) if value is None else say_share(value)
    return _box(title, said_now, former, *_points(value, before, better))


def _box(title: str, value: str, before: str, change: str = "", tone: str = "plain") -> FigureBox:
    return FigureBox(title=translate(title), value=value, planned="", change=change, before=before, tone=tone)


def _change(value: float | None, before: float | None, better: int) -> tuple[str, str]:
    if value is None or not before:
        return "", "plain"
    change = value / before - 1
    return say_change(change), tone_of(change * better)


def _points(value: float | None, before: float | None, better: int) -> tuple[str, str]:
    """By how many points a share changed; a tenth of one is the least that is said."""
    if value is None or before is None:
        return "", "plain"
    points = round(100 * (value - before), 1)
    if not points:
        return "", "plain"
    number = format_decimal(abs(points), locale=language())
    return translate(POINTS, number=f"{'+' if points > 0 else MINUS}{number}"), tone_of(points * better)


def _mailings(report: MailReport) -> Table:
    heads = (SENT, DELIVERED, OPENED, CLICKED, UNSUBSCRIBED, COMPLAINED, REVENUE, PER_1000)
    rows = tuple(_mailing(line, report.currency) for line in report.mailings)
    return Table("mailings", translate(MAILINGS), translate(MAILING), tuple(translate(head) for head in heads), rows)


def _mailing(line: MailingLine, currency: str) -> Row:
    shares = (
        share(line.sums, "delivered", "sent"), share(line.sums, "opened", "delivered"),
        share(line.sums, "clicked", "delivered"), share(line.sums, "unsubscribed", "delivered"),
        share(line.sums, "complained", "delivered"),
    )  # fmt: skip
    cells = [Cell(say(line.of("sent"), "count")), *(_cell(value) for value in shares)]
    cells.append(Cell(say_money(line.of("revenue"), currency)))
    cells.append(Cell(say_money(round(per_thousand(line.sums) or 0), currency)))
    return Row(title=line.title, cells=tuple(cells))


def _cell(value: float | None) -> Cell:
    return Cell(ABSENT, translate(NO_DATA)) if value is None else Cell(say_share(value))


def _groups(report: MailReport) -> Table:
    heads = tuple(translate(head) for head in (SIZE, WAS, JOINED, LEFT, DELIVERABLE))
    rows = tuple(_group(line) for line in report.groups)
    return Table("groups", translate(GROUPS), translate(GROUP), heads, rows)


def _group(line: GroupLine) -> Row:
    told = (line.size, line.before, line.joined, line.left, line.deliverable)
    cells = (Cell(ABSENT, translate(NO_DATA)) if value is None else Cell(say(value, "count")) for value in told)
    return Row(title=line.title, cells=tuple(cells))


def _coupons(report: MailReport) -> Table:
    heads = (ISSUED, REDEEMED, SHARE, GIVEN, BROUGHT, OPEN, MISUSE)
    rows = tuple(_offer(line, report.currency) for line in report.coupons)
    return Table("coupons", translate(COUPONS), translate(OFFER), tuple(translate(head) for head in heads), rows)


def _offer(line: CouponLine, currency: str) -> Row:
    counts = [_number(number) for number in (line.of("coupons_issued"), line.redeemed)]
    given, owed = (_amount(line.of(name), currency) for name in ("expenses", "coupon_open_cost"))
    ends = [line.of(f"coupon_brought_{end}") for end in ("low", "high")]
    known = [say_money(end, currency) for end in ends if end is not None]
    brought = Cell(" – ".join(known)) if len(known) == 2 else Cell(ABSENT, translate(NO_DATA))
    cells = (*counts, _cell(line.share), given, brought, owed, _number(line.of("coupon_signals")))
    return Row(title=line.title, cells=cells)


def _number(value: int | None) -> Cell:
    return Cell(ABSENT, translate(NO_DATA)) if value is None else Cell(say(value, "count"))


def _amount(value: int | None, currency: str) -> Cell:
    return Cell(ABSENT, translate(NO_DATA)) if value is None else Cell(say_money(value, currency))
