"""Analyses of coupons as files that stand alone: a page that loads nothing, and paper. Templates are code. Pure."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from models.company import Company
from models.desk.coupon_analysis import CouponReport, Problems, Whole
from models.desk.drop import Wrong
from models.locale import mark, spoken, translate
from tasks.coupon_analysis import plots
from tasks.coupon_analysis.artifact import TITLE
from tasks.coupon_analysis.settling.facts import About
from tasks.coupon_analysis.shown import page
from tasks.coupon_analysis.whole import Findings
from tasks.reports.numbers import say_moment
from tasks.reports.pdf import FONT
from tasks.reports.plots import Frame
from tasks.reports.titles import MADE, SYNTHETIC

MORE, COUNTED = mark("More details"), mark("How it is counted")
LEFT_OUT, ROWS = mark("Rows to look at"), mark("rows {rows}")
AMONG = mark("rows {rows} and others, {number} in all")
PAPER = Frame(width=680, height=210, font=FONT, text=13)


def whole(
    reports: tuple[CouponReport, ...], company: Company, made_at: datetime, reader: str, title: str = "",
    problems: tuple[Problems, ...] = (),
) -> Whole:  # fmt: skip
    with spoken(reader):
        words = {"more": translate(MORE), "counted": translate(COUNTED), "left_out": translate(LEFT_OUT)}
        return Whole(
            language=reader, title=title or translate(TITLE), company=company.name, words=words, reports=reports,
            badge=translate(SYNTHETIC) if company.synthetic else "", problems=problems,
            made=translate(MADE, moment=say_moment(made_at, company.zone)),
        )  # fmt: skip


def problems_of(wrong: tuple[Wrong, ...], file: str) -> Problems:
    """What is wrong with a table, by the numbers of its rows."""
    return Problems(file=file, lines=tuple(_line(one) for one in wrong))


def _line(one: Wrong) -> str:
    rows, where = ", ".join(map(str, one.rows)), f"{one.field}: " if one.field else ""
    text = AMONG if one.number > len(one.rows) else ROWS
    words = {"number": one.number} if text == AMONG else {}
    return f"{where}{one.reason} ({translate(text, rows=rows, **words)})"


def laid_out(told: Whole) -> str:
    """As HTML that loads nothing from anywhere."""
    return _templates().get_template("coupons.html").render(whole=told)


@cache
def _templates() -> Environment:
    loader = ChoiceLoader(
        [PackageLoader("tasks.coupon_analysis", "templates"), PackageLoader("tasks.reports", "templates")]
    )
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def printed_alone(about: About, found: Findings, company: Company, made_at: datetime, reader: str) -> bytes:
    """One offer on paper."""
    report = page(found, about.key, about.title, reader, links=False)
    return printed(whole((report,), company, made_at, reader), (found,), made_at, reader)


def printed(told: Whole, found: tuple[Findings, ...], made_at: datetime, reader: str) -> bytes:
    """All of it on paper, drawn anew in the fonts of the paper; the same report is the same bytes everywhere."""
    import typst

    drawn = [{"soon": plots.curve(one.curve, reader, PAPER), "brought": plots.increment(one, reader, PAPER)}
             for one in found]  # fmt: skip
    said: dict[str, Any] = told.model_dump(mode="json")
    for report in said["reports"]:
        for part in report["parts"]:
            part["plots"] = [plot["note"] for plot in part["plots"]]
    pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub knows of one file only
        {"main.typ": files("tasks.coupon_analysis.templates").joinpath("coupons.typ").read_bytes()},
        format="pdf", ignore_system_fonts=True, timestamp=int(made_at.timestamp()),
        sys_inputs={"told": json.dumps(said), "plots": json.dumps(drawn)},
    )  # fmt: skip
    return pdf
