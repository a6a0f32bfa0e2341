"""How much of a subject an inbox shows, counted as a reader counts characters; what a short message costs. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from integrations.channels.measure import length
from models.desk.mailings import ShortWay
from models.short_messages import PLACES, measured
from models.written import minor_units

SUBJECT_SHOWN, PREHEADER_SHOWN = 45, 90  # what a phone shows of them, about
USUAL = 6  # characters of a value that has no words in its place

_PLACE = re.compile(r"\{\{[^{}]*\}\}")
_OTHERWISE = re.compile(r'default\("((?:[^"\\]|\\.)*)"')


def counted(text: str) -> int:
    """The characters of a text once it is filled in: a personal place counts as what stands in for it."""
    return length(_PLACE.sub(lambda found: _otherwise(found[0]), text), "graphemes")


def readable(text: str) -> str:
    """A text as people read it: in a personal place stands what stands in for it."""
    return _PLACE.sub(lambda found: _otherwise(found[0], "…"), text)


@dataclass(frozen=True)
class ShortCount:
    """A short message in places of its alphabet; `cost` of all of them in minor units, 0 where nobody said a price."""

    length: int
    parts: int
    whole: int
    cost: int = 0


def short_count(text: str, filled: str, way: ShortWay | None) -> ShortCount:
    """What a text comes to: as it is `filled` for somebody, else with what stands in for values it lacks."""
    found = measured(filled or _PLACE.sub(lambda place: _otherwise(place[0]), text))
    cost = Decimal(way.price or 0) * found.parts * way.recipients if way else Decimal(0)
    minor = minor_units(cost, way.currency) if way and cost else 0
    return ShortCount(found.length, found.parts, PLACES[found.alphabet][found.parts > 1], minor)


def _otherwise(place: str, unknown: str = "x" * USUAL) -> str:
    found = _OTHERWISE.search(place)
    return found[1].replace('\\"', '"') if found else unknown
