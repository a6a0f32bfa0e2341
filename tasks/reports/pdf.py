"""The report on paper: the whole of it, and one page for the director.

Only the fonts inside Typst are used, so that the same report is the same bytes on every machine: Libertinus Serif has
Cyrillic but no rouble sign, which New Computer Modern lends. The templates beside this file are read as a part of
the code. Pure.
"""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files

from models.report import Page
from tasks.reports.page import said
from tasks.reports.plots import Frame, by_day
from tasks.reports.values import Report

FONT = "Libertinus Serif"
PLOT = Frame(width=680, height=170, font=FONT, text=13)
LOW_PLOT = Frame(width=680, height=84, font=FONT, text=13)


def full(report: Report, language: str) -> bytes:
    """Everything, on as many pages as it takes."""
    return _printed("full.typ", report, language, PLOT)


def one_page(report: Report, language: str) -> bytes:
    """What the director needs, on one A4 page: the type shrinks to fit before a second page is begun."""
    return _printed("director.typ", report, language, LOW_PLOT)


def _printed(layout: str, report: Report, language: str, frame: Frame) -> bytes:
    return printed(layout, said(report, language), by_day(report, language, frame), report.made_at)


def printed(layout: str, page: Page, plot: str, made_at: datetime) -> bytes:
    """A page that is said already, on paper; `plot` is SVG or empty."""
    import typst

    told = {"page": json.dumps(asdict(page)), "plot": plot}
    files_of_it = {"main.typ": _template(layout), "parts.typ": _template("parts.typ")}
    pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub knows of one file only
        files_of_it,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs=told,
        timestamp=int(made_at.timestamp()),
    )
    return pdf


@cache
def _template(name: str) -> bytes:
    return files("tasks.reports.templates").joinpath(name).read_bytes()
