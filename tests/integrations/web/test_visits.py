"""Visits counted in memory: none is lost while the database is busy, and nobody is named."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from integrations.web.visits import VisitCounter
from models.desk import Visited, VisitKind

AT = datetime(2026, 11, 23, 9, 59, 30, tzinfo=UTC)
HOUR = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_visits_are_written_together_by_the_hour() -> None:
    written: list[Visited] = []
    counter = VisitCounter(written.extend, lambda: AT)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: counter.add(VisitKind.CLICK, "k1", n % 4 == 0), range(100)))
    counter.flush()
    counter.flush()
    assert {(v.hour, v.robot, v.number) for v in written} == {(HOUR, False, 75), (HOUR, True, 25)}


def test_visits_are_kept_until_they_can_be_written() -> None:
    written: list[Visited] = []
    busy = [True]

    def write(visits: Sequence[Visited]) -> None:
        if busy:
            busy.pop()
            raise OSError("locked")
        written.extend(visits)

    counter = VisitCounter(write, lambda: AT)
    counter.add(VisitKind.VIEW, "p", False)
    counter.flush()
    counter.add(VisitKind.VIEW, "p", False)
    counter.flush()
    assert [visit.number for visit in written] == [2]
