"""What an address says: a month. Pure."""

import re
from datetime import date

from models.day import YEARS

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def month_written(text: str) -> date | None:
    """The first day of a month written as 2026-10; None for anything else, and for years nothing happens in."""
    found = MONTH.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) in YEARS else None
    except ValueError:
        return None
