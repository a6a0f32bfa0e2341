"""What people did with letters by the day, as SVG drawn without a browser. Pure."""

from typing import Any

from models.letters import Happening
from models.locale import spoken, translate
from tasks.mailing_reports.values import MailReport
from tasks.reactions_to_mailings.plots import SHOWN
from tasks.reports.numbers import say_short_day
from tasks.reports.plots import FORMATS, Frame, look


def legend() -> tuple[tuple[str, str], ...]:
    return tuple((translate(title), colour) for colour, title in SHOWN.values())


def by_day(report: MailReport, language: str, frame: Frame) -> str:
    """Openings and clicks of each day; an empty text where nothing is known of any day."""
    if not any(sums.get(f"mail_{what.value}") for _, sums in report.days for what in SHOWN):
        return ""
    import vl_convert

    with spoken(language):
        bars = [
            {"day": _said(report, place), "value": max(0, sums.get(f"mail_{what.value}", 0)), "what": what.value}
            for place, (_, sums) in enumerate(report.days) for what in SHOWN
        ]  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(_spec(bars, frame), format_locale=FORMATS[language])
    return svg


def _said(report: MailReport, place: int) -> str:
    day = report.days[place][0]
    return say_short_day(day) if len(report.days) <= 7 else str(day.day)


def _spec(bars: list[dict[str, Any]], frame: Frame) -> dict[str, Any]:
    import altair

    names: list[Happening] = list(SHOWN)
    colours = altair.Scale(domain=[what.value for what in names], range=[SHOWN[what][0] for what in names])
    data = altair.Data(values=bars)  # type: ignore[no-untyped-call]
    chart = altair.Chart(data, width=frame.width, height=frame.height, background="transparent")
    drawn = chart.mark_bar().encode(
        x=altair.X("day:O", sort=None, title=None, axis=altair.Axis(labelAngle=0, labelOverlap=True)),
        y=altair.Y("value:Q", title=None, axis=altair.Axis(tickCount=4, format=",.0f")),
        xOffset=altair.XOffset("what:N", sort=[what.value for what in names]),
        color=altair.Color("what:N", scale=colours, legend=None),
    )
    spec: dict[str, Any] = drawn.to_dict()
    return spec | {"autosize": {"type": "fit", "contains": "padding"}, "padding": 2, "config": look(frame)}
