"""Channel analysis (A1): what publications reach, how people answer, what it costs, when it is best. Pure.

Publications are compared at one age, so that an old one does not win by having lain longer; one that is younger is
left out. Medians, because one lucky publication must not make an hour the best. What is not known is None, and where
there are too few publications the answer says so with their number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from typing import Generic, TypeVar

from babel.numbers import format_decimal

from models.locale import language, mark, translate
from models.reason import Reason, because
from models.schedule import QuietHours
from tasks.schedule.slots import NOTHING_QUIET
from tasks.schedule.wall import local

B = TypeVar("B", int, str)

A_DAY = timedelta(days=1)
AGE_TOLERANCE = 0.25  # of the age at which publications are compared
ENGAGEMENT = frozenset({"likes", "reactions", "comments", "reposts", "clicks"})
REACH = (
    "reach",
    "reach_total",
    "views",
)  # the first that a publication has; views count people twice, but are what most show
MIN_POSTS = 20
MIN_IN_PLACE = 3
WORKDAYS, WEEKEND = "mon-fri", "sat,sun"
SLOT_WORDS = {WORKDAYS: mark("Mon–Fri"), WEEKEND: mark("Sat, Sun")}
NOT_SILENT = Reason()

TOO_FEW = mark("Too few publications to say ({number} of at least {least}).")
TOO_SCATTERED = mark("The publications are too scattered to say: at no time were there {least} of them.")
NONE_BETTER = mark("No hour outside the quiet hours does better than usual.")
NOTHING_MEASURED = mark("Neither reach nor reactions are known here.")
BETTER_RATE = mark("{slot}: an engagement rate of {score} % by the median of {number} publications, usually {usual} %.")
BETTER_ANSWER = mark("{slot}: {score} reactions by the median of {number} publications, usually {usual}.")
BETTER_REACH = mark("{slot}: a reach of {score} by the median of {number} publications, usually {usual}.")


@dataclass(frozen=True)
class Reading:
    """A metric of one publication at an age; `audience` is how many members the account had then, if known."""

    account: str
    placement: str
    published_at: datetime
    age: timedelta
    metric: str
    value: int
    audience: int | None = None


@dataclass(frozen=True)
class Result:
    """A publication at the age of comparison; what the channel does not show is None."""

    placement: str
    published_at: datetime
    reach: int | None
    engagement: int | None
    audience: int | None

    def rate(self, by_reach: bool) -> float | None:
        """Reactions for each reached, or for each member."""
        base = self.reach if by_reach else self.audience
        return self.engagement / base if self.engagement is not None and base else None


@dataclass(frozen=True)
class Scores:
    """Publications with what they are ranked by, and the text that says it."""

    text: str = ""
    of: tuple[tuple[Result, float], ...] = ()


@dataclass(frozen=True)
class Growth:
    """How the audience changed between its first and last count."""

    first: int
    last: int
    days: float


@dataclass(frozen=True)
class Place(Generic[B]):
    """An hour, a weekday or a slot with the median of the publications in it."""

    value: B
    score: float
    number: int


@dataclass(frozen=True)
class Ranking(Generic[B]):
    """Places, the best first; where nothing can be said, `silent` says why."""

    places: tuple[Place[B], ...] = ()
    silent: Reason = NOT_SILENT


@dataclass(frozen=True)
class Recommendation:
    """Slots as `read_slots` takes them, each with its reason; where none can be named, `silent` says why."""

    slots: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()
    silent: Reason = NOT_SILENT


@dataclass(frozen=True)
class Report:
    """One account. `rate_by_reach` says whether the engagement rate is by reach, else it is by members.

    `cost_per_thousand` is in minor units for a thousand reached.
    """

    account: str
    published: int
    reach: float | None
    engagement_rate: float | None
    rate_by_reach: bool
    growth: Growth | None
    cost_per_thousand: int | None
    hours: Ranking[int]
    weekdays: Ranking[int]
    recommended: Recommendation


def analyse(
    readings: Iterable[Reading],
    zones: Mapping[str, str],
    *,
    costs: Mapping[str, int] | None = None,
    quiet: Mapping[str, QuietHours] | None = None,
    age: timedelta = A_DAY,
) -> list[Report]:
    """Report on every account of the readings. `costs` are minor units spent on the very same publications."""
    by_account: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_account[reading.account].append(reading)
    return [
        report(account, own, zones[account], (costs or {}).get(account), (quiet or {}).get(account, NOTHING_QUIET), age)
        for account, own in sorted(by_account.items())
    ]


def report(
    account: str, readings: Sequence[Reading], zone: str, cost: int | None, quiet: QuietHours, age: timedelta = A_DAY
) -> Report:
    """Report on one account."""
    results = at_age(readings, age)
    by_reach = rates_by_reach(results)
    return Report(
        account=account,
        published=len(results),
        reach=middle(result.reach for result in results),
        engagement_rate=middle(result.rate(by_reach) for result in results),
        rate_by_reach=by_reach,
        growth=growth(readings),
        cost_per_thousand=cost_per_thousand(cost, results),
        hours=rank(results, lambda result: local(result.published_at, zone).hour),
        weekdays=rank(results, lambda result: local(result.published_at, zone).weekday()),
        recommended=recommend(results, zone, quiet),
    )


def at_age(readings: Iterable[Reading], age: timedelta) -> list[Result]:
    """The publications as they stood at this age, by their nearest reading of each metric; the younger are left out."""
    nearest: dict[str, dict[str, Reading]] = defaultdict(dict)
    for reading in readings:
        if abs(reading.age - age) <= age * AGE_TOLERANCE:
            metrics = nearest[reading.placement]
            rival = metrics.setdefault(reading.metric, reading)
            metrics[reading.metric] = min(rival, reading, key=lambda r: (abs(r.age - age), r.age, r.value))
    results = [_result(metrics) for metrics in nearest.values()]
    return sorted(results, key=lambda result: (result.published_at, result.placement))


def _result(metrics: Mapping[str, Reading]) -> Result:
    answered = [reading.value for metric, reading in metrics.items() if metric in ENGAGEMENT]
    any_one = next(iter(metrics.values()))
    return Result(
        placement=any_one.placement,
        published_at=any_one.published_at,
        reach=next((metrics[metric].value for metric in REACH if metric in metrics), None),
        engagement=sum(answered) if answered else None,
        audience=max((r.audience for r in metrics.values() if r.audience is not None), default=None),
    )


def rates_by_reach(results: Sequence[Result]) -> bool:
    """Whether most publications show their reach: rates by reach and by members are never mixed."""
    return 2 * sum(bool(result.reach) for result in results) > len(results)


def middle(values: Iterable[float | None]) -> float | None:
    """The median of what is known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def growth(readings: Iterable[Reading]) -> Growth | None:
    """The change of the audience; None before it was counted at two moments."""
    counts = {r.published_at + r.age: r.audience for r in readings if r.audience is not None}
    if len(counts) < 2:
        return None
    first, last = min(counts), max(counts)
    return Growth(counts[first], counts[last], (last - first) / A_DAY)


def cost_per_thousand(cost: int | None, results: Sequence[Result]) -> int | None:
    """Minor units for a thousand reached; None where the cost or the reach of any publication is not known."""
    known = [result.reach for result in results if result.reach is not None]
    if cost is None or len(known) < len(results) or not sum(known):
        return None
    return round(cost * 1000 / sum(known))


def scores(results: Sequence[Result]) -> Scores:
    """What publications are ranked by: the rate of engagement if most have one, else engagement, else reach."""
    by_reach = rates_by_reach(results)
    measures: tuple[tuple[str, Callable[[Result], float | None]], ...] = (
        (BETTER_RATE, lambda result: _percent(result.rate(by_reach))),
        (BETTER_ANSWER, lambda result: result.engagement),
        (BETTER_REACH, lambda result: result.reach),
    )
    for text, measure in measures:
        scored = tuple((result, score) for result in results if (score := measure(result)) is not None)
        if 2 * len(scored) > len(results):
            return Scores(text, scored)
    return Scores()


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def rank(results: Sequence[Result], place_of: Callable[[Result], B]) -> Ranking[B]:
    """Rank places that hold enough publications by their median."""
    scored = scores(results).of
    if len(scored) < MIN_POSTS:
        return Ranking(silent=_silence(results, scored))
    held: dict[B, list[float]] = defaultdict(list)
    for result, score in scored:
        held[place_of(result)].append(score)
    places = [Place(value, median(own), len(own)) for value, own in held.items() if len(own) >= MIN_IN_PLACE]
    if not places:
        return Ranking(silent=because(TOO_SCATTERED, code="too_scattered", least=MIN_IN_PLACE))
    return Ranking(tuple(sorted(places, key=lambda place: (-place.score, -place.number, place.value))))


def _silence(results: Sequence[Result], scored: Sequence[object]) -> Reason:
    if results and not scored:
        return because(NOTHING_MEASURED, code="nothing_measured")
    return because(TOO_FEW, code="too_few", number=len(scored), least=MIN_POSTS)


def recommend(
    results: Sequence[Result], zone: str, quiet: QuietHours = NOTHING_QUIET, count: int = 3
) -> Recommendation:
    """Name the hours of workdays and weekends that do better than usual, outside quiet hours."""
    ranking = rank(results, lambda result: _slot(result.published_at, zone))
    if ranking.silent:
        return Recommendation(silent=ranking.silent)
    scored = scores(results)
    usual = median(score for _, score in scored.of)
    open_places = [place for place in ranking.places if not quiet.hold(60 * int(place.value[-5:-3]))]
    best = [place for place in open_places if place.score > usual][:count]
    if not best:
        return Recommendation(silent=because(NONE_BETTER, code="none_better"))
    return Recommendation(tuple(place.value for place in best), tuple(_better(scored.text, p, usual) for p in best))


def _slot(at: datetime, zone: str) -> str:
    clock = local(at, zone)
    return f"{WEEKEND if clock.weekday() >= 5 else WORKDAYS} {time(clock.hour):%H:%M}"


def _better(text: str, place: Place[str], usual: float) -> Reason:
    words = {"slot": say_slot(place.value), "score": _said(place.score), "number": place.number, "usual": _said(usual)}
    return because(text, code="better", **words)


def say_slot(slot: str) -> str:
    """A slot as analysis names it ("mon-fri 09:00") in the reader's words."""
    days, _, clock = slot.rpartition(" ")
    return f"{translate(SLOT_WORDS.get(days, days))} {clock}"


def _said(number: float) -> str:
    return format_decimal(round(number, 1), locale=language())
