"""Weekdays, slots, quiet hours, working hours and lengths of time, as people write them in both languages. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from models.locale import mark
from models.reason import Reason, because
from models.schedule import DAY_MINUTES, QuietHours, Shift, Slot, Unreadable, WorkingHours

BAD_SLOT = mark("“{said}” is not a slot; write the days and the time, for example “mon-fri 09:00” or “daily 19:30”.")
BAD_SPAN = mark("“{said}” is not quiet hours; write them as 22:00-08:00, several with a comma between.")
NO_SPAN = mark("“{said}” begins and ends at the same time; write when it begins and when it ends.")
ALWAYS_QUIET = mark("With quiet hours “{said}” nothing could ever be published; leave some time of the day open.")
BAD_HOURS = mark("“{said}” is not working hours; write the days and the hours, for example “mon-fri 09:00-18:00”.")
BAD_LENGTH = mark("“{said}” is not a length of time; write it as 2h, 90m or 1d.")

WEEKDAYS = tuple(
    re.compile(words)
    for words in (
        r"пн|понедельник\w{0,3}|mon(?:days?)?",
        r"вт|вторник\w{0,3}|tue(?:s|sdays?)?",
        r"ср|сред(?:а|ы|у|е|ам)|wed(?:nesdays?)?",
        r"чт|четверг\w{0,3}|thu(?:rs?|rsdays?)?",
        r"пт|пятниц\w{1,2}|fri(?:days?)?",
        r"сб|суббот\w{1,2}|sat(?:urdays?)?",
        r"вс|воскресень\w{1,2}|sun(?:days?)?",
    )
)
GROUPS = (
    (re.compile(r"daily|every day|ежедневно|каждый день"), frozenset(range(7))),
    (re.compile(r"weekdays?|workdays?|будн\w{1,3}|рабочи\w{1,2}(?: дн\w{1,2})?"), frozenset(range(5))),
    (re.compile(r"weekends?|выходн\w{1,3}"), frozenset({5, 6})),
)
BETWEEN = re.compile(r"\s*(?:,|;|\bи\b|\band\b)\s*")
DASH = re.compile(r"\s*[-–—]\s*")
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
SPAN = re.compile(r"(\d{1,2}[:.]\d{2})\s*(?:-|–|—|до|to)\s*(\d{1,2}[:.]\d{2})")
SLOT = re.compile(
    r"(?P<days>.*?\S)\s+(?:в\s+|at\s+)?(?P<times>\d{1,2}[:.]\d{2}(?:\s*[,;]\s*\d{1,2}[:.]\d{2})*)", re.DOTALL
)
HOURS = re.compile(rf"(?P<days>.*?\S)\s+(?:с\s+|from\s+)?(?P<span>{SPAN.pattern})")
LENGTH = re.compile(r"(\d{1,5})\s*(d|h|m|min|д|дн|ч|м|мин)\.?(?:\s+|(?=\d)|$)")
UNITS = {"d": "days", "д": "days", "дн": "days", "h": "hours", "ч": "hours"}


def read_weekdays(text: str) -> frozenset[int] | None:
    """Read a list of days, spans and groups ("mon-wed, sat"), 0 is Monday; None where a word is not a day."""
    said = [_days(word) for word in BETWEEN.split(text.strip().lower().removeprefix("по ").strip())]
    return None if None in said else frozenset().union(*(days for days in said if days))


def _days(word: str) -> frozenset[int] | None:
    ends = [read_day_name(end) for end in DASH.split(word)]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return days_between(ends[0], ends[1])
    return read_day_names(word)


def read_day_names(word: str) -> frozenset[int] | None:
    """The days that one word names, in whatever case it stands: «среду», "weekdays", «выходным»."""
    day = read_day_name(word)
    return frozenset({day}) if day is not None else next((days for said, days in GROUPS if said.fullmatch(word)), None)


def read_day_name(word: str) -> int | None:
    return next((day for day, said in enumerate(WEEKDAYS) if said.fullmatch(word.rstrip("."))), None)


def days_between(first: int, last: int) -> frozenset[int]:
    """All days of a span, which may go over the week's end: from Friday to Monday is four days."""
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def read_minute(text: str) -> int | None:
    """Read "09:00" or "9.00" as a minute of the day, 24:00 included; None where it is not one."""
    match = CLOCK.fullmatch(text.strip())
    if match is None or int(match[2]) > 59:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= DAY_MINUTES else None


def read_slots(texts: Iterable[str]) -> tuple[Slot, ...]:
    """Read "mon-fri 09:00", «сб, вс 11:00, 18:00», «ежедневно 19:30»: one slot for each time of each text."""
    return tuple(slot for text in texts for slot in _slots(text))


def _slots(text: str) -> Iterator[Slot]:
    match = SLOT.fullmatch(text.strip().lower())
    days = read_weekdays(match["days"]) if match else None
    minutes = [read_minute(clock) for clock in re.split(r"[,;]", match["times"])] if match else []
    for minute in minutes or [None]:
        if days is None or minute is None or minute == DAY_MINUTES:
            raise Unreadable(because(BAD_SLOT, code="bad_slot", said=text))
        yield Slot(days, time(minute // 60, minute % 60))


def read_quiet(text: str) -> QuietHours:
    """Read "22:00-08:00, 13:00-14:00"; an empty text is no quiet hours. Raises Unreadable."""
    parts = (part for part in re.split(r"[,;]", text) if part.strip())
    quiet = QuietHours(
        tuple(_span(part, because(BAD_SPAN, code="bad_quiet_hours", said=part.strip())) for part in parts)
    )
    if all(quiet.hold(minute) for minute in range(DAY_MINUTES)):
        raise Unreadable(because(ALWAYS_QUIET, code="always_quiet", said=text))
    return quiet


def read_hours(texts: Iterable[str], closed_on: Iterable[date] = ()) -> WorkingHours:
    """Read "mon-fri 09:00-18:00", «сб 10:00–15:00»; "18:00-02:00" ends on the next day. Raises Unreadable."""
    return WorkingHours(tuple(_shift(text) for text in texts), frozenset(closed_on))


def _shift(text: str) -> Shift:
    match = HOURS.fullmatch(text.strip().lower())
    days = read_weekdays(match["days"]) if match else None
    wrong = because(BAD_HOURS, code="bad_hours", said=text)
    if match is None or days is None:
        raise Unreadable(wrong)
    return Shift(days, *_span(match["span"], wrong))


def _span(text: str, wrong: Reason) -> tuple[int, int]:
    """Read "22:00-08:00" as minutes of the day; `wrong` says what it is not."""
    match = SPAN.fullmatch(text.strip().lower())
    start, end = (read_minute(side) for side in match.groups()) if match else (None, None)
    if start is None or end is None or start == DAY_MINUTES:
        raise Unreadable(wrong)
    if start == end:
        raise Unreadable(because(NO_SPAN, code="no_span", said=text.strip()))
    return start, end


def read_duration(text: str) -> timedelta:
    """Read "2h", "90m", "1d", «1 ч 30 мин». Raises Unreadable."""
    said = text.strip().lower()
    found = LENGTH.findall(said)
    total = sum((timedelta(**{UNITS.get(unit, "minutes"): int(number)}) for number, unit in found), timedelta())
    if LENGTH.sub("", said).strip() or not total:
        raise Unreadable(because(BAD_LENGTH, code="bad_duration", said=text))
    return total
