"""The report as one self-contained page: light and dark, phone and desk, and A4 on paper.

The templates beside this file are read as a part of the code. Pure.
"""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.report import Page
from tasks.reports.page import said
from tasks.reports.plots import Frame, by_day
from tasks.reports.values import Report

WIDE = Frame(width=960, height=240)
NARROW = Frame(width=350, height=240)


def page(report: Report, language: str) -> str:
    """Lay the report out as HTML that loads nothing from anywhere."""
    plots = {name: Markup(by_day(report, language, frame)) for name, frame in (("wide", WIDE), ("narrow", NARROW))}  # noqa: S704
    return laid_out(said(report, language), plots)


def laid_out(page: Page, plots: Mapping[str, str]) -> str:
    """A page that is said already; `plots` are wide and narrow, marked as safe, or empty."""
    return _templates().get_template("report.html").render(page=page, plots=plots)


@cache
def _templates() -> Environment:
    loader = PackageLoader("tasks.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
