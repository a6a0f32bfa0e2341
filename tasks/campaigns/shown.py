"""Campaigns, goals and funds as lines to read: where they are in their days, their money, what came of them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from models.company import Campaign, Company, Goal
from models.delivery import FOR_A_PERSON, OUT, State
from models.desk.campaigns import CampaignLine, Money, Stage, WorkLine
from models.locale import mark, translate
from models.registry import Tally
from tasks.campaigns.rows import COMING, Counted, Work
from tasks.reports.intended import budget_of_campaign
from tasks.reports.measures import GOAL_METRICS, MEASURES, main_result, measure_of, priced, weigh
from tasks.reports.numbers import say, say_money
from tasks.reports.page import money_bar
from tasks.reports.standing import money_line
from tasks.reports.values import MoneyLine

KEPT_IN_SIGHT = timedelta(days=365)
RESULTS = (
    "published", "on_time", "reach", "views", "responses", "response_rate", "clicks", "calls", "visits", "orders",
    "revenue", "price",
)  # fmt: skip
LEFT = mark("{amount} is left")
OVER = mark("{amount} over the budget")
NO_FUND = mark("No fund was named")
ORDER = {Stage.RUNNING: 0, Stage.COMING: 1, Stage.OVER: 2}


def stage(first: date, last: date, today: date) -> Stage:
    if today < first:
        return Stage.COMING
    return Stage.RUNNING if today <= last else Stage.OVER


def in_sight(ends_on: date, today: date) -> bool:
    """Whether a list shows it without being asked: a year after its end it is history."""
    return ends_on >= today - KEPT_IN_SIGHT


def campaign_line(
    campaign: Campaign, company: Company, spent: Iterable[Tally], counted: Counted, today: date, stopped: bool
) -> CampaignLine:
    """A campaign with its money and its publications."""
    goals = {goal.key: goal.title for goal in company.goals}
    money = money_line(budget_of_campaign(campaign, company.currency), spent, company.currency)
    return CampaignLine(
        key=campaign.key, title=campaign.title, first=campaign.starts_on, last=campaign.ends_on,
        stage=stage(campaign.starts_on, campaign.ends_on, today), goal=campaign.goal,
        goal_title=goals.get(campaign.goal, campaign.goal), money=money_bar(money, company.currency, "month"),
        left=left_of(money, company.currency), out=counted.out, coming=counted.coming, troubled=counted.troubled,
        is_stopped=stopped,
    )  # fmt: skip


def by_stage(lines: Iterable[CampaignLine]) -> tuple[CampaignLine, ...]:
    """Those under way first, the one that ends soonest at the top; then what comes; then the past, the newest first."""

    def place(line: CampaignLine) -> tuple[int, int, str]:
        day = {Stage.RUNNING: line.last, Stage.COMING: line.first}.get(line.stage, line.last).toordinal()
        return ORDER[line.stage], -day if line.stage is Stage.OVER else day, line.key

    return tuple(sorted(lines, key=place))


def left_of(line: MoneyLine, currency: str) -> str:
    """What is left of a budget, or by how much it is exceeded; empty where there is none."""
    if line.budget.amount is None:
        return ""
    rest = line.budget.amount - (line.spent or 0)
    return translate(LEFT if rest >= 0 else OVER, amount=say_money(abs(rest), currency))


def funds_of(spent: Mapping[str, Iterable[Tally]], titles: Mapping[str, str], currency: str) -> tuple[Money, ...]:
    """What was spent, by the fund it was taken from, the largest first."""
    costs = {fund: weigh(tallies, currency)["cost"] for fund, tallies in spent.items()}
    known = sorted(((cost, fund) for fund, cost in costs.items() if cost is not None), reverse=True)
    return tuple(
        Money(title=titles.get(fund, fund) or translate(NO_FUND), amount=say_money(round(cost), currency))
        for cost, fund in known
    )


def results_of(tallies: Iterable[Tally], currency: str) -> tuple[Money, ...]:
    """Everything that is known of a campaign's results, as the reports weigh it."""
    weights = weigh(tallies, currency)
    result = main_result(weights)
    weighed = priced(weights, result)
    known = [(measure_of(key, result), weighed[key]) for key in RESULTS if weighed[key] is not None]
    return tuple(
        Money(title=translate(measure.title), amount=say(value, measure.shape, currency)) for measure, value in known
    )


def work_line(work: Work, people: Mapping[str, str], astray: Iterable[int]) -> WorkLine:
    def number(states: Iterable[State]) -> int:
        return sum(work.states.get(state, 0) for state in states)

    return WorkLine(
        id=work.id, number=work.number, title=work.title, author=people.get(work.author, work.author),
        first_at=work.first_at, last_at=work.last_at, out=number(OUT), coming=number(COMING),
        troubled=number(FOR_A_PERSON), cancelled=number([State.CANCELLED]), is_outside=work.id in set(astray),
    )  # fmt: skip


def serving(goal: Goal, company: Company) -> tuple[Money, ...]:
    """The campaigns that serve a goal, by key and title."""
    return tuple(Money(title=one.title, amount=one.key) for one in company.campaigns if one.goal == goal.key)


def metrics() -> dict[str, str]:
    """What a goal may be measured by, as people call it."""
    return {key: translate(MEASURES[key].title) for key in GOAL_METRICS}
