"""What people did with a mailing's letters over time, as SVG drawn without a browser. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from models.letters import Happening
from models.locale import language, mark, spoken, translate
from tasks.reactions_to_mailings.values import Figures
from tasks.reports.plots import FORMATS, Frame, look

SHOWN = {
    Happening.OPENED: ("#2f7f79", mark("opened by people")),
    Happening.CLICKED: ("#d08a3c", mark("clicked by people")),
}
BY_HOUR_TO = timedelta(hours=60)
COLUMNS_MOST = 60
LABELS_WIDE, LABELS_NARROW = 8, 3
WIDE, NARROW = Frame(width=960, height=220), Frame(width=350, height=220)


def legend() -> tuple[tuple[str, str], ...]:
    return tuple((translate(title), colour) for colour, title in SHOWN.values())


def counted(figures: Figures) -> list[tuple[str, dict[Happening, int]]]:
    """What people did, hour by hour at first, by the day where it goes on for long; on the company's clocks."""
    mine = [one for one in figures.hours if one.what in SHOWN]
    if not mine:
        return []
    zone = ZoneInfo(figures.zone)
    moments = [datetime.fromisoformat(f"{one.at}:00").replace(tzinfo=UTC).astimezone(zone) for one in mine]
    first, last = min(moments), max(moments)
    is_by_hour = last - first <= BY_HOUR_TO
    found: dict[datetime, dict[Happening, int]] = defaultdict(lambda: defaultdict(int))
    for one, at in zip(mine, moments, strict=True):
        place = at if is_by_hour else at.replace(hour=0, minute=0)
        found[place][one.what] += one.number - one.machines
    return [(_said(at, is_by_hour), dict(found.get(at, {}))) for at in _places(first, last, is_by_hour)]


def _places(first: datetime, last: datetime, is_by_hour: bool) -> Sequence[datetime]:
    if is_by_hour:
        hours = int((last - first) / timedelta(hours=1))
        zone = first.tzinfo
        return [(first.astimezone(UTC) + timedelta(hours=n)).astimezone(zone) for n in range(hours + 1)]
    days = (last.date() - first.date()).days
    begins = first.replace(hour=0, minute=0)
    return [begins + timedelta(days=n) for n in range(min(days, COLUMNS_MOST - 1) + 1)]


def _said(at: datetime, is_by_hour: bool) -> str:
    if is_by_hour:
        return str(format_datetime(at, "d MMM HH:mm", locale=language()))
    return str(format_date(at.date(), "d MMM", locale=language()))


def over_time(figures: Figures, reader: str, frame: Frame) -> str:
    """Openings and clicks of people, side by side; an empty text where nothing has happened."""
    with spoken(reader):
        columns = counted(figures)
    if not columns:
        return ""
    import vl_convert

    bars = [
        {"at": at, "value": values.get(what, 0), "what": what.value} for at, values in columns for what in SHOWN
    ]  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(_spec(bars, frame), format_locale=FORMATS[reader])
    return svg


def _spec(bars: list[dict[str, Any]], frame: Frame) -> dict[str, Any]:
    import altair

    colours = altair.Scale(
        domain=[what.value for what in SHOWN], range=[colour for colour, _ in SHOWN.values()]
    )  # fmt: skip
    data = altair.Data(values=bars)  # type: ignore[no-untyped-call]
    chart = altair.Chart(data, width=frame.width, height=frame.height, background="transparent")
    places = list(dict.fromkeys(bar["at"] for bar in bars))
    every = -(-len(places) // (LABELS_WIDE if frame.width > NARROW.width else LABELS_NARROW))
    axis = altair.Axis(labelAngle=0, values=places[:: max(1, every)], labelAlign="left", labelOverlap=False)
    drawn = chart.mark_bar().encode(
        x=altair.X("at:O", sort=None, title=None, axis=axis),
        y=altair.Y("value:Q", title=None, stack="zero", axis=altair.Axis(tickCount=4, format=",.0f")),
        color=altair.Color("what:N", scale=colours, legend=None),
    )
    spec: dict[str, Any] = drawn.to_dict()
    return spec | {"autosize": {"type": "fit", "contains": "padding"}, "padding": 2, "config": look(frame)}
