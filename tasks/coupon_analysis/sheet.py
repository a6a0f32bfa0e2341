"""Findings as a workbook: a sheet for each table, every number typed, so that it can be counted on. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from tasks.coupon_analysis import sentences, tables
from tasks.coupon_analysis.artifact import OFFER, TITLE
from tasks.coupon_analysis.costs import Cost
from tasks.coupon_analysis.funnel import STEPS
from tasks.coupon_analysis.whole import Findings
from tasks.reports.sheet import Content, Sheet, Typed, written
from tasks.returns.sums.intervals import Interval

Told = Sequence[tuple[str, Findings]]  # the title of each offer, and what was found
LOW, HIGH = mark("From, 95 %"), mark("To, 95 %")
SUMMARY, SENTENCE = mark("Summary"), mark("In a sentence")
WAY, CURVE, MONEY, GAIN = mark("Way"), mark("Curve"), mark("Costs"), mark("Compared")
GROUPS, SIGNALS, WHEN = mark("Product groups"), mark("Signals"), mark("When")
SIGNAL, TIMES, USUAL, WHO = mark("Signal"), mark("How often"), mark("Usual"), mark("Who or where")
OPEN_COST = mark("Open coupons: expected cost")
GOT, LEFT_OUT = mark("Clients who were to get it"), mark("Clients left out")
REST = mark("Not redeemed yet, waiting")


def workbook(told: Told, reader: str, at: datetime) -> bytes:
    """Every table, each row with its offer."""
    currency = told[0][1].question.currency if told else "RUB"
    with spoken(reader):
        about = {"title": translate(TITLE), "created": at.astimezone(UTC).replace(tzinfo=None)}
        return written(_sheets(told, currency), about, currency)


def _steps(told: Told) -> list[str]:
    """The columns of the way; only invitations are answered."""
    is_answered = any(one.coupons.answered is not None for _, one in told)
    return [name for name in STEPS if name != "answered" or is_answered]


def _sheets(told: Told, currency: str) -> Iterator[Sheet]:
    def money(minor: float | None) -> Typed:
        return Typed(None if minor is None else minor / 10 ** get_currency_precision(currency), "money")

    def ends(between: Interval | None) -> list[Content]:
        return [money(between.low if between else None), money(between.high if between else None)]

    yield _sheet(SUMMARY, (SENTENCE,), [
        [title, text] for title, one in told for text in (str(sentences.lead(one)), *sentences.behind(one))
    ])  # fmt: skip
    yield _sheet(WAY, (tables.COUNTED, *(tables.COLUMNS[name] for name in _steps(told)), tables.SHARE, LOW, HIGH), [
        [title, translate(tables.OF[way.of]), *(Typed(way.steps.get(name)) for name in _steps(told)),
         Typed(way.rate, "share"), Typed(way.interval.low, "share"), Typed(way.interval.high, "share")]
        for title, one in told for way in (one.coupons, one.customers, one.uses) if way is not None and way.issued
    ])  # fmt: skip
    yield _sheet(CURVE, (tables.DAY, tables.SHARE, LOW, HIGH, REST), [
        [title, Typed(point.at), Typed(1 - point.share, "share"), Typed(1 - point.interval.high, "share"),
         Typed(1 - point.interval.low, "share"), Typed(point.at_risk)]
        for title, one in told for point in one.curve.points
    ])  # fmt: skip
    heads = (tables.OPEN, OPEN_COST, LOW, HIGH, tables.ENDED, tables.UNUSED)
    cost_heads = (
        tables.NUMBER,
        tables.FACE,
        tables.HANDLING,
        tables.ISSUING,
        tables.TOTAL,
        tables.PARTNER,
        tables.OURS,
    )
    yield _sheet(MONEY, (*cost_heads, *heads), [
        [title, Typed(one.cost.redemptions), money(one.cost.face), money(one.cost.handling),
         money(one.cost.distribution), money(_known(one.cost, one.cost.total)), money(one.cost.partner),
         money(_known(one.cost, one.cost.ours)), Typed(one.liability.open), money(one.liability.expected),
         *ends(one.liability.between), Typed(one.breakage.ended), Typed(one.breakage.unused)]
        for title, one in told
    ])  # fmt: skip
    yield _sheet(GAIN, (tables.HOW, GOT, LEFT_OUT, tables.CLIENT, LOW, HIGH), [
        [title, translate(how), Typed(sizes[0]), Typed(sizes[1]), money(apart), *ends(between)]
        for title, one in told for how, sizes, apart, between in _compared(one)
    ])  # fmt: skip
    yield _sheet(GROUPS, (tables.GROUP, tables.WITH, tables.WITHOUT, tables.DIFFERENCE, LOW, HIGH), [
        [title, each.group or tables.NONE, money(each.treated), money(each.control), money(each.apart),
         *ends(each.interval)]
        for title, one in told for each in one.changes
    ])  # fmt: skip
    yield _sheet(SIGNALS, (SIGNAL, WHO, TIMES, USUAL, WHEN), [
        [title, sentences.said(each), each.who, Typed(each.number), Typed(each.usual), Typed(each.at, "moment")]
        for title, one in told for each in one.signals
    ])  # fmt: skip


def _known(cost: Cost, minor: float) -> float | None:
    return minor if cost.is_known else None


def _compared(one: Findings) -> Iterator[tuple[str, tuple[int, int], float, Interval | None]]:
    gain, later, beside = one.increment, one.afterwards, one.difference
    if gain.interval is not None:
        yield tables.MAIN, (gain.treated, gain.control), gain.apart, gain.interval
    if one.margin is not None and one.margin.each.interval is not None:
        each = one.margin.each
        yield tables.MARGIN_ROW, (each.treated, each.control), each.apart, each.interval
    if later is not None and later.interval is not None:
        yield tables.AFTER, (later.treated, later.control), later.apart, later.interval
    if beside is not None:
        yield tables.DID, (beside.treated, beside.others), beside.apart, beside.interval


def _sheet(title: str, heads: Sequence[str], rows: list[list[Content]]) -> Sheet:
    return Sheet(translate(title), [translate(OFFER), *(translate(head) for head in heads)], rows)
