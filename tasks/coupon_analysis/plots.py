"""The pictures of an analysis of coupons, as SVG drawn without a browser: how far, how soon, how much more. Pure."""

from typing import Any

from babel.numbers import get_currency_precision

from models.locale import mark, spoken, translate
from tasks.coupon_analysis.funnel import Funnel
from tasks.coupon_analysis.survival import Curve
from tasks.coupon_analysis.whole import Findings
from tasks.reports.plots import FORMATS, INK, Frame, look
from tasks.returns.sums.intervals import Interval

STEPS = {
    "issued": mark("coupons issued"), "delivered": mark("coupons delivered"), "viewed": mark("coupons viewed"),
    "answered": mark("coupons answered, or come with"), "redeemed": mark("coupons redeemed"),
}  # fmt: skip
ALL_GOODS = mark("All goods")
TEAL, AMBER = "#2f7f79", "#d08a3c"
ROW, GROUPS_MOST, LONGEST = 26, 12, 40
SIDE = 24  # a reader's own font may be wider than the one that labels were measured with
WIDE = Frame(width=640, height=220)


def funnel(one: Funnel, reader: str, frame: Frame = WIDE) -> str:
    """How far coupons came, each step with its share of those issued; an empty text where none were."""
    if not one.issued:
        return ""
    with spoken(reader):
        bars = [
            {"step": translate(STEPS[name]), "number": number, "share": number / one.issued}
            for name, number in one.steps.items()
        ]  # fmt: skip
    import altair

    chart = _chart(bars, Frame(frame.width, ROW * len(bars) + 10))
    y = altair.Y("step:N", sort=None, title=None, axis=altair.Axis(labelLimit=200))
    x = altair.X("number:Q", title=None, axis=altair.Axis(tickCount=4, format=",.0f"))
    text = altair.Text("share:Q", format=".1%")
    bar = chart.mark_bar(color=TEAL).encode(x=x, y=y)
    return _svg(bar + chart.mark_text(align="left", dx=4, color=INK).encode(x=x, y=y, text=text), reader, frame)


def curve(one: Curve, reader: str, frame: Frame = WIDE) -> str:
    """The share redeemed by each day since issue, with its interval; an empty text where nothing was redeemed."""
    if not one.points:
        return ""
    import altair

    steps = [{"day": 0.0, "share": 0.0, "low": 0.0, "high": 0.0}] + [
        {"day": p.at, "share": 1 - p.share, "low": 1 - p.interval.high, "high": 1 - p.interval.low} for p in one.points
    ]  # fmt: skip
    steps.append(steps[-1] | {"day": max(one.until, steps[-1]["day"])})
    chart = _chart(_thinned(steps), frame)
    x = altair.X("day:Q", title=None, axis=altair.Axis(tickCount=8, format=",.0f"))
    y = altair.Axis(format=".0%", tickCount=4)
    band = chart.mark_area(interpolate="step-after", color=TEAL, opacity=0.2).encode(
        x=x, y=altair.Y("low:Q", title=None, axis=y), y2="high:Q"
    )
    line = chart.mark_line(interpolate="step-after", color=TEAL).encode(x=x, y=altair.Y("share:Q", title=None, axis=y))
    return _svg(band + line, reader, frame)


def _thinned(steps: list[dict[str, float]], most: int = 400) -> list[dict[str, float]]:
    """No more steps than a picture has room for; the last one stays."""
    every = max(1, len(steps) // most)
    return [*steps[:-1:every], steps[-1]]


def increment(found: Findings, reader: str, frame: Frame = WIDE) -> str:
    """What a client bought more, all goods and by product group, with intervals; an empty text where none."""
    points = _points(found, reader)
    if not points:
        return ""
    import altair

    chart = _chart(points, Frame(frame.width, ROW * len(points) + 10))
    y = altair.Y("group:N", sort=None, title=None, axis=altair.Axis(labelLimit=200))
    axis = altair.Axis(tickCount=5, format=",.0f")
    rule = chart.mark_bar(size=4, color=TEAL, opacity=0.45).encode(  # pages colour the lines of plots as they do rulers
        x=altair.X("low:Q", title=None, axis=axis), x2="high:Q", y=y
    )
    colour = altair.Color("colour:N", scale=None)
    point = chart.mark_point(filled=True, size=70).encode(x=altair.X("apart:Q"), y=y, color=colour)
    zero = altair.Chart(altair.Data(values=[{"zero": 0}]))  # type: ignore[no-untyped-call]
    return _svg(zero.mark_rule(color=INK, strokeDash=[3, 3]).encode(x="zero:Q") + rule + point, reader, frame)


def _points(found: Findings, reader: str) -> list[dict[str, Any]]:
    """In major units, the whole first, then the groups of the offer, then those that changed most."""
    told, whole = found.increment, 10 ** get_currency_precision(found.question.currency)
    points = []
    if told.interval is not None:
        with spoken(reader):
            points.append(_point(translate(ALL_GOODS), told.apart, told.interval, True, whole))
    known = [one for one in found.changes if one.interval is not None]
    known = sorted(known, key=lambda one: (not one.is_promoted, -abs(one.apart)))[:GROUPS_MOST]
    return points + [
        _point(one.group, one.apart, one.interval, one.is_promoted, whole) for one in known if one.interval
    ]  # fmt: skip


def _point(title: str, apart: float, interval: Interval, is_promoted: bool, whole: int) -> dict[str, Any]:
    named = title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
    values = {"apart": apart / whole, "low": interval.low / whole, "high": interval.high / whole}
    return {"group": named or "—", "colour": TEAL if is_promoted else AMBER, **values}


def _chart(values: list[Any], frame: Frame) -> Any:
    import altair

    data = altair.Data(values=values)  # type: ignore[no-untyped-call]
    return altair.Chart(data, width=frame.width, height=frame.height)


def _svg(chart: Any, reader: str, frame: Frame) -> str:
    import vl_convert

    spec: dict[str, Any] = chart.to_dict()
    around = {
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": SIDE, "top": 4, "right": 8, "bottom": 4},
        "background": "transparent",
    }
    svg: str = vl_convert.vegalite_to_svg(spec | around | {"config": look(frame)}, format_locale=FORMATS[reader])
    return svg
