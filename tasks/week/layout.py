"""Publications laid out by day, counted and cut into pages, before anything more is known of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.desk import Line
from models.desk.week import DAYS, FOR_A_PERSON, WAITING, Counts, Day, Placed, Standing, Wish
from tasks.schedule.wall import instant, local, wall_at, wall_of
from tasks.week.zones import town

CARDS = 10  # a day of the calendar shows so many; the list of the day shows the rest
LINES = 50  # a page of the list


@dataclass(frozen=True, slots=True)
class Spot:
    """As much of a publication as it takes to put it in its place."""

    id: int
    due_at: datetime
    standing: Standing


def span(wish: Wish, zone: str) -> tuple[datetime, datetime]:
    """From when until when the page looks, by the clocks of its zone."""
    first, days = (wish.day, 1) if wish.day else (wish.first, DAYS)
    return _midnight(first, zone), _midnight(first + timedelta(days=days), zone)


def _midnight(day: date, zone: str) -> datetime:
    return instant(wall_at(day, time()), zone)


def count(spots: Iterable[Spot]) -> Counts:
    found = Counter(spot.standing for spot in spots)
    return Counts(
        total=found.total(), out=found[Standing.PUBLISHED], waiting=sum(found[one] for one in WAITING),
        person=sum(found[one] for one in FOR_A_PERSON), cancelled=found[Standing.CANCELLED],
    )  # fmt: skip


def by_day(spots: Sequence[Spot], first: date, zone: str) -> list[tuple[date, list[Spot], int]]:
    """Every day of the week with what it shows, and how many more there are. Spots come in the order they are due.

    Whatever needs a person is shown before the rest is cut.
    """
    days: dict[date, list[Spot]] = {first + timedelta(days=n): [] for n in range(DAYS)}
    for spot in spots:
        days.setdefault(local(spot.due_at, zone).date(), []).append(spot)
    return [(day, shown := _shown(found), len(found) - len(shown)) for day, found in days.items()]


def _shown(found: list[Spot]) -> list[Spot]:
    if len(found) <= CARDS:
        return found
    urgent = [spot for spot in found if spot.standing in FOR_A_PERSON][:CARDS]
    rest = [spot for spot in found if spot.standing not in FOR_A_PERSON][: CARDS - len(urgent)]
    return sorted([*urgent, *rest], key=lambda spot: (spot.due_at, spot.id))


def page_of(spots: Sequence[Spot], page: int) -> tuple[Sequence[Spot], int, int]:
    """The spots of a page, the number of the page (the last where there are not so many), and how many pages."""
    pages = max(1, -(-len(spots) // LINES))
    page = min(page, pages)
    return spots[(page - 1) * LINES : page * LINES], page, pages


def in_place(line: Line, how: Standing, zone: str) -> Placed:
    """A publication with its day and time on the clocks of the page, and on those of its channel where they differ."""
    here, wall = local(line.due_at, zone), wall_of(line.due_at, line.zone)
    shown = here.replace(tzinfo=None).isoformat(timespec="minutes")
    there = "" if wall == shown else f"{_there(wall, shown)} {town(line.zone)}"
    return Placed(line=line, standing=how, day=here.date(), at=shown[11:], wall=wall, there=there)


def _there(wall: str, shown: str) -> str:
    """The time there; with its day, where that is another one."""
    return wall[11:] if wall[:10] == shown[:10] else f"{wall[8:10]}.{wall[5:7]}, {wall[11:]}"


def days_of(columns: Iterable[tuple[date, list[Spot], int]], placed: Iterable[Placed]) -> tuple[Day, ...]:
    """The columns, filled with what is now known of the publications."""
    known = {one.line.id: one for one in placed}
    return tuple(
        Day(day=day, placed=tuple(known[spot.id] for spot in shown if spot.id in known), more=more)
        for day, shown, more in columns
    )


def next_due(spots: Iterable[Spot], now: datetime) -> datetime | None:
    """When the next publication goes out that only waits for its time."""
    coming = (spot.due_at for spot in spots if spot.standing is Standing.PLANNED and spot.due_at > now)
    return min(coming, default=None)


def may_return(wall: str, zone: str, now: datetime) -> bool:
    """Whether something can be moved back to this time: it has not passed."""
    return bool(wall) and instant(wall, zone) > now.astimezone(UTC)
