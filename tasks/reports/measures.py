"""The measures of a report, and how they are weighed out of sums of the registry. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from models.locale import mark
from models.registry import METRICS, Tally, Unit
from tasks.reports.values import Number, Weights

Shape = Literal["count", "money", "share", "seconds"]


@dataclass(frozen=True)
class Measure:
    """`better` is +1 when more is better, -1 when less is, 0 when neither."""

    key: str
    title: str
    shape: Shape = "count"
    better: int = 1


RESPONSES = ("likes", "reactions", "comments", "reposts", "clicks")
# From what the company lives on to what only looks good: the first one known is the result that a cost is divided by.
RESULTS = ("orders", "clicks", "calls", "visits", "responses", "views")
PER = {"views": 1000}
PRICES = {
    "orders": mark("Cost per order"),
    "visits": mark("Cost per visit"),
    "calls": mark("Cost per call"),
    "clicks": mark("Cost per click"),
    "responses": mark("Cost per response"),
    "views": mark("Cost per 1,000 views"),
}
COUNTED = (
    Measure("planned", mark("Planned"), better=0),
    Measure("published", mark("Published")),
    Measure("on_time", mark("On time"), "share"),
    Measure("refused", mark("Refused by the channel"), better=-1),
    Measure("responses", mark("Responses")),
    Measure("response_rate", mark("Engagement rate"), "share"),
    Measure("cost", mark("Spent"), "money", 0),
    Measure("price", mark("Cost per result"), "money", -1),
)
SHAPES: Mapping[Unit, Shape] = {Unit.COUNT: "count", Unit.MONEY: "money", Unit.SECONDS: "seconds"}
MEASURES: Mapping[str, Measure] = {
    key: Measure(key, metric.title, SHAPES[metric.unit], metric.better) for key, metric in METRICS.items()
} | {measure.key: measure for measure in COUNTED}
GOAL_METRICS = tuple(key for key, measure in MEASURES.items() if measure.shape != "share" and key != "price")


def measure_of(key: str, result: str) -> Measure:
    """The measure; the cost per result is called by the result."""
    measure = MEASURES[key]
    return Measure(key, PRICES[result], measure.shape, measure.better) if key == "price" else measure


def weigh(
    tallies: Iterable[Tally], currency: str, planned: int | None = None, complete: bool = False
) -> dict[str, Number | None]:
    """Every measure of these sums but the price; what no fact stands behind is None. Foreign money is left out.

    `complete`: the registry has missed no publication, so where a plan is known and no fact, nothing went out.
    """
    sums: dict[str, int] = defaultdict(int)
    facts: dict[str, int] = defaultdict(int)
    costs: list[int] = []
    for tally in tallies:
        if tally.currency in ("", currency):
            sums[tally.metric] += tally.value
            facts[tally.metric] += tally.facts
            costs += [tally.cost] if tally.cost is not None else []
    weights: dict[str, Number | None] = {key: sums.get(key) for key in METRICS}
    weights["planned"] = planned
    if complete and planned is not None and weights["published"] is None:
        weights["published"] = 0
    weights["on_time"] = ratio(sums.get("on_time"), facts.get("on_time"))
    weights["responses"] = sum(sums[key] for key in RESPONSES if key in sums) if sums.keys() & RESPONSES else None
    weights["response_rate"] = ratio(weights["responses"], weights["views"])
    weights["cost"] = sum(costs) if costs else None
    return weights


def ratio(part: Number | None, whole: Number | None) -> float | None:
    return part / whole if part is not None and whole else None


def priced(weights: Weights, result: str) -> Weights:
    """The measures with the cost of one result, rounded to a minor unit."""
    share = ratio(weights["cost"], weights[result])
    return {**weights, "price": None if share is None else round(share * PER.get(result, 1))}


def main_result(weights: Weights) -> str:
    """What a cost is divided by in this report."""
    return next((key for key in RESULTS if weights[key]), RESULTS[-1])


def foreign(tallies: Iterable[Tally], currency: str) -> dict[str, int]:
    """What was spent in other currencies: told beside the sums, never added to them."""
    spent: dict[str, int] = defaultdict(int)
    for tally in tallies:
        if tally.currency not in ("", currency) and tally.cost:
            spent[tally.currency] += tally.cost
    return dict(spent)
