"""The facts of a period by one dimension: a line for each goal, campaign, customer group, channel or author. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models.registry import Tally
from tasks.reports.measures import priced, weigh
from tasks.reports.values import Card, Cut, Due, Facts, Line, Plan

BEFORE, NOW = 0, 1
CUTS = ("goal", "campaign", "customer_group", "channel", "person")
COLUMNS = (
    "planned", "published", "on_time", "reach", "views", "responses", "clicks", "calls", "visits", "orders", "revenue",
    "cost", "price",
)  # fmt: skip
COLUMNS_OF = {"channel": ("members", *COLUMNS)}  # members belong to a channel, and to nothing else of these
NO_CARD = Card(title="")


def of_slot(tallies: Iterable[Tally], slot: int) -> list[Tally]:
    return [tally for tally in tallies if tally.slot == slot]


def cut(dimension: str, plan: Plan, facts: Facts, total: Line, result: str) -> Cut:
    """Cut the facts of the period by a dimension; what named none of it has a line of its own, so that sums agree."""
    now, before = (by(dimension, of_slot(facts.tallies, slot)) for slot in (NOW, BEFORE))
    planned = plannedby(dimension, plan, facts.due)
    titles = plan.titles.get(dimension, {})

    def line(key: str) -> Line:
        due = planned.get(key, 0) if planned else None
        this = weigh(now.get(key, ()), plan.currency, due, not facts.unrecorded)
        values = this, weigh(before.get(key, ()), plan.currency)
        return Line(key, titles.get(key, key), *(priced(weights, result) for weights in values))

    lines = [line(key) for key in now.keys() | planned.keys()]
    columns = _known(COLUMNS_OF.get(dimension, COLUMNS), [one for one in lines if one.key])
    lines = [one for one in lines if one.key or any(one.values[column] for column in columns)]
    lines.sort(
        key=lambda one: (one.key == "", -(one.values["responses"] or 0), -(one.values["published"] or 0), one.key)
    )
    return Cut(dimension, columns, tuple(lines), total)


def by(dimension: str, tallies: Iterable[Tally]) -> Mapping[str, list[Tally]]:
    grouped: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        grouped[tally.of(dimension)].append(tally)
    return grouped


def plannedby(dimension: str, plan: Plan, due: Iterable[Due]) -> dict[str, int]:
    """How many publications were due by now for each key; what the delivery does not know its piece tells."""
    number: dict[str, int] = defaultdict(int)
    for one in due:
        if one.ahead:
            continue
        card = plan.pieces.get(one.piece, NO_CARD)
        keys = {"channel": one.channel, "campaign": one.campaign, "person": card.author}
        keys |= {"goal": card.goal, "customer_group": card.customer_group}
        number[keys[dimension]] += one.number
    return dict(number)


def _known(columns: Iterable[str], lines: Iterable[Line]) -> tuple[str, ...]:
    kept = list(lines)
    return tuple(key for key in columns if any(line.values.get(key) is not None for line in kept))


def silent(channels: Cut, measures: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The channels that published and tell nothing of a measure which other channels do tell."""
    told = {measure for measure in measures if channels.total.values[measure] is not None}
    published = [line for line in channels.lines if line.values["published"]]
    found = {measure: tuple(one.title for one in published if one.values[measure] is None) for measure in told}
    return {measure: titles for measure, titles in sorted(found.items()) if titles}
