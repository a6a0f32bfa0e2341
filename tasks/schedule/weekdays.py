"""Weekdays as people write them, in Russian and English: "mon-fri", «по выходным», "daily". Pure."""

import re

NAMES = (
    ("mon", "monday", "пн", "понедельник", "понедельникам"),
    ("tue", "tuesday", "вт", "вторник", "вторникам"),
    ("wed", "wednesday", "ср", "среда", "средам"),
    ("thu", "thursday", "чт", "четверг", "четвергам"),
    ("fri", "friday", "пт", "пятница", "пятницам"),
    ("sat", "saturday", "сб", "суббота", "субботам"),
    ("sun", "sunday", "вс", "воскресенье", "воскресеньям"),
)
NUMBERS = {name: number for number, names in enumerate(NAMES) for name in names}
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
GROUPS = {
    **dict.fromkeys(("daily", "every day", "ежедневно", "каждый день"), EVERY_DAY),
    **dict.fromkeys(("weekdays", "workdays", "будни", "будням"), WORKDAYS),
    **dict.fromkeys(("weekends", "weekend", "выходные", "выходным"), WEEKEND),
}
BETWEEN = re.compile(r"\s*(?:,|;|\bи\b|\band\b)\s*")
DASH = re.compile(r"\s*[-–—]\s*")


def read_weekdays(text: str) -> frozenset[int] | None:
    """Read a list of days, spans and groups ("mon-wed, sat"), 0 is Monday; None where a word is not a day.

    A span may go over the week's end: "fri-mon" is four days.
    """
    said = [_days(word) for word in BETWEEN.split(text.strip().lower().removeprefix("по ").strip())]
    return None if None in said else frozenset().union(*(days for days in said if days))


def _days(word: str) -> frozenset[int] | None:
    if word in GROUPS:
        return GROUPS[word]
    ends = [NUMBERS.get(end.rstrip(".")) for end in DASH.split(word)]
    if not 1 <= len(ends) <= 2 or any(end is None for end in ends):
        return None
    first, last = ends[0], ends[-1]
    assert first is not None and last is not None
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
