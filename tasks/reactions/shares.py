"""Clicks of a piece's links shared out among its publications in one channel: the last one before the click. Pure.

A repeated publication carries the same short links, so a click names the piece and the channel, not the repetition.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

AN_HOUR = timedelta(hours=1)


def share_out(sent: Sequence[tuple[int, datetime]], clicks: Iterable[tuple[datetime, int]]) -> Mapping[int, int]:
    """How many clicks are each publication's: `sent` by their ids, `clicks` by the hour they were counted in.

    Clicks of the hour in which a publication went out are its own; what came before the first is the first one's.
    """
    order = sorted(sent, key=lambda one: one[1])
    moments = [at for _, at in order]
    found = dict.fromkeys((id for id, _ in order), 0)
    for hour, number in clicks:
        place = max(bisect_right(moments, hour + AN_HOUR) - 1, 0)
        found[order[place][0]] += number
    return found
