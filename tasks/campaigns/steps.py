"""Steps of planning: a campaign, a goal or a fund is written into company.yaml."""

from models.ending import Ending
from models.locale import mark
from models.planning import CampaignOrder, FundOrder, GoalOrder
from tasks.campaigns.engine import Planning
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.answers import Report
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Write the campaign into company.yaml"))
def plan_campaign(order: CampaignOrder) -> Ending:
    """Add or change a campaign; of what is planned outside its days it says so."""
    return _told(by_the_book(lambda: Planning(house()).campaign(order)))


@step(mark("Write the goal into company.yaml"))
def plan_goal(order: GoalOrder) -> Ending:
    """Add or change a goal."""
    return _told(by_the_book(lambda: Planning(house()).goal(order)))


@step(mark("Write the fund into company.yaml"))
def plan_fund(order: FundOrder) -> Ending:
    """Add or change a fund."""
    return _told(by_the_book(lambda: Planning(house()).fund(order)))


def _told(report: Report) -> Ending:
    show("planning", report.markdown(), report.title)
    return report.ending
