"""An offer's findings as its page shows them, in the reader's language. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from models.desk.coupon_analysis import CouponReport, Part, Plot, Signal
from models.desk.mailing_report import Box, Said, Step, Tone
from models.locale import mark, spoken, translate
from tasks.coupon_analysis import plots, sentences, signals, tables
from tasks.coupon_analysis.funnel import STEPS, Funnel
from tasks.coupon_analysis.increment import Told
from tasks.coupon_analysis.signals import Kind
from tasks.coupon_analysis.signals import Signal as Found
from tasks.coupon_analysis.whole import Findings
from tasks.reports.numbers import say, say_money, say_share, say_span
from tasks.reports.plots import Frame
from tasks.returns.sums.intervals import Interval

WIDE, NARROW = Frame(width=880, height=240), Frame(width=340, height=230)
LOST_MOST, APART = 3, " · "
LONG = 10  # digits: a telephone or a card, no number of ours
NO_NAMES: Mapping[str, str] = {}
COUPON_PAGE = "/staff/offers/coupon/{id}"
TONES: dict[Told, Tone] = {Told.MORE: "good", Told.LESS: "bad"}
LINE = mark("{span}, {issued} coupons")
BETWEEN = mark("from {low} to {high}")
NOT_KNOWN, TOO_FEW = mark("nobody was left out to compare with"), mark("too few bought to say anything")
NO_DAY_YET = mark("no whole day of the offer is known yet")
CANNOT = mark("cannot be told from zero")
PROVISIONAL = mark("provisional")
ALL_USES = mark("Uses of coupons")
REDEEMED, BROUGHT, USE = mark("Redeemed"), mark("Brought by all who were to get it"), mark("A use costs")
PROFIT, OPEN, MISUSE = mark("Profit after costs"), mark("Still open, expected to cost"), mark("Signals of misuse")
OF_ISSUED = mark("{redeemed} of {issued} issued")
OURS = mark("{ours} of it is ours")
NOT_YET = mark("more cannot be told yet")
AT_MOST, TO_LOOK_AT = mark("at most {most}"), mark("to look at, no proofs")
TITLES = {
    "far": mark("How far the coupons came"), "soon": mark("How soon they were redeemed"),
    "owed": mark("Unused, and still open"), "cost": mark("What it cost and what was left"),
    "brought": mark("What it brought"), "groups": mark("By product group"), "signals": mark("What looks like misuse"),
}  # fmt: skip
OF_WHAT = mark("of those issued")
CURVE_NOTE = mark(
    "The share of all coupons redeemed, by days since they were given; the band holds the true share with 95 % "
    "certainty. Coupons that are still waiting count as waiting (Kaplan–Meier); stopped ones are left out."
)
GAIN_NOTE = mark(
    "What a client who was to get the coupon bought more (right) or less (left) than one left out; lines hold the true "
    "difference with 95 % certainty, the dashed one is zero. Amber are groups the coupon was not given on."
)
COUPON = mark("Coupon № {id}")
MORE_SIGNALS = mark("And {number} more, less telling than these: the workbook has all of them.")
AS_COUNTED = mark(
    "Issued are codes given to somebody; a replaced one counts once. Shares are of coupons, of clients and of uses, "
    "each with its own denominator; a coupon redeemed on fifty products is redeemed once."
)
AS_COMPARED = mark(
    "Whoever was to get a coupon is compared with those left out by lot before the issue, used or not. Purchases from "
    "before take spread away (CUPED); the interval is Welch's, where few buy a drawn one (bootstrap) has to agree."
)
AS_NOT_CAUSAL = mark(
    "Nobody was left out, so those who got a coupon stand beside the other buyers, allowing for how they differed "
    "before (difference in differences). Whatever it shows is not causal."
)
AS_GROUPS = mark("The intervals of all product groups hold at once with 95 % (Bonferroni).")


def page(
    found: Findings, key: str, title: str, reader: str, links: bool = True, names: Mapping[str, str] = NO_NAMES
) -> CouponReport:
    """The whole page; `links` lead from signals to the coupons they rest on, `names` are what keys are called."""
    with spoken(reader):
        periods = found.question.periods
        span, issued = say_span(periods.first_day, periods.last_day), say(found.coupons.issued, "count")
        line = translate(LINE, span=span, issued=issued)
        parts = [part for part in _parts(found, reader, links, names) if _has_something(part)]
        return CouponReport(
            key=key, title=title, line=line, boxes=tuple(_boxes(found)), parts=tuple(parts),
            lead=Said(text=str(sentences.lead(found)), tone=_tone(found)), sentences=tuple(_front(found)),
            notes=tuple(_notes(found)),
        )  # fmt: skip


def _tone(found: Findings) -> Tone:
    return TONES.get(found.increment.told, "plain")


def _front(found: Findings) -> Iterator[Said]:
    """What a head has to know beside the one sentence."""
    if found.coupons.issued:
        yield from (Said(text=text) for text in sentences.provisional(found))
    if found.question.uncredited:
        number = say(found.question.uncredited, "count")
        yield Said(text=translate(sentences.UNCREDITED, number=number), tone="bad")
    yield from (Said(text=text, tone="bad") for text in list(sentences.elsewhere_lost(found))[:LOST_MOST])


def _boxes(found: Findings) -> Iterator[Box]:
    coupons, cost, currency = found.coupons, found.cost, found.question.currency
    if coupons.rate is None:
        return
    if found.is_common:
        yield Box(title=translate(ALL_USES), value=say(cost.redemptions, "count"))
    else:
        note = translate(OF_ISSUED, redeemed=say(coupons.redeemed, "count"), issued=say(coupons.issued, "count"))
        note = f"{note}; {_shares(coupons.interval)}"
        yield Box(title=translate(REDEEMED), value=say_share(coupons.rate), note=note)
    yield _brought(found)
    if cost.each is not None:
        ours = say_money(round(cost.each_ours or 0), currency)
        note = translate(OURS, ours=ours) if cost.partner else ""
        yield Box(title=translate(USE), value=say_money(round(cost.each), currency), note=note)
    if found.margin is not None and found.margin.profit is not None and found.margin.between is not None:
        between = found.margin.between
        tone: Tone = "good" if between.low > 0 else "bad" if between.high < 0 else "plain"
        value = say_money(round(found.margin.profit), currency)
        yield Box(title=translate(PROFIT), value=value, note=money_between(between, currency), tone=tone)
    if found.liability.open and found.liability.each is not None:
        yield _open(found)
    if found.signals:
        yield Box(title=translate(MISUSE), value=say(len(found.signals), "count"), note=translate(TO_LOOK_AT))


def _open(found: Findings) -> Box:
    """What the open ones are to cost, as far as that can be told."""
    owed, currency = found.liability, found.question.currency
    value = "—" if owed.expected is None else say_money(round(owed.expected), currency)
    value = value if owed.is_whole or owed.expected is None else f"≥ {value}"
    notes = [] if owed.most is None else [translate(AT_MOST, most=say_money(round(owed.most), currency))]
    notes += [translate(NOT_YET)] if owed.expected is None else []
    return Box(title=translate(OPEN), value=value, note="; ".join(notes))


def _brought(found: Findings) -> Box:
    title, total, currency = translate(BROUGHT), found.increment.total(), found.question.currency
    if total is None or not found.question.periods.during_days:
        why = TOO_FEW if found.increment.told is Told.TOO_FEW else NOT_KNOWN
        return Box(title=title, value="—", note=translate(why if found.question.periods.during_days else NO_DAY_YET))
    notes = [translate(CANNOT)] if found.increment.told is Told.NOT_TOLD else []
    notes += [money_between(total[1], currency)]
    notes += [translate(PROVISIONAL)] if any(sentences.provisional(found)) else []
    return Box(title=title, value=say_money(round(total[0]), currency), note="; ".join(notes), tone=_tone(found))


def _shares(interval: Interval) -> str:
    return translate(BETWEEN, low=say_share(interval.low), high=say_share(interval.high))


def money_between(interval: Interval, currency: str) -> str:
    low, high = (say_money(round(end), currency) for end in (interval.low, interval.high))
    return translate(BETWEEN, low=low, high=high)


def _has_something(part: Part) -> bool:
    return bool(part.sentences or part.steps or part.plots or part.tables or part.signals)


def _parts(found: Findings, reader: str, links: bool, names: Mapping[str, str]) -> Iterator[Part]:
    in_front = set(sentences.provisional(found))
    said = tuple(line for line in sentences.how_far(found) if line not in in_front)
    steps = () if found.is_common else tuple(_steps(found.coupons))
    yield _part("far", sentences=said, steps=steps, tables=tables.funnels(found))
    if not found.is_common:
        wide, narrow = (plots.curve(found.curve, reader, frame) for frame in (WIDE, NARROW))
        yield _part("soon", plots=_plot(wide, narrow, CURVE_NOTE), tables=tables.by_day(found))
    yield _part("owed", sentences=tuple(sentences.owed(found)), tables=tables.owed(found))
    if found.coupons.issued:
        yield _part("cost", sentences=tuple(sentences.costs(found)), tables=tables.costs(found))
    drawn = _plot(plots.increment(found, reader, WIDE), plots.increment(found, reader, NARROW), GAIN_NOTE)
    yield _part("brought", plots=drawn, sentences=tuple(sentences.beside(found)), tables=tables.comparison(found))
    yield _part("groups", sentences=tuple(sentences.elsewhere(found)), tables=tables.groups(found))
    yield _part("signals", signals=tuple(_signals(found, links, names)))


def _part(key: str, **more: object) -> Part:
    return Part.model_validate({"key": key, "title": translate(TITLES[key]), **more})


def _plot(wide: str, narrow: str, note: str) -> tuple[Plot, ...]:
    return (Plot(wide=wide, narrow=narrow, note=translate(note)),) if wide else ()


def _steps(one: Funnel) -> Iterator[Step]:
    """From the issue to the till; each share says of what."""
    for name in (name for name in STEPS if name in one.steps and one.issued):
        number = one.steps[name]
        more = {} if name == "issued" else {
            "share": say_share(number / one.issued), "of": translate(OF_WHAT),
            "interval": _shares(one.interval) if name == "redeemed" else "",
        }  # fmt: skip
        yield Step(title=translate(plots.STEPS[name]), number=say(number, "count"), width=100 * number / one.issued,
                   **more)  # fmt: skip


def _signals(found: Findings, links: bool, names: Mapping[str, str]) -> Iterator[Signal]:
    shown = signals.shown(found.signals)
    for one in shown:
        numbers = [coupon for coupon in one.coupons if isinstance(coupon, int)] if links else []
        yield Signal(
            text=sentences.said(_named(one, names)),
            links=tuple((translate(COUPON, id=id), COUPON_PAGE.format(id=id)) for id in numbers),
        )
    if len(shown) < len(found.signals):
        yield Signal(text=translate(MORE_SIGNALS, number=len(found.signals) - len(shown)))


def named(found: Findings, names: Mapping[str, str]) -> Findings:
    """The same with outlets and cashiers called by their names."""
    return replace(found, signals=tuple(_named(one, names) for one in found.signals))


def _named(one: Found, names: Mapping[str, str]) -> Found:
    """An outlet and a cashier by their names; a customer stays a number, and no address."""
    if one.kind in (Kind.VELOCITY, Kind.MANY_CODES):
        return replace(one, who=_veiled(one.who))
    return replace(one, who=APART.join(names.get(part, part) for part in one.who.split(APART)))


def _veiled(who: str) -> str:
    """A stranger's table may call clients by their e-mail, telephone or card: so much of it as tells them apart."""
    before, at, domain = who.partition("@")
    if at:
        return f"{before[:1]}…@{domain}"
    return f"…{who[-4:]}" if sum(letter.isdigit() for letter in who) >= LONG else who


def _notes(found: Findings) -> Iterator[str]:
    yield translate(AS_COUNTED)
    yield translate(AS_COMPARED if found.question.is_by_lot else AS_NOT_CAUSAL)
    if found.changes:
        yield translate(AS_GROUPS)
