"""Dates and times as people put them in a table: real cells, ISO, 25.11, «25 ноября», serials, +1, now+10m. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite

from models.content import Cell
from models.locale import mark
from models.reason import because
from models.schedule import Unreadable

EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(20_000, 80_000)
YEARS_AWAY = 10

BAD_DATE = mark("“{value}” is not a date. Write it as 2026-11-25 or 25.11.2026; +1 means a day after the start.")
NO_SUCH_DAY = mark("There is no such day: “{value}”. Check the day and the month.")
WHICH_FIRST = mark("“{value}” may be read two ways, by day or by month first. Write it as 2026-11-25.")
WRONG_YEAR = mark("The year in “{value}” is more than ten years away. Check the year.")
BAD_TIME = mark("“{value}” is not a time. Write it as 09:30; now+10m means ten minutes after the start.")

MONTHS = {
    name: number
    for number, names in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "май мая may", "июн jun", "июл jul", "авг aug", "сен sep",
         "окт oct", "ноя nov", "дек dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY = re.compile(r"^(?:пн|вт|ср|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|sun)[а-яa-z]*\.?,?\s+(?=\d)", re.IGNORECASE)
TAIL_TIME = re.compile(r"^(.+?)(?:\s+в|\s+at|,)?[\st]\s*(\d{1,2}:\d{2}(?::\d{2})?)$")
ISO = re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$")
DOTTED = re.compile(r"^(\d{1,2})\s*\.\s*(\d{1,2})(?:\s*\.\s*(\d{4}|\d{2}))?\.?$")
SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
DAY_MONTH = re.compile(r"^(\d{1,2})(?:st|nd|rd|th|-го|-е)?\s+([а-яёa-z]{3,})\.?,?(?:\s+(\d{4})(?:\s*г(?:ода|\.)?)?)?$")
MONTH_DAY = re.compile(r"^([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$")
FROM_START = re.compile(r"^[+\-−–]\s*(\d{1,3})$")
CLOCK = re.compile(r"^(\d{1,2})(?:[:.\-](\d{2})(?::(\d{2}))?)?\s*(?:ч\.?|h)?$")
NOW = re.compile(r"^(?:now|сейчас)(?:\s*\+\s*(\d{1,4})\s*(m|min|м|мин|h|ч)\.?)?$")


def read_date(cell: Cell, start: datetime, today: date) -> tuple[date, time | None]:
    """Read a day, and the time beside it where one is written; a day without a year is the one nearest to `today`.

    `start` is what +1 counts from. Raises Unreadable.
    """
    if isinstance(cell, datetime):
        return _near(cell.date(), cell, today), cell.time() if cell.time() != time(0) else None
    if isinstance(cell, date):
        return _near(cell, cell, today), None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell), cell, today)
    text = WEEKDAY.sub("", " ".join(str(cell).lower().split())).replace(" .", ".")
    if relative := FROM_START.match(text):
        days = int(relative[1]) * (1 if text[0] == "+" else -1)
        return start.date() + timedelta(days=days), None
    if timed := TAIL_TIME.match(text):
        return _written(timed[1].strip(" ,"), cell, today), read_clock(timed[2])
    return _written(text, cell, today), None


def read_time(cell: Cell, start: datetime) -> time | timedelta:
    """Read a time of day, or how long after `start` (now+10m). Raises Unreadable."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numeric_time(float(cell), cell)
    text = " ".join(str(cell).lower().split())
    if found := NOW.match(text):
        amount = int(found[1] or 0)
        return timedelta(hours=amount) if found[2] in ("h", "ч") else timedelta(minutes=amount)
    return read_clock(text)


def moment(day: date, at: time | timedelta | None, start: datetime) -> tuple[date, time | None]:
    """Put a day and a time together; a time counted from the start may run over midnight."""
    if not isinstance(at, timedelta):
        return day, at
    whole = datetime.combine(day, start.time().replace(microsecond=0), tzinfo=UTC) + at
    return whole.date(), whole.time()


def read_clock(text: str) -> time:
    """Read 9:30, 09.30, 9-30, 9 or 9 ч. Raises Unreadable."""
    found = CLOCK.match(text)
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(because(BAD_TIME, code="bad_time", value=text))
    return time(hour, minute, second)


def _numeric_time(number: float, cell: Cell) -> time:
    """A share of the day as spreadsheets keep a time, or 9.3 as they keep a typed 9.30."""
    if 0 <= number < 1:
        seconds = round(number * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return read_clock(f"{number:.2f}" if 1 <= number < 24 else str(cell))


def _serial(number: float, cell: Cell, today: date) -> tuple[date, time | None]:
    if not isfinite(number) or int(number) not in SERIALS:
        raise Unreadable(because(BAD_DATE, code="bad_date", value=cell))
    share = number - int(number)
    return _near(EXCEL_EPOCH + timedelta(days=int(number)), cell, today), _numeric_time(share, cell) if share else None


def _written(text: str, cell: Cell, today: date) -> date:
    year, month, day = _parts(text, cell)
    if year is not None:
        return _near(_day(year + 2000 if year < 100 else year, month, day, cell), cell, today)
    if month == 2 and day == 29:
        leaps = [y for y in range(today.year - 4, today.year + 5) if y % 4 == 0 and (y % 100 or y % 400 == 0)]
        return min((date(y, 2, 29) for y in leaps), key=lambda d: abs(d - today))
    years = (today.year - 1, today.year, today.year + 1)
    return min((_day(y, month, day, cell) for y in years), key=lambda d: abs(d - today))


def _parts(text: str, cell: Cell) -> tuple[int | None, int, int]:
    """Year where it is written, month, day."""
    if found := ISO.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := DOTTED.match(text):
        return int(found[3]) if found[3] else None, int(found[2]), int(found[1])
    if found := SLASHED.match(text):
        return _slashed(int(found[1]), int(found[2]), int(found[3]), cell)
    if found := DAY_MONTH.match(text):
        return int(found[3]) if found[3] else None, _month(found[2], cell), int(found[1])
    if found := MONTH_DAY.match(text):
        return int(found[3]) if found[3] else None, _month(found[1], cell), int(found[2])
    if text.isdecimal() and int(text) in SERIALS:
        day = EXCEL_EPOCH + timedelta(days=int(text))
        return day.year, day.month, day.day
    raise Unreadable(because(BAD_DATE, code="bad_date", value=cell))


def _slashed(first: int, second: int, year: int, cell: Cell) -> tuple[int, int, int]:
    """25/11/2026 or 11/25/2026; where both could be a month nobody knows which."""
    if first <= 12 and second <= 12 and first != second:
        raise Unreadable(because(WHICH_FIRST, code="which_first", value=cell))
    return (year, first, second) if second > 12 else (year, second, first)


def _month(name: str, cell: Cell) -> int:
    month = MONTHS.get(name[:3])
    if month is None:
        raise Unreadable(because(BAD_DATE, code="bad_date", value=cell))
    return month


def _day(year: int, month: int, day: int, cell: Cell) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(because(NO_SUCH_DAY, code="no_such_day", value=cell)) from None


def _near(day: date, cell: Cell, today: date) -> date:
    """A year far off is a slip of the finger, and nobody would see the row again."""
    if abs(day.year - today.year) > YEARS_AWAY:
        raise Unreadable(because(WRONG_YEAR, code="wrong_year", value=cell))
    return day
