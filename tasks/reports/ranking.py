"""Channels and campaigns of a report, the best received first; and what went wrong, counted. Pure."""

from models.desk.month import Ranked, Ranking, Wrong
from models.locale import spoken, translate
from tasks.reports.measures import measure_of
from tasks.reports.numbers import say
from tasks.reports.titles import ABSENT, BY, HEADS, OUTCOMES
from tasks.reports.values import Cut, Line, Report

RANKED = ("channel", "campaign")
COLUMNS = ("published", "views", "responses", "clicks", "orders", "cost", "price")
EXTRA = ("published", "clicks", "orders")
MOST = 6


def rankings(report: Report, language: str) -> tuple[Ranking, ...]:
    """A table for each of these dimensions that anything is known of."""
    with spoken(language):
        made = [_ranking(report.cut(dimension), report) for dimension in RANKED]
    return tuple(one for one in made if one.rows)


def _ranking(cut: Cut, report: Report) -> Ranking:
    columns = [key for key in COLUMNS if key in cut.columns]
    named = [line for line in cut.lines if line.key]
    return Ranking(
        title=translate(BY[cut.dimension]), head=translate(HEADS[cut.dimension]),
        columns=tuple(translate(measure_of(key, report.result).title) for key in columns),
        extra=tuple(place for place, key in enumerate(columns) if key in EXTRA),
        rows=tuple(Ranked(title=line.title, cells=_cells(line, columns, report)) for line in named[:MOST]),
        more=max(0, len(named) - MOST),
    )  # fmt: skip


def _cells(line: Line, columns: list[str], report: Report) -> tuple[str, ...]:
    """What is not known is a dash, never 0."""
    known = [(line.values.get(key), measure_of(key, report.result).shape) for key in columns]
    return tuple(ABSENT if value is None else say(value, shape, report.currency) for value, shape in known)


def wrong(report: Report, language: str) -> tuple[Wrong, ...]:
    """How many publications were refused, held, of unknown outcome, or missed their time."""
    with spoken(language):
        return tuple(
            Wrong(title=translate(title), number=report.outcomes[state])
            for state, title in OUTCOMES.items() if state in report.outcomes
        )  # fmt: skip
