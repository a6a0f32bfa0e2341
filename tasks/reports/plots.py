"""Plots of a report as SVG, drawn without a browser. Colours of the shares read on a light and a dark ground. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.locale import spoken
from tasks.reports.legend import PALETTE, ranks
from tasks.reports.numbers import say_short_day
from tasks.reports.values import Day, Report

INK, LINE = "#5a6570", "#d9dee2"
FORMATS: dict[str, dict[str, Any]] = {
    "ru": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
}


@dataclass(frozen=True)
class Frame:
    """Pixels of the plot, and the font its words are set in."""

    width: int
    height: int
    font: str = "system-ui, sans-serif"
    text: int = 12


def by_day(report: Report, language: str, frame: Frame) -> str:
    """What each channel brought on each day, stacked; an empty text where nothing is known of any day."""
    if not any(day.values for day in report.days):
        return ""
    import vl_convert

    with spoken(language):
        bars = _bars(report)
    svg: str = vl_convert.vegalite_to_svg(_spec(bars, frame), format_locale=FORMATS[language])
    return svg


def _bars(report: Report) -> list[dict[str, Any]]:
    """A bar for each colour and day; a day nobody knows anything of keeps its place without one."""
    placed, bars = ranks(report), []
    for day in report.days:
        stacked: dict[int, int] = defaultdict(int)
        for key, value in day.values.items():
            stacked[placed[key]] += value
        shown: Mapping[int, int | None] = stacked or {0: None}
        label = _label(day, len(report.days))
        bars += [{"day": label, "value": value, "rank": rank} for rank, value in shown.items()]
    return bars


def _label(day: Day, days: int) -> str:
    return say_short_day(day.on) if days <= 7 else str(day.on.day)


def _spec(bars: list[dict[str, Any]], frame: Frame) -> dict[str, Any]:
    import altair

    scale = altair.Scale(domain=list(range(len(PALETTE))), range=list(PALETTE))
    days = altair.Scale(domain=list(dict.fromkeys(bar["day"] for bar in bars)))
    data = altair.Data(values=bars)  # type: ignore[no-untyped-call]
    chart = altair.Chart(data, width=frame.width, height=frame.height, background="transparent")
    drawn = chart.mark_bar().encode(
        x=altair.X("day:O", sort=None, title=None, scale=days, axis=altair.Axis(labelAngle=0, labelOverlap=True)),
        y=altair.Y("value:Q", title=None, axis=altair.Axis(tickCount=4, format=",.0f")),
        color=altair.Color("rank:N", scale=scale, legend=None),
        order="rank:Q",
    )
    spec: dict[str, Any] = drawn.to_dict()
    return spec | {"autosize": {"type": "fit", "contains": "padding"}, "padding": 2, "config": look(frame)}


def look(frame: Frame) -> dict[str, Any]:
    words = {"labelFont": frame.font, "labelFontSize": frame.text, "labelColor": INK}
    axis = words | {"domainColor": LINE, "gridColor": LINE, "ticks": False, "labelPadding": 6}
    return {
        "axis": axis,
        "axisX": {"grid": False},
        "axisY": {"domain": False},
        "view": {"stroke": None},
        "scale": {"bandPaddingInner": 0.35, "bandPaddingOuter": 0.15},
    }
