"""The report out of plan and facts: figures, cuts, goals, money, best and worst, what is stuck or not known. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from models.delivery import State
from models.registry import Tally
from tasks.reports.cuts import BEFORE, CUTS, NO_CARD, NOW, by, cut, of_slot, silent
from tasks.reports.measures import RESPONSES, foreign, main_result, priced, weigh
from tasks.reports.period import Period
from tasks.reports.standing import goal_line, money_lines, touches
from tasks.reports.values import Cut, Day, Due, Facts, Figure, GoalLine, Line, PieceLine, Plan, Report
from tasks.schedule.wall import local

FIGURES = (
    "published", "on_time", "views", "responses", "clicks", "calls", "visits", "orders", "revenue", "members", "cost",
    "price",
)  # fmt: skip
HOPED_FOR = ("views", "responses", "clicks", "cost")
PLOTTED = {"views": ("views",), "responses": RESPONSES, "published": ("published",)}
RANKED = 3


def report(plan: Plan, facts: Facts, period: Period, made_at: datetime, conclusion: str = "") -> Report:
    """Put the report together; `conclusion` is the head's own words."""
    now = of_slot(facts.tallies, NOW)
    today = min(period.last, local(made_at, period.zone).date())
    total, result = _whole(plan, facts)
    cuts = tuple(cut(dimension, plan, facts, total, result) for dimension in CUTS)
    ranking = _ranking(plan, facts.pieces)
    plotted = _plotted(facts.days)
    return Report(
        company=plan.company,
        currency=plan.currency,
        synthetic=plan.synthetic,
        period=period,
        made_at=made_at,
        result=result,
        figures=_figures(total),
        goals=_goals(plan, facts, period, today),
        campaigns=money_lines(plan.campaigns, facts.campaigns, by("campaign", now), period, plan.currency),
        funds=money_lines(plan.funds, facts.funds, by("fund", now), period, plan.currency),
        outside_funds=_outside_funds(now, plan),
        other_money=foreign(now, plan.currency),
        cuts=cuts,
        best=_best(ranking),
        worst=_worst(ranking),
        outcomes=_outcomes(facts.due),
        stuck=facts.stuck,
        titles=plan.titles,
        pieces=plan.pieces,
        plotted=plotted,
        days=_days(facts.days, plotted, period),
        today=today,
        missing=tuple(measure for measure in HOPED_FOR if total.values[measure] is None),
        silent=silent(_channels(cuts), HOPED_FOR[:2]),
        unrecorded=facts.unrecorded,
        conclusion=conclusion,
    )


def _whole(plan: Plan, facts: Facts) -> tuple[Line, str]:
    """The whole department as one line, and what its costs are divided by."""
    due = sum(one.number for one in facts.due if not one.ahead) if facts.due else None
    now = weigh(of_slot(facts.tallies, NOW), plan.currency, due, not facts.unrecorded)
    before = weigh(of_slot(facts.tallies, BEFORE), plan.currency)
    result = plan.result or main_result(now)
    return Line("", "", priced(now, result), priced(before, result)), result


def _figures(total: Line) -> tuple[Figure, ...]:
    """What is known of the whole; publications always, with their plan."""
    figures = [Figure(measure, total.values[measure], total.before[measure]) for measure in FIGURES]
    figures[0] = Figure("published", total.values["published"], total.before["published"], total.values["planned"])
    return tuple(one for one in figures if one.value is not None or one.measure == "published")


def _goals(plan: Plan, facts: Facts, period: Period, today: date) -> tuple[GoalLine, ...]:
    current = [goal for goal in plan.goals if touches(goal.first, goal.last, period)]
    return tuple(goal_line(goal, facts.goals.get(goal.key, ()), today, plan.currency) for goal in current)


def _outside_funds(now: Iterable[Tally], plan: Plan) -> int | None:
    """What was spent without naming a fund the company has."""
    known = {fund.key for fund in plan.funds}
    spent = weigh((one for one in now if one.of("fund") not in known), plan.currency)["cost"]
    return None if spent is None else int(spent)


def _ranking(plan: Plan, tallies: Iterable[Tally]) -> list[PieceLine]:
    """The pieces that went out in the period and whose responses are known, the best received first."""
    weighed = {piece: weigh(found, plan.currency) for piece, found in by("subject_id", of_slot(tallies, NOW)).items()}
    known = [piece for piece, weights in weighed.items() if weights["published"] and weights["responses"] is not None]
    lines = []
    for piece in known:
        card = plan.pieces.get(piece, NO_CARD)
        author = plan.titles.get("person", {}).get(card.author, card.author)
        lines.append(PieceLine(piece, card.title or piece, author, card.link, weighed[piece]))
    return sorted(lines, key=lambda line: (-(line.values["responses"] or 0), -(line.values["views"] or 0), line.piece))


def _best(ranking: list[PieceLine]) -> tuple[PieceLine, ...]:
    return tuple(ranking[:RANKED])


def _worst(ranking: list[PieceLine]) -> tuple[PieceLine, ...]:
    """The last ones, the worst first; never one that is among the best."""
    return tuple(reversed(ranking[max(RANKED, len(ranking) - RANKED) :]))


def _outcomes(due: Iterable[Due]) -> Mapping[State, int]:
    counted: Counter[State] = Counter()
    for one in due:
        counted[one.state] += one.number
    return dict(counted)


def _plotted(days: tuple[Tally, ...]) -> str:
    """What the plot by days shows: the first of views, responses and publications that is known."""
    metrics = {tally.metric for tally in days}
    return next((measure for measure, of in PLOTTED.items() if metrics & set(of)), "published")


def _days(tallies: tuple[Tally, ...], plotted: str, period: Period) -> tuple[Day, ...]:
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for tally in tallies:
        if tally.metric in PLOTTED[plotted]:
            found[tally.slot][tally.of("channel")] += tally.value
    return tuple(Day(day, dict(found[slot])) for slot, day in enumerate(period.days))


def _channels(cuts: Iterable[Cut]) -> Cut:
    return next(one for one in cuts if one.dimension == "channel")
