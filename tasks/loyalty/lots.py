"""Which points are spent first, and where they return to. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

GRACE = timedelta(days=14)  # what is given back after its end may still be spent for so long


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that end together; None is never."""

    id: int
    left: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Used:
    """What was taken of a lot and is not given back yet."""

    lot: Lot
    points: int


def first_ending(lots: Iterable[Lot]) -> list[Lot]:
    """Those that end first, first; of the same day the older ones."""
    return sorted(lots, key=lambda lot: (lot.ends_on or date.max, lot.id))


def taken(lots: Sequence[Lot], points: int) -> list[tuple[Lot, int]]:
    """So many points of these lots, in their order; fewer where there are fewer."""
    found = []
    for lot in lots:
        part = min(lot.left, points)
        if part > 0:
            found.append((lot, part))
            points -= part
    return found


def returned(used: Iterable[Used], points: int) -> list[tuple[Lot, int]]:
    """Where so many points return to: those that end last first, so that the client loses as little as can be."""
    latest = sorted(used, key=lambda one: (one.lot.ends_on or date.max, one.lot.id), reverse=True)
    return taken([Lot(one.lot.id, one.points, one.lot.ends_on) for one in latest], points)


def has_ended(lot: Lot, today: date) -> bool:
    return lot.ends_on is not None and lot.ends_on < today
