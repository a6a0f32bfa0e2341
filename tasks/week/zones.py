"""Clocks by the names people know: the town they belong to. Pure."""

from functools import cache

from babel.dates import get_timezone_location

from models.company import Workspace
from models.desk import Choice
from models.locale import language


def town(zone: str) -> str:
    """The town whose clocks these are, in the reader's language."""
    return _town(zone, language())


@cache
def _town(zone: str, spoken: str) -> str:
    area, _, _ = zone.partition("/")
    return str(get_timezone_location(zone, locale=spoken, return_city=True)) if area not in ("UTC", "Etc") else zone


def clocks_of(workspace: Workspace) -> tuple[Choice, ...]:
    """The clocks a reader may choose: the company's first, then those of its outlets and channels."""
    company = workspace.company
    zones = [outlet.zone for outlet in company.outlets] + [channel.zone for channel in workspace.channels]
    others = sorted({zone for zone in zones if zone} - {company.zone}, key=town)
    return tuple(Choice(key=zone, title=town(zone)) for zone in (company.zone, *others))
