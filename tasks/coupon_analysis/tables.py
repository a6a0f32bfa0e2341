"""The tables of an offer's analysis, in the language of the moment: every number with its interval. Pure."""

from collections.abc import Iterator

from models.desk.mailing_report import Table, TableRow
from models.locale import mark, translate
from tasks.coupon_analysis.costs import Cost
from tasks.coupon_analysis.funnel import STEPS, Funnel
from tasks.coupon_analysis.increment import Increment
from tasks.coupon_analysis.whole import Findings
from tasks.reports.numbers import say, say_money, say_share
from tasks.returns.sums.intervals import Interval

OF = {"coupon": mark("coupons"), "customer": mark("clients"), "use": mark("uses allowed")}
COUNTED, WAY = mark("Counted by"), mark("The way, by what is counted")
COLUMNS = {
    "issued": mark("Issued"),
    "delivered": mark("Delivered"),
    "viewed": mark("Viewed"),
    "answered": mark("Answered, or came"),
    "redeemed": mark("Redeemed"),
}
SHARE, LOW_TO_HIGH = mark("Share redeemed"), mark("With 95 % certainty")
BY_DAY, DAY = mark("Redeemed by day"), mark("Days since given")
DAYS = (1, 3, 7, 14, 21, 30, 45, 60, 90)
OWED, WHAT, NUMBER, MONEY = mark("Unused and open"), mark("What"), mark("Number"), mark("Money")
ENDED, UNUSED, OPEN, USES = mark("Ended"), mark("Of them never used"), mark("Still open"), mark("Uses still allowed")
EXPECTED, NO_LIMIT = mark("Uses to be expected"), mark("no limit")
COSTS, ALL, EACH = mark("Costs"), mark("All"), mark("A use")
FACE, HANDLING, ISSUING = mark("Face value"), mark("Handling"), mark("Issuing")
TOTAL, PARTNER, OURS = mark("Together"), mark("Paid by others"), mark("Ours")
COMPARED, HOW, CLIENT = mark("Compared"), mark("How it was compared"), mark("A client, difference")
SIZES, EVERYBODY = mark("Got it / left out"), mark("All who were to get it")
MAIN, PLAIN = mark("While the offer held"), mark("The same without purchases from before (CUPED)")
DRAWN, AFTER = mark("The same, drawn (bootstrap)"), mark("After the offer")
MARGIN_ROW, DID = mark("Margin, while the offer held"), mark("Difference in differences, not causal")
TREND = mark("Before the offer: faster growth, a week")
LEAST = mark("The smallest difference that these numbers could have shown is {least} a client.")
GROUPS, GROUP = mark("By product group"), mark("Product group")
WITH, WITHOUT, DIFFERENCE = mark("Got it, a client"), mark("Left out, a client"), mark("Difference")
PROMOTED, FEW = mark("the coupon is given on it"), mark("too few bought it")
GROUPS_MOST = 30
NONE = "—"


def _said(*texts: str) -> tuple[str, ...]:
    return tuple(translate(text) for text in texts)


def _money(value: float | None, found: Findings) -> str:
    return NONE if value is None else say_money(round(value), found.question.currency)


def _between(interval: Interval | None, found: Findings) -> str:
    return NONE if interval is None else f"{_money(interval.low, found)} – {_money(interval.high, found)}"


def _shares(interval: Interval) -> str:
    return f"{say_share(interval.low)} – {say_share(interval.high)}"


def funnels(found: Findings) -> tuple[Table, ...]:
    """The same way by coupons, by clients and by uses: each has its own denominator."""
    ways = (found.uses,) if found.is_common else (found.coupons, found.customers, found.uses)
    known = [one for one in ways if one is not None and one.issued]
    if not known:
        return ()
    steps = [name for name in STEPS if any(name in one.steps for one in known)]
    heads = (*_said(*(COLUMNS[name] for name in steps)), *_said(SHARE, LOW_TO_HIGH))
    return (Table(key="way", title=translate(WAY), head=translate(COUNTED), columns=heads,
                  rows=tuple(_funnel(one, steps) for one in known)),)  # fmt: skip


def _funnel(one: Funnel, steps: list[str]) -> TableRow:
    numbers = [say(one.steps[name], "count") if name in one.steps else NONE for name in steps]
    return TableRow(
        title=translate(OF[one.of]), cells=(*numbers, say_share(one.rate or 0), _shares(one.interval)),
    )  # fmt: skip


def by_day(found: Findings) -> tuple[Table, ...]:
    """Where the curve is after some days, as far as it was looked at."""
    curve = found.curve
    if not curve.points:
        return ()
    rows = []
    for day in (day for day in DAYS if day <= curve.until):
        point = curve.at(day)
        between = _shares(Interval(1 - point.interval.high, 1 - point.interval.low))
        rows.append(TableRow(title=str(day), cells=(say_share(1 - point.share), between)))
    heads = _said(SHARE, LOW_TO_HIGH)
    return (Table(key="by-day", title=translate(BY_DAY), head=translate(DAY), columns=heads, rows=tuple(rows)),)


def owed(found: Findings) -> tuple[Table, ...]:
    """What ran out unused, and what is still open, with what it may cost."""
    broken, open_ = found.breakage, found.liability
    rows = []
    if broken.ended and not found.is_common:
        rows.append(_row(ENDED, say(broken.ended, "count"), NONE))
        note = f"{say_share(broken.share or 0)} ({_shares(broken.interval)})"
        rows.append(TableRow(title=translate(UNUSED), cells=(say(broken.unused, "count"), NONE), small=(note, "")))
    if open_.open:
        rows.append(_row(OPEN, say(open_.open, "count"), NONE))
        uses = translate(NO_LIMIT) if open_.uses is None else say(open_.uses, "count")
        rows.append(_row(USES, uses, _money(open_.most, found)))
        each = open_.each
        number = NONE if open_.expected is None or not each else say(open_.expected / each, "count")
        between = "" if open_.between is None else _between(open_.between, found)
        expected = (number, _money(open_.expected, found))
        rows.append(TableRow(title=translate(EXPECTED), cells=expected, small=("", between)))
    if not rows:
        return ()
    heads = _said(NUMBER, MONEY)
    return (Table(key="owed", title=translate(OWED), head=translate(WHAT), columns=heads, rows=tuple(rows)),)


def _row(title: str, *cells: str, strong: bool = False) -> TableRow:
    return TableRow(title=translate(title), cells=cells, strong=strong)


def costs(found: Findings) -> tuple[Table, ...]:
    cost = found.cost
    if not cost.redemptions or not cost.is_known:
        return ()
    rows = tuple(
        _row(title, _money(value, found), _money(value / cost.redemptions, found), strong=title in (TOTAL, OURS))
        for title, value in _costs(cost)
    )
    return (Table(key="costs", title=translate(COSTS), head=translate(WHAT), columns=_said(ALL, EACH), rows=rows),)


def _costs(cost: Cost) -> Iterator[tuple[str, float]]:
    yield from ((FACE, cost.face), (HANDLING, cost.handling), (ISSUING, cost.distribution), (TOTAL, cost.total))
    if cost.partner:
        yield from ((PARTNER, cost.partner), (OURS, cost.ours))


def comparison(found: Findings) -> tuple[Table, ...]:
    """Every comparison that was made, the one that is believed first."""
    rows = [*_by_lot(found), *_without_lot(found)]
    if not rows:
        return ()
    least = found.increment.least
    return (Table(
        key="compared", title=translate(COMPARED), head=translate(HOW), rows=tuple(rows),
        columns=_said(CLIENT, LOW_TO_HIGH, EVERYBODY, SIZES),
        note=translate(LEAST, least=_money(least, found)) if least is not None and least != float("inf") else "",
    ),)  # fmt: skip


def _by_lot(found: Findings) -> Iterator[TableRow]:
    one = found.increment
    if one.interval is None:
        return
    yield _compared(MAIN, one, found, strong=True)
    if one.saved is not None:
        yield _row(PLAIN, NONE, _between(one.plain, found), NONE, NONE)
    if one.drawn is not None:
        yield _row(DRAWN, NONE, _between(one.drawn, found), NONE, NONE)
    if found.margin is not None and found.margin.each.interval is not None:
        yield _compared(MARGIN_ROW, found.margin.each, found)
    if found.afterwards is not None and found.afterwards.interval is not None:
        yield _compared(AFTER, found.afterwards, found)


def _compared(title: str, one: Increment, found: Findings, strong: bool = False) -> TableRow:
    total = one.total()
    whole = NONE if total is None else _between(total[1], found)
    sizes = f"{say(one.treated, 'count')} / {say(one.control, 'count')}"
    return _row(title, _money(one.apart, found), _between(one.interval, found), whole, sizes, strong=strong)


def _without_lot(found: Findings) -> Iterator[TableRow]:
    one = found.difference
    if one is None:
        return
    sizes = f"{say(one.treated, 'count')} / {say(one.others, 'count')}"
    yield _row(DID, _money(one.apart, found), _between(one.interval, found), NONE, sizes, strong=True)
    if one.trend is not None:
        middle = (one.trend.low + one.trend.high) / 2
        yield _row(TREND, _money(middle, found), _between(one.trend, found), NONE, NONE)


def groups(found: Findings) -> tuple[Table, ...]:
    """Each product group, a client: those the coupon is given on first, then those that changed most."""
    shown = sorted(found.changes, key=lambda one: (not one.is_promoted, -abs(one.apart), one.group))[:GROUPS_MOST]
    rows = tuple(
        TableRow(
            title=one.group or NONE, note=translate(PROMOTED) if one.is_promoted else "", quiet=one.interval is None,
            strong=one.has_won or one.has_lost,
            cells=(_money(one.treated, found), _money(one.control, found), _money(one.apart, found),
                   translate(FEW) if one.interval is None else _between(one.interval, found)),
        ) for one in shown
    )  # fmt: skip
    heads = _said(WITH, WITHOUT, DIFFERENCE, LOW_TO_HIGH)
    title = translate(GROUPS)
    return (Table(key="groups", title=title, head=translate(GROUP), columns=heads, rows=rows),) if rows else ()
