"""Repetition as people write it: «каждую неделю по пн, ср до 31.12.2026», "every 2 weeks 5 times". Pure."""

import re
from datetime import date, datetime
from typing import Literal

from models.locale import mark
from models.reason import because
from models.schedule import Recurrence, Unreadable
from models.timetable import days_between, read_day_name, read_day_names
from tasks.content.moments import read_date

BAD_REPEAT = mark(
    "“{value}” is not understood as a repetition. Write, for example: every week on mon, wed until 2026-12-31."
)
ENDS_BEFORE = mark("The repetition “{value}” ends before it begins on {day}. Check the last day.")

Rule = Literal["day", "week", "month"]
UNITS: tuple[tuple[str, Rule], ...] = (
    (r"ежедневн\w*|дн(?:я|ей)|день|дни|daily|days?", "day"),
    (r"еженедельн\w*|недел\w+|weekly|weeks?", "week"),
    (r"ежемесячн\w*|месяц\w*|monthly|months?", "month"),
)
UNTIL = re.compile(r"\b(?:до|по|until|till|to)\s+(?=[\d+]|[a-z]{3,9}\s+\d)(.+)$")
TIMES = re.compile(r"(?<![\w])[,;]?\s*[x×]?\s*(\d{1,4})\s*(?:раза?|times?)\b|[x×]\s*(\d{1,4})\b")
ONCE_IN = re.compile(r"\b(?:один\s+)?раз\s+в\b|\bonce\s+(?:every|an?)\b")
EVERY = re.compile(r"\b(?:кажд(?:ый|ую|ое|ые)|every|each)\b")
RANGE = re.compile(r"(?:\b(?:с|from)\s+)?\b(\w+)(?:\s*[-–—]\s*|\s+(?:по|to|through)\s+)(\w+)")
NOISE = re.compile(r"\b(?:по|on|и|and|в|во|the)\b|[,;.]")


def read_repeat(text: str, start: datetime, first: date) -> Recurrence:
    """Read a repetition that begins on `first`. Raises Unreadable."""
    rest = " ".join(text.lower().replace("ё", "е").split())
    rest, times = _times(rest)
    rest, until = _until(rest, start, first)
    rest = ONCE_IN.sub("", rest)
    rest, interval, rule = _interval(EVERY.sub("", rest))
    days, rest = _weekdays(rest)
    if rest or (rule is None and not days) or (days and (rule == "month" or (rule == "day" and interval > 1))):
        raise Unreadable(because(BAD_REPEAT, code="bad_repeat", value=text))
    if until and until < first:
        raise Unreadable(because(ENDS_BEFORE, code="ends_before", value=text, day=first))
    if not 1 <= interval <= 1000 or times == 0:
        raise Unreadable(because(BAD_REPEAT, code="bad_repeat", value=text))
    return Recurrence(
        rule="week" if days else rule or "week", interval=interval, weekdays=days, until=until, times=times
    )


def _until(text: str, start: datetime, first: date) -> tuple[str, date | None]:
    found = UNTIL.search(text)
    if not found:
        return text, None
    day, _ = read_date(found[1].strip(" ."), start, first)
    if day < first and not re.search(r"\d{4}", found[1]):
        day, _ = read_date(found[1].strip(" ."), start, first.replace(year=first.year + 1, day=min(first.day, 28)))
    return text[: found.start()].strip(" ,;"), day


def _times(text: str) -> tuple[str, int | None]:
    found = TIMES.search(text)
    if not found:
        return text, None
    return (text[: found.start()] + " " + text[found.end() :]).strip(" ,;"), int(found[1] or found[2])


def _interval(text: str) -> tuple[str, int, Rule | None]:
    """Take «2 недели», "other week" or «ежедневно» out of the text."""
    for words, rule in UNITS:
        if found := re.search(rf"\b(?:(\d{{1,4}})[\s-]+|(other|вторую|второй)\s+)?(?:{words})\b", text):
            interval = int(found[1]) if found[1] else 2 if found[2] else 1
            return text[: found.start()] + " " + text[found.end() :], interval, rule
    return text, 1, None


def _weekdays(text: str) -> tuple[tuple[int, ...], str]:
    """Take the weekdays out of the text; what is left was not understood."""
    days: set[int] = set()
    text = RANGE.sub(lambda found: _span(found, days), text)
    left = []
    for word in NOISE.sub(" ", text).split():
        named = read_day_names(word) or frozenset()
        days.update(named)
        left += [] if named else [word]
    return tuple(sorted(days)), " ".join(left)


def _span(found: re.Match[str], days: set[int]) -> str:
    first, last = read_day_name(found[1]), read_day_name(found[2])
    if first is None or last is None:
        return found[0]
    days.update(days_between(first, last))
    return " "
