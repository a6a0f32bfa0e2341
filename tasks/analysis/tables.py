"""What analysis found, as tables in markdown in the reader's language. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

from models.locale import language, mark, translate
from models.piece import OccasionRow
from models.reason import Reason
from tasks.analysis.channels import Growth, Ranking, Report, say_slot
from tasks.posting.freshness import money

CHANNELS = mark("Channels: what they reach, how people answer, when it is best")
CHANNEL_HEADS = (
    mark("Channel"), mark("Publications"), mark("Reach of one"), mark("Engagement rate"), mark("Members"),
    mark("Cost per thousand reached"), mark("Best hours"), mark("Best days"), mark("Recommended slots"),
)  # fmt: skip
BY_REACH, BY_MEMBERS = mark("{share} % of those reached"), mark("{share} % of members")
GROWTH = mark("{last}, {change} in {days} days")
WHY = mark("Why these slots")
NOTE = mark("Medians of publications one day old. A dash means that the number is not available.")

CALENDAR = mark("Occasions of the coming {days} days")
CALENDAR_HEADS = (
    mark("Date"), mark("Days left"), mark("Occasion"), mark("Importance"), mark("Topic"), mark("Why"), mark("Piece"),
)  # fmt: skip
NO_OCCASIONS = mark("Nothing is known for these days. Add a calendar to feeds.yaml (kind: events).")
NO_NUMBER = "—"
SHOWN = 3


def channels(reports: Sequence[Report], titles: Mapping[str, str], currency: str) -> str:
    """One row for each channel, the reasons of the recommended slots under the table."""
    rows = [_channel(report, titles, currency) for report in reports]
    why = [f"- {titles.get(r.account, r.account)}: {reason}" for r in reports for reason in r.recommended.why]
    tail = ["", f"### {translate(WHY)}", "", *why] if why else []
    return "\n".join([*_table(CHANNELS, CHANNEL_HEADS, rows), "", translate(NOTE), *tail])


def _channel(report: Report, titles: Mapping[str, str], currency: str) -> list[str]:
    cost = NO_NUMBER if report.cost_per_thousand is None else money(report.cost_per_thousand, currency)
    return [
        titles.get(report.account, report.account), str(report.published), _number(report.reach), _rate(report),
        _growth(report.growth), cost, _places(report.hours, _hour), _places(report.weekdays, _weekday),
        ", ".join(map(say_slot, report.recommended.slots)) or _silence(report.recommended.silent),
    ]  # fmt: skip


def _rate(report: Report) -> str:
    if report.engagement_rate is None:
        return NO_NUMBER
    return translate(BY_REACH if report.rate_by_reach else BY_MEMBERS, share=_number(100 * report.engagement_rate))


def _growth(growth: Growth | None) -> str:
    if growth is None:
        return NO_NUMBER
    change = growth.last - growth.first
    said = f"{'+' if change > 0 else ''}{_number(change)}"
    return translate(GROWTH, last=_number(growth.last), change=said, days=_number(growth.days))


def _places(ranking: Ranking[int], said: Callable[[int], str]) -> str:
    return ", ".join(said(place.value) for place in ranking.places[:SHOWN]) or _silence(ranking.silent)


def _silence(reason: Reason) -> str:
    return str(reason) or NO_NUMBER


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _weekday(day: int) -> str:
    return str(get_day_names("abbreviated", locale=language())[day])


def _number(number: float | None) -> str:
    return NO_NUMBER if number is None else format_decimal(round(number, 1), locale=language())


def calendar(rows: Iterable[OccasionRow], today: date, days: int) -> str:
    """The occasions by their days, with the time that is left to prepare."""
    shown = [_occasion(row, today) for row in rows]
    tail = [] if shown else ["", translate(NO_OCCASIONS)]
    return "\n".join([*_table(translate(CALENDAR, days=days), CALENDAR_HEADS, shown), *tail])


def _occasion(row: OccasionRow, today: date) -> list[str]:
    on = date.fromisoformat(row.on_date)
    opens = row.link.startswith(("http://", "https://")) and " " not in row.link
    title = f"[{_plain(row.title)}]({row.link})" if opens else _plain(row.title)
    return [
        format_date(on, "d MMM, EEE", locale=language()), str((on - today).days), title, "★" * row.importance,
        _plain(row.topic), _plain(row.why), str(row.piece_id or ""),
    ]  # fmt: skip


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [[translate(head) for head in heads], ["---"] * len(heads), *rows]
    return [f"## {translate(title)}", "", *(f"| {' | '.join(line)} |" for line in lines)]


def _plain(text: str) -> str:
    """What others wrote, so that it neither breaks the table nor becomes markup."""
    return " ".join(text.translate(str.maketrans("|[]<>", "¦()‹›")).split())
