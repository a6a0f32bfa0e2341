"""A day as a file of the company keeps it: 2026-11-25, 25.11.2026, or +6 counted from the first start. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from models.locale import mark
from models.reason import because
from models.schedule import Unreadable

BAD_DAY = mark("“{value}” is not a date. Write it as 2026-11-25; “+6” means six days after the first start.")
WRONG_YEAR = mark("The year in “{value}” is not between {first} and {last}. Check the year.")
YEARS = range(2000, 2201)  # far from where the calendar ends: a day beside it, and midnight in any zone, is a day too
WRITTEN = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))$")
FROM_START = re.compile(r"^[+-]\d{1,4}$")


def read_day(value: Any, start: date | None = None) -> date:
    """Read a day; `start` is what +6 counts from, without one such a day cannot be read. Raises Unreadable."""
    day = _read(value, start)
    if day.year not in YEARS:
        raise Unreadable(because(WRONG_YEAR, code="wrong_year", value=value, first=YEARS[0], last=YEARS[-1]))
    return day


def _read(value: Any, start: date | None) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if start is not None and FROM_START.match(text):
        return start + timedelta(days=int(text))
    if found := WRITTEN.match(text):
        year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            pass
    raise Unreadable(because(BAD_DAY, code="bad_day", value=text))


def _in_context(value: Any, info: ValidationInfo) -> date:
    return read_day(value, (info.context or {}).get("start"))


Day = Annotated[date, BeforeValidator(_in_context)]
