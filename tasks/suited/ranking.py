"""What is worth saying to one customer group, the best first, each with its reasons. Pure.

As content is ranked everywhere (A3), for this group alone; and by what only its members tell: what they buy, what they
buy more of lately, what readers answered to, which occasions come. What a letter to them has said lately goes down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

from models.content import Finding, Ranked
from models.locale import mark
from models.reason import because
from tasks.analysis.stems import stems
from tasks.content.duplicates import fold
from tasks.content.ranking import Aims, Part, weigh

# What the parts of a score are worth; together 100.
AS_EVERYWHERE, BOUGHT, RISING, ANSWERED, OCCASION = 40, 30, 10, 10, 10
IN_WORDS = 0.5  # a text about a product group is worth half of what its product is
SAID_LATELY_SHARE = 4
SURE = 2.0  # how many standard deviations two counts must be apart (Poisson)
ENOUGH_READERS, BEST_SHARE = 50, 4  # reach below which nothing is known; the best quarter is told
COMMON_WORDS = 2

MUCH_BOUGHT = mark("the group buys it: “{product_group}”, {buyers} buyers in half a year")
WRITES_OF_BOUGHT = mark("about what the group buys: “{product_group}”, {buyers} buyers in half a year")
BOUGHT_MORE = mark("bought more lately: “{product_group}”, {lately} buyers in 30 days after {before}")
READERS_ANSWERED = mark("readers answered well: {rate} % of those it reached")
COMING = mark("there is an occasion on {day}.{month}: {title}")
SAID_LATELY = mark("the mailing “{title}” said it to this group on {day}.{month}")


@dataclass(frozen=True)
class Demand:
    """A product group that members buy: buyers in half a year, in the last 30 days and in the 30 before."""

    product_group: str
    buyers: int
    lately: int = 0
    before: int = 0

    @property
    def rises(self) -> bool:
        """Whether more buy it than chance explains: two counts of Poisson, compared by their difference."""
        return self.lately > self.before and self.lately - self.before >= SURE * sqrt(self.lately + self.before)


@dataclass(frozen=True)
class Coming:
    title: str
    on: date


@dataclass(frozen=True)
class Known:
    """What is known of a group: what it buys, what readers answered to, what comes, what it was told lately.

    `rates` are shares of the reached who answered, by finding; `told` the mailing that said it last, and when;
    `categories` what product groups an offer may be said to be of.
    """

    demand: Sequence[Demand] = ()
    rates: Mapping[tuple[str, str], float] = field(default_factory=dict)
    coming: Sequence[Coming] = ()
    told: Mapping[tuple[str, str], tuple[str, date]] = field(default_factory=dict)
    categories: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


def key_of(finding: Finding) -> tuple[str, str]:
    return finding.source, finding.ref


def rank_for(findings: Iterable[Finding], aims: Aims, known: Known) -> list[Ranked]:
    """The best first, near copies under it; what nothing speaks for is left out."""
    judge = _Judge(aims, known)
    weighed = sorted((judge.weigh(one) for one in findings), key=_order)
    alike = [one for one in weighed if not one.finding.distinct]
    places = fold([f"{one.finding.title}\n{one.finding.text}" for one in alike])
    folded = [_with_copies([alike[place] for place in some]) for some in places]
    found = sorted([*folded, *(one for one in weighed if one.finding.distinct)], key=_order)
    return [one for one in found if one.score > 0]


def _order(one: Ranked) -> tuple[int, str, str]:
    return -one.score, one.finding.source, one.finding.ref


def _with_copies(alike: Sequence[Ranked]) -> Ranked:
    copies = tuple(f"{one.finding.source}:{one.finding.ref}" for one in alike[1:])
    return alike[0].model_copy(update={"copies": copies})


class _Judge:
    """Weighs findings for one group: what all of them are compared with is made ready once."""

    def __init__(self, aims: Aims, known: Known) -> None:
        self.aims, self.known = aims, known
        self.most = max((one.buyers for one in known.demand), default=0)
        by_buyers = sorted(known.demand, key=lambda one: (-one.buyers, one.product_group))
        self.demand = [(one, stems(one.product_group)) for one in by_buyers]
        self.coming = [(one, stems(one.title)) for one in known.coming]
        ranked = sorted(known.rates.values(), reverse=True)
        self.well = ranked[len(ranked) // BEST_SHARE - 1] if len(ranked) >= BEST_SHARE else None

    def weigh(self, finding: Finding) -> Ranked:
        """The usual weight, and what this group adds to it."""
        usual = weigh(finding, self.aims)
        said = stems(f"{finding.title}\n{finding.text}")
        demand, exactly = self._bought(finding, said)
        parts = [
            self._of_demand(demand, exactly), self._rising(demand), self._answered(finding), self._occasion(said),
        ]  # fmt: skip
        score = usual.score * AS_EVERYWHERE // 100 + sum(points for points, _ in parts)
        why = (*(reason for _, reason in parts if reason), *usual.why)
        if (told := self.known.told.get(key_of(finding))) is not None:
            title, on = told
            again = because(SAID_LATELY, code="told", title=title, day=f"{on:%d}", month=f"{on:%m}")
            return Ranked(finding=finding, score=score // SAID_LATELY_SHARE, why=(again, *why), group=usual.group)
        return Ranked(finding=finding, score=score, why=why, group=usual.group)

    def _bought(self, finding: Finding, said: frozenset[str]) -> tuple[Demand | None, bool]:
        """The product group of those bought that it is of, the most bought first; else one that it writes of."""
        names = self.known.categories.get(key_of(finding), frozenset())
        exactly = next((one for one, _ in self.demand if one.product_group.casefold() in names), None)
        if exactly or names:
            return exactly, True
        return next((one for one, words in self.demand if words and words <= said), None), False

    def _of_demand(self, demand: Demand | None, exactly: bool) -> Part:
        if demand is None or not self.most:
            return 0, None
        worth = BOUGHT * demand.buyers / self.most * (1 if exactly else IN_WORDS)
        text = MUCH_BOUGHT if exactly else WRITES_OF_BOUGHT
        reason = because(text, code="bought", product_group=demand.product_group, buyers=demand.buyers)
        return round(worth), reason

    def _rising(self, demand: Demand | None) -> Part:
        if demand is None or not demand.rises:
            return 0, None
        words = {"product_group": demand.product_group, "lately": demand.lately, "before": demand.before}
        return RISING, because(BOUGHT_MORE, code="rising", **words)

    def _answered(self, finding: Finding) -> Part:
        rate = self.known.rates.get(key_of(finding))
        if not rate or self.well is None or rate < self.well:
            return 0, None
        return ANSWERED, because(READERS_ANSWERED, code="answered", rate=f"{rate * 100:.1f}")

    def _occasion(self, said: frozenset[str]) -> Part:
        for one, words in self.coming:
            if words and len(words & said) >= min(COMMON_WORDS, len(words)):
                day = {"day": f"{one.on:%d}", "month": f"{one.on:%m}"}
                return OCCASION, because(COMING, code="occasion", title=one.title, **day)
        return 0, None


def steps_of(category: Sequence[str]) -> frozenset[str]:
    """What purchases may call the product group of an offer: its whole path, or any step of it."""
    return frozenset(name.casefold() for name in (" / ".join(category), *category) if name)


def rates_of(answered: Mapping[str, int], reached: Mapping[str, int]) -> dict[str, float]:
    """The share of those reached who answered, by piece; of whom few were reached nothing is known."""
    return {
        piece: min(1.0, answered.get(piece, 0) / reach) for piece, reach in reached.items() if reach >= ENOUGH_READERS
    }
