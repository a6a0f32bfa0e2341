"""The report as it is read in one language: every number said, every table in order; layouts only place it. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from models.locale import language, spoken, translate, translate_plural
from models.report import Bar, Cell, FigureBox, Page, Piece, Row, StuckRow, Table
from tasks.reports.legend import legend
from tasks.reports.measures import MEASURES, Measure, measure_of
from tasks.reports.numbers import NO_DATA, say, say_change, say_moment, say_period, say_span, say_stretch
from tasks.reports.titles import (
    ABSENT,
    BEFORE,
    BY,
    BY_DAY,
    DARK_DAYS,
    HEADINGS,
    HEADS,
    HOW_COUNTED,
    IN_PERIOD,
    MADE,
    MONEY_STANDINGS,
    MORE,
    OTHER_MONEY,
    OUTCOMES,
    OUTSIDE_FUNDS,
    PLAN,
    POINTS,
    SILENT,
    SPENT,
    STANDINGS,
    SYNTHETIC,
    TONES,
    TOTAL,
    UNNAMED,
)
from tasks.reports.values import Cut, Figure, GoalLine, Line, MoneyLine, PieceLine, Report
from tasks.reports.words import sentences, tone_of


def said(report: Report, tongue: str) -> Page:
    """Say the whole report in a language."""
    with spoken(tongue):
        return _page(report)


def _page(report: Report) -> Page:
    kind = report.period.kind
    return Page(
        language=language(),
        kind=kind,
        title=say_period(report.period),
        span=say_span(report.period.first, report.period.last),
        company=report.company,
        badge=translate(SYNTHETIC) if report.synthetic else "",
        made=translate(MADE, moment=say_moment(report.made_at, report.period.zone)),
        headings={name: translate(heading) for name, heading in HEADINGS.items()},
        sentences=tuple(sentences(report)),
        figures=tuple(_figures(report)),
        plot_title=translate(BY_DAY, measure=translate(MEASURES[report.plotted].title)),
        plot_note=_plot_note(report),
        legend=tuple(legend(report)),
        goals=tuple(goal_bar(line, report.currency) for line in report.goals),
        funds=tuple(money_bar(line, report.currency, kind) for line in report.funds),
        campaigns=tuple(money_bar(line, report.currency, kind) for line in report.campaigns),
        tables=tuple(_table(cut, report) for cut in report.cuts if _tells(cut)),
        best=tuple(_piece(line, report) for line in report.best),
        worst=tuple(_piece(line, report) for line in report.worst),
        stuck=tuple(_stuck(report)),
        stuck_more=_stuck_more(report),
        conclusion=tuple(part.strip() for part in report.conclusion.split("\n") if part.strip()),
        remarks=tuple(_remarks(report)),
    )


def _plot_note(report: Report) -> str:
    """The days nobody knows anything of: an empty place in the plot is not a zero. Days to come are none of them."""
    dark = [day.on for day in report.days if not day.values and day.on <= report.today]
    return translate(DARK_DAYS, days=", ".join(_stretches(dark))) if dark else ""


def _stretches(days: Iterable[date]) -> list[str]:
    """Days that follow each other are said as one stretch."""
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return [say_stretch(stretch[0], stretch[-1]) for stretch in found]


COMPARED = ("published", "views", "responses", "clicks", "orders", "revenue")
OF_A_PIECE = ("views", "responses", "clicks", "response_rate")


def _figures(report: Report) -> Iterable[FigureBox]:
    for figure in report.figures:
        measure = measure_of(figure.measure, report.result)
        planned = None if figure.planned is None else say(figure.planned, measure.shape, report.currency)
        before = None if figure.before is None else say(figure.before, measure.shape, report.currency)
        yield FigureBox(
            title=translate(measure.title),
            value=say(figure.value, measure.shape, report.currency),
            planned="" if planned is None else translate(PLAN, value=planned),
            change=_change(figure, measure),
            before="" if before is None else translate(BEFORE, value=before),
            tone="plain" if figure.change is None else tone_of(figure.change * measure.better),
        )


def _change(figure: Figure, measure: Measure) -> str:
    """By how much it changed: in per cent, a share in percentage points, nothing where nothing can be compared."""
    if figure.change is None:
        return ""
    if measure.shape != "share":
        return say_change(figure.change)
    points = round(((figure.value or 0) - (figure.before or 0)) * 100)
    return translate(POINTS, number=f"{points:+}".replace("-", "−"))


def goal_bar(line: GoalLine, currency: str) -> Bar:
    """A goal as a bar, in the current language."""
    measure, goal = MEASURES[line.goal.metric], line.goal
    cost = "" if line.cost is None else translate(SPENT, value=say(line.cost, "money", currency))
    return Bar(
        title=goal.title,
        note=f"{translate(measure.title)} · {say_span(goal.first, goal.last)}",
        fact=say(line.fact, measure.shape, currency),
        target=say(goal.target, measure.shape, currency),
        share=_per_cent(line.share),
        mark=_per_cent(line.expected / goal.target if line.expected is not None and goal.target else None),
        percent="" if line.share is None else say(line.share, "share"),
        standing=translate(STANDINGS[line.standing]),
        tone=TONES.get(line.standing, "plain"),
        extra=cost,
    )


def money_bar(line: MoneyLine, currency: str, kind: Literal["week", "month"]) -> Bar:
    """A budget as a bar, in the current language."""
    amount, now = line.budget.amount, line.in_period
    said_now = "" if now is None else say(now, "money", currency)
    return Bar(
        title=line.budget.title,
        note=translate(IN_PERIOD[kind], value=said_now) if said_now else "",
        fact=say(line.spent, "money", currency),
        target="" if amount is None else say(amount, "money", currency),
        share=_per_cent(line.share),
        mark=None,
        percent="" if line.share is None else say(line.share, "share"),
        standing=translate(MONEY_STANDINGS[line.standing]),
        tone=TONES.get(line.standing, "plain"),
    )


def _per_cent(share: float | None) -> float | None:
    return None if share is None else round(min(max(share, 0), 1) * 100, 1)


def _tells(cut: Cut) -> bool:
    """Whether the cut shows more than that nobody named anything."""
    return any(line.key for line in cut.lines)


def _table(cut: Cut, report: Report) -> Table:
    measures = [measure_of(key, report.result) for key in cut.columns]
    rows = [_row(line, line.title or translate(UNNAMED[cut.dimension]), cut, report) for line in cut.lines]
    return Table(
        key=cut.dimension,
        title=translate(BY[cut.dimension]),
        head=translate(HEADS[cut.dimension]),
        columns=tuple(translate(measure.title) for measure in measures),
        rows=(*rows, _row(cut.total, translate(TOTAL), cut, report, total=True)),
    )


def _row(line: Line, title: str, cut: Cut, report: Report, total: bool = False) -> Row:
    cells = tuple(_cell(line, column, report) for column in cut.columns)
    return Row(title, cells, total, quiet=not line.key and not total)


def _cell(line: Line, column: str, report: Report) -> Cell:
    measure, value = measure_of(column, report.result), line.values.get(column)
    figure = Figure(column, value, line.before.get(column) if column in COMPARED else None)
    change = figure.change
    return Cell(
        text=ABSENT if value is None else say(value, measure.shape, report.currency),
        absent=translate(NO_DATA) if value is None else "",
        change=_change(figure, measure),
        tone="plain" if change is None else tone_of(change * measure.better),
    )


def _piece(line: PieceLine, report: Report) -> Piece:
    known = [(MEASURES[key], line.values.get(key)) for key in OF_A_PIECE]
    facts = [
        (translate(one.title), say(value, one.shape, report.currency)) for one, value in known if value is not None
    ]
    return Piece(line.title, line.author, line.link, tuple(facts))


def _stuck(report: Report) -> Iterable[StuckRow]:
    for one in report.stuck:
        card = report.pieces.get(one.piece)
        yield StuckRow(
            piece=card.title if card else one.piece,
            channel=report.title_of("channel", one.channel),
            due=say_moment(one.due_at, report.period.zone),
            state=translate(OUTCOMES[one.state]),
            reason=str(one.reason),
        )


def _stuck_more(report: Report) -> str:
    more = sum(report.outcomes.get(state, 0) for state in OUTCOMES) - len(report.stuck)
    return translate_plural(*MORE, more) if more > 0 else ""


def _remarks(report: Report) -> Iterable[str]:
    yield translate(HOW_COUNTED)
    for measure, channels in report.silent.items():
        words = {"measure": translate(MEASURES[measure].title), "channels": ", ".join(channels)}
        yield translate(SILENT, **words)
    if report.outside_funds:
        yield f"{translate(OUTSIDE_FUNDS)}: {say(report.outside_funds, 'money', report.currency)}."
    if report.other_money:
        sums = ", ".join(say(minor, "money", currency) for currency, minor in report.other_money.items())
        yield translate(OTHER_MONEY, sums=sums)
