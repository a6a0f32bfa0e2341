"""Whether clicks were a person's, by how they were made: what a browser says of itself, scanners say too. Pure.

Scanners of mail open all links of a letter, at once and as soon as it has come; people do neither. A letter holds one
link that nobody sees (number 0): whoever follows it reads the code. How large the shares are in the field was not
measured live; each bound errs towards calling a quick person a machine rather than the other way.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TRAP = 0
AT_ONCE = timedelta(seconds=1)  # after delivery nobody has read anything yet
TOGETHER = timedelta(seconds=5)
MANY = 3  # links in so short a time that nobody has read what stands between


@dataclass(frozen=True, slots=True)
class Click:
    id: int
    link: int
    at: datetime


def machines(clicks: Sequence[Click], links: int, arrived_at: datetime | None) -> set[int]:
    """Which of one letter's clicks were a machine's, by their ids. `links` are how many the letter holds.

    One that followed the trap was not alone: what it clicked along with it is its too.
    """
    ordered = sorted(clicks, key=lambda click: click.at)
    found = {click.id for click in ordered if click.link == TRAP or is_too_soon(click.at, arrived_at)}
    moments = [click.at for click in ordered]
    for moment in dict.fromkeys(moments):
        near = ordered[bisect_left(moments, moment) : bisect_right(moments, moment + TOGETHER)]
        visited = {click.link for click in near}
        if TRAP in visited or len(visited) >= max(2, min(MANY, links)):
            found |= {click.id for click in near}
    return found


def is_too_soon(at: datetime, arrived_at: datetime | None) -> bool:
    return arrived_at is not None and at < arrived_at + AT_ONCE
