"""Which colour a channel has in the plots of a report; the largest have one each, the others share the last. Pure."""

from collections import defaultdict
from collections.abc import Iterator

from models.locale import mark, translate
from tasks.reports.values import Report

PALETTE = ("#2f7f79", "#d08a3c", "#6a7fb5", "#b5566b", "#8a9a5b", "#8d6a9f")
OTHERS = mark("Other channels")
NO_CHANNEL = mark("Not by channel")


def ranks(report: Report) -> dict[str, int]:
    """The place of every channel in the palette, by key, the largest first."""
    whole: dict[str, int] = defaultdict(int)
    for day in report.days:
        for key, value in day.values.items():
            whole[key] += value
    ranked = sorted(whole, key=lambda key: (-whole[key], key))
    last = len(PALETTE) - 1
    return {key: rank if len(ranked) <= len(PALETTE) else min(rank, last) for rank, key in enumerate(ranked)}


def legend(report: Report) -> Iterator[tuple[str, str]]:
    """Name and colour, as a reader needs them beside the plot."""
    placed = ranks(report)
    shared = [rank for rank in placed.values() if list(placed.values()).count(rank) > 1]
    for key, rank in placed.items():
        if rank not in shared:
            yield report.title_of("channel", key) or translate(NO_CHANNEL), PALETTE[rank]
    if shared:
        yield translate(OTHERS), PALETTE[shared[0]]
