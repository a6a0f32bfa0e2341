"""What the company intended, out of its files: goals, budgets, and how things are called. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from models.company import Campaign, Company, Fund, Goal, Workspace
from models.locale import mark
from models.operations import OPERATIONS
from models.reason import Reason, because
from models.written import minor_units
from tasks.reports import values
from tasks.reports.measures import GOAL_METRICS, MEASURES
from tasks.reports.period import Period

NO_METRIC = mark(
    "company.yaml, goals, “{title}”: nothing is measured as “{metric}”, so the goal is not in the report. "
    "Write one of: {known}."
)


def intended(workspace: Workspace, pieces: Mapping[str, values.Card], period: Period) -> values.Plan:
    """The plan that the report of a period is compared with; a goal nobody can measure is left out."""
    company = workspace.company
    year = period.last.year
    return values.Plan(
        company=company.name, currency=company.currency, synthetic=company.synthetic,
        goals=tuple(goal_of(goal, company.currency) for goal in company.goals if goal.metric in GOAL_METRICS),
        campaigns=tuple(budget_of_campaign(campaign, company.currency) for campaign in company.campaigns),
        funds=tuple(budget_of_fund(fund, company.currency, year) for fund in company.funds),
        titles=titles_of(workspace), pieces=pieces,
    )  # fmt: skip


def budget_of_campaign(campaign: Campaign, currency: str) -> values.Budget:
    return values.Budget(
        key=campaign.key, title=campaign.title, amount=_minor(campaign.budget, currency), first=campaign.starts_on,
        last=campaign.ends_on,
    )  # fmt: skip


def budget_of_fund(fund: Fund, currency: str, year: int) -> values.Budget:
    """A fund is for a calendar year."""
    return values.Budget(
        key=fund.key, title=fund.title, amount=_minor(fund.budget, currency), first=date(year, 1, 1),
        last=date(year, 12, 31),
    )  # fmt: skip


def goal_of(goal: Goal, currency: str) -> values.Goal:
    """A target of money is written in roubles and counted in kopecks, like the facts it is compared with."""
    is_money = MEASURES[goal.metric].shape == "money"
    target = minor_units(goal.target, currency) if is_money else round(goal.target)
    return values.Goal(
        key=goal.key, title=goal.title, metric=goal.metric, target=target, first=goal.starts_on, last=goal.ends_on
    )


def _minor(amount: Decimal, currency: str) -> int | None:
    """A budget of nothing is none."""
    return minor_units(amount, currency) or None


def unmeasured(company: Company) -> Iterator[Reason]:
    """The goals that nothing is measured for, with the mend."""
    known = ", ".join(GOAL_METRICS)
    for goal in company.goals:
        if goal.metric not in GOAL_METRICS:
            yield because(NO_METRIC, code="no_metric", title=goal.title, metric=goal.metric, known=known)


def titles_of(workspace: Workspace) -> dict[str, dict[str, str]]:
    """How the dimensions of the registry are called."""
    company = workspace.company
    return {
        "channel": {card.key: card.title for card in workspace.channels},
        "customer_group": {group.key: group.title for group in company.groups},
        "person": {person.key: person.name for person in company.people},
        "campaign": {campaign.key: campaign.title for campaign in company.campaigns},
        "goal": {goal.key: goal.title for goal in company.goals},
        "fund": {fund.key: fund.title for fund in company.funds},
        "outlet": {outlet.key: outlet.name for outlet in company.outlets},
        "operation": {code: str(operation) for code, operation in OPERATIONS.items()},
    }
