"""The report as a workbook: a sheet for each cut, every number typed, so that it can be counted further. Pure."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from tasks.reports.legend import NO_CHANNEL
from tasks.reports.measures import MEASURES, Shape, measure_of
from tasks.reports.numbers import NO_DATA, say_period, say_span
from tasks.reports.titles import BY, HEADINGS, HEADS, MONEY_STANDINGS, OUTCOMES, STANDINGS, SYNTHETIC, TOTAL, UNNAMED
from tasks.reports.values import Cut, MoneyLine, Number, Report

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]

FORMATS = {"count": "#,##0", "share": "0.0%", "seconds": "#,##0", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
SUMMARY = mark("Summary")
FIGURES = (mark("Figure"), mark("Value"), mark("Before"), mark("Change"), mark("Planned"))
GOALS = (
    mark("Goal"), mark("Metric"), mark("Plan"), mark("Fact"), mark("Share of the plan"), mark("Expected by now"),
    mark("Standing"), mark("Spent"), mark("First day"), mark("Last day"),
)  # fmt: skip
MONEY = (
    mark("Kind"), mark("Title"), mark("Budget"), mark("Spent"), mark("Share of the plan"),
    mark("Of that in the period"), mark("Standing"), mark("First day"), mark("Last day"),
)  # fmt: skip
RECEIVED = (mark("How it was received"), mark("Piece"), mark("Author"), mark("Link"))
STUCK = (mark("Piece"), mark("Channel"), mark("Was due"), mark("What happened"), mark("Reason"))
DAYS = (mark("Day"), mark("Channel"))
GOALS_SHEET, MONEY_SHEET, PIECES_SHEET, STUCK_SHEET, DAYS_SHEET = (
    mark("Goals"), mark("Money"), mark("Best and worst"), mark("Waiting for a decision"), mark("By day"),
)  # fmt: skip
FUND, CAMPAIGN = mark("Fund"), mark("Campaign")
OF_A_PIECE = ("views", "responses", "clicks", "response_rate")


@dataclass(frozen=True)
class Typed:
    """A number with the shape it is shown in; None is written as words, so that no sum takes it for a zero."""

    value: Number | date | None
    shape: str = "count"


Content = str | Typed


@dataclass(frozen=True)
class Sheet:
    title: str
    head: Sequence[str]
    rows: list[list[Content]]


def workbook(report: Report, language: str) -> bytes:
    """Write every table of the report to a sheet of its own."""
    with spoken(language):
        about = {"title": say_period(report.period), "author": report.company, "created": report.made_at}
        return written(_sheets(report), about, report.currency)


def written(sheets: Iterable[Sheet], about: Mapping[str, object], currency: str) -> bytes:
    """Sheets as a workbook, each heading frozen and filtered; money has the digits of the currency."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties(dict(about))
        formats = _formats(book, currency)
        for sheet in sheets:
            _write(book, sheet, formats)
    return file.getvalue()


def _formats(book: "Workbook", currency: str) -> dict[str, "Format"]:
    digits = get_currency_precision(currency)
    shapes = FORMATS | {"money": "#,##0" + ("." + "0" * digits if digits else "")}
    formats = {shape: book.add_format({"num_format": shown}) for shape, shown in shapes.items()}
    formats["head"] = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1, "text_wrap": True})
    formats["absent"] = book.add_format({"font_color": "#808080", "align": "right"})
    return formats


def _write(book: "Workbook", sheet: Sheet, formats: dict[str, "Format"]) -> None:
    page = book.add_worksheet(sheet.title)
    for number, title in enumerate(sheet.head):
        page.write_string(0, number, title, formats["head"])
    for row, cells in enumerate(sheet.rows, start=1):
        for number, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, number, cell)
            elif cell.value is None:
                page.write_string(row, number, translate(NO_DATA), formats["absent"])
            elif isinstance(cell.value, date):
                page.write_datetime(row, number, cell.value, formats[cell.shape])
            else:
                page.write_number(row, number, cell.value, formats[cell.shape])
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.head) - 1)
    page.autofit()


def _sheets(report: Report) -> Iterator[Sheet]:
    yield _summary(report)
    if report.conclusion:
        yield _conclusion(report)
    yield _goals(report)
    yield _money(report)
    yield from (_cut(cut, report) for cut in report.cuts)
    yield _pieces(report)
    yield _stuck(report)
    yield _days(report)


def _said(*titles: str) -> list[str]:
    return [translate(title) for title in titles]


def _amount(value: Number | None, shape: Shape, report: Report) -> Typed:
    """Money in major units; the rest as it is."""
    if shape != "money" or value is None:
        return Typed(value, shape)
    return Typed(value / 10 ** get_currency_precision(report.currency), shape)


def _summary(report: Report) -> Sheet:
    rows: list[list[Content]] = []
    for figure in report.figures:
        measure = measure_of(figure.measure, report.result)
        numbers = [_amount(value, measure.shape, report) for value in (figure.value, figure.before)]
        change: list[Content] = [Typed(figure.change, "share")]
        planned: list[Content] = ["" if figure.planned is None else _amount(figure.planned, measure.shape, report)]
        rows.append([translate(measure.title), *numbers, *change, *planned])
    rows.append([say_period(report.period), say_span(report.period.first, report.period.last)])
    rows += [[translate(SYNTHETIC)]] if report.synthetic else []
    return Sheet(translate(SUMMARY), _said(*FIGURES), rows)


def _conclusion(report: Report) -> Sheet:
    """The head's words, a paragraph in a row."""
    parts: list[list[Content]] = [[part.strip()] for part in report.conclusion.split("\n") if part.strip()]
    [title] = _said(HEADINGS["conclusion"])
    return Sheet(title, [title], parts)


def _goals(report: Report) -> Sheet:
    rows: list[list[Content]] = []
    for line in report.goals:
        goal, measure = line.goal, MEASURES[line.goal.metric]
        plan, fact, due = (_amount(number, measure.shape, report) for number in (goal.target, line.fact, line.expected))
        told: list[Content] = [goal.title, translate(measure.title), plan, fact, Typed(line.share, "share"), due]
        told += [translate(STANDINGS[line.standing]), _amount(line.cost, "money", report)]
        rows.append([*told, Typed(goal.first, "date"), Typed(goal.last, "date")])
    return Sheet(translate(GOALS_SHEET), _said(*GOALS), rows)


def _money(report: Report) -> Sheet:
    rows = [_budget(line, kind, report) for kind, lines in _budgets(report) for line in lines]
    return Sheet(translate(MONEY_SHEET), _said(*MONEY), rows)


def _budgets(report: Report) -> Iterator[tuple[str, tuple[MoneyLine, ...]]]:
    yield translate(FUND), report.funds
    yield translate(CAMPAIGN), report.campaigns


def _budget(line: MoneyLine, kind: str, report: Report) -> list[Content]:
    budget = line.budget
    amount, spent, now = (_amount(value, "money", report) for value in (budget.amount, line.spent, line.in_period))
    standing = translate(MONEY_STANDINGS[line.standing])
    days: list[Content] = [Typed(budget.first, "date"), Typed(budget.last, "date")]
    return [kind, budget.title, amount, spent, Typed(line.share, "share"), now, standing, *days]


def _cut(cut: Cut, report: Report) -> Sheet:
    measures = [measure_of(key, report.result) for key in cut.columns]
    named = [(line, line.title or translate(UNNAMED[cut.dimension])) for line in cut.lines]
    rows: list[list[Content]] = [
        [title, *(_amount(line.values.get(measure.key), measure.shape, report) for measure in measures)]
        for line, title in [*named, (cut.total, translate(TOTAL))]
    ]
    return Sheet(translate(BY[cut.dimension]), _said(HEADS[cut.dimension], *(one.title for one in measures)), rows)


def _pieces(report: Report) -> Sheet:
    measures = [MEASURES[key] for key in OF_A_PIECE]
    ranked = [(HEADINGS["best"], line) for line in report.best] + [(HEADINGS["worst"], line) for line in report.worst]
    rows: list[list[Content]] = []
    for heading, line in ranked:
        numbers = [_amount(line.values.get(measure.key), measure.shape, report) for measure in measures]
        rows.append([translate(heading), line.title, line.author, line.link, *numbers])
    return Sheet(translate(PIECES_SHEET), _said(*RECEIVED, *(measure.title for measure in measures)), rows)


def _stuck(report: Report) -> Sheet:
    rows: list[list[Content]] = []
    for one in report.stuck:
        card = report.pieces.get(one.piece)
        due = Typed(_local(one.due_at, report.period.zone), "moment")
        channel = report.title_of("channel", one.channel)
        rows.append([card.title if card else one.piece, channel, due, translate(OUTCOMES[one.state]), str(one.reason)])
    return Sheet(translate(STUCK_SHEET), _said(*STUCK), rows)


def _local(moment: datetime, zone: str) -> datetime:
    """A spreadsheet knows no zones: the company's wall time."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _days(report: Report) -> Sheet:
    rows: list[list[Content]] = [
        [Typed(day.on, "date"), report.title_of("channel", key) or translate(NO_CHANNEL), Typed(value)]
        for day in report.days
        for key, value in sorted(day.values.items())
    ]
    return Sheet(translate(DAYS_SHEET), _said(*DAYS, MEASURES[report.plotted].title), rows)
