"""What stands beside the run of an analysis: a table of mailings and a picture. Counts only, nobody by name. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from models.locale import mark, translate
from tasks.reactions_to_mailings.sentences import lead
from tasks.reactions_to_mailings.tables import CLICKED, DELIVERED, OPENED, SENT, share_of
from tasks.reactions_to_mailings.values import Figures
from tasks.reports.numbers import say, say_money
from tasks.reports.plots import FORMATS, Frame, look
from tasks.returns.sums.intervals import wilson

TITLE = mark("What mailings came to")
MAILING, AGAINST = mark("Mailing"), mark("Difference to those left out, per 1,000")
CLICKED_BY = mark("Followed a link, of those delivered; the line is where the true share lies with 95 % certainty")
NOTHING = mark("No mailing is due to be looked at.")
ROW, MOST, LONGEST = 26, 20, 40
FRAME = Frame(width=640, height=0)


def markdown(found: Sequence[Figures], staff_url: str, reader: str) -> str:
    """The newest mailings, each with the sentence a head reads first."""
    if not found:
        return f"## {translate(TITLE)}\n\n{translate(NOTHING)}"
    shown = sorted(found, key=lambda one: -one.about.id)[:MOST]
    heads = (MAILING, SENT, DELIVERED, OPENED, CLICKED, AGAINST)
    lines = [
        f"## {translate(TITLE)}",
        "",
        "| " + " | ".join(translate(head) for head in heads) + " |",
        "|---" * 6 + "|",
    ]
    lines += [_row(one, staff_url) for one in shown]
    if picture := clicked(shown, reader):
        lines += ["", translate(CLICKED_BY) + ":", "", f"![{translate(CLICKED_BY)}]({_inline(picture)})"]
    lines += ["", *(f"- № {one.about.id} “{_plain(one.about.title)}”: {lead(one).text}" for one in shown)]
    return "\n".join(lines)


def _row(one: Figures, staff_url: str) -> str:
    whole = one.whole
    cells = (
        f"[№ {one.about.id} “{_plain(one.about.title)}”]({staff_url}/staff/mailings/{one.about.id}/report)",
        say(whole.sent, "count"), share_of(whole.delivered, whole.sent), share_of(whole.opened, whole.delivered),
        share_of(whole.clicked, whole.delivered), _difference(one),
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _difference(one: Figures) -> str:
    if one.against is None or one.against.interval is None:
        return "—"
    low, high = (say_money(round(end), one.currency) for end in (one.against.interval.low, one.against.interval.high))
    return f"{say_money(round(one.against.apart), one.currency)} ({low} – {high})"


def _plain(title: str) -> str:
    return "".join("¦" if letter in "|[]" else letter for letter in title)


def _inline(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def clicked(found: Sequence[Figures], reader: str) -> str:
    """The share of those who followed a link, by mailing; an empty text where nobody was reached."""
    points = [_point(one) for one in found if one.whole.delivered]
    if not points:
        return ""
    import altair
    import vl_convert

    frame = Frame(FRAME.width, ROW * len(points) + 30)
    data = altair.Data(values=points)  # type: ignore[no-untyped-call]
    chart = altair.Chart(data, width=frame.width, height=frame.height)
    y = altair.Y("title:N", sort=None, title=None, axis=altair.Axis(labelLimit=260))
    x = altair.X("low:Q", title=None, axis=altair.Axis(format=".1%", tickCount=5))
    rule = chart.mark_rule(strokeWidth=3, color="#2f7f79", opacity=0.45).encode(x=x, x2="high:Q", y=y)
    point = chart.mark_point(filled=True, size=70, color="#2f7f79").encode(x=altair.X("share:Q"), y=y)
    spec: dict[str, Any] = (rule + point).to_dict()
    around = {"autosize": {"type": "fit", "contains": "padding"}, "padding": 4, "background": "transparent"}
    whole = spec | around | {"config": look(frame)}
    svg: str = vl_convert.vegalite_to_svg(whole, format_locale=FORMATS[reader])
    return svg


def _point(one: Figures) -> dict[str, Any]:
    number, of = min(one.whole.clicked, one.whole.delivered), one.whole.delivered
    interval = wilson(number, of)
    title = one.about.title if len(one.about.title) <= LONGEST else one.about.title[: LONGEST - 1] + "…"
    return {"title": f"№ {one.about.id} {title}", "share": number / of, "low": interval.low, "high": interval.high}
