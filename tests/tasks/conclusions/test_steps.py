"""The steps that Prefect's flows of planning take: they do what the desk does, and say it in the run."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.planning import CampaignOrder, ConclusionOrder, FundOrder, GoalOrder, OccasionOrder
from tasks.campaigns.steps import plan_campaign, plan_fund, plan_goal
from tasks.conclusions.steps import keep_conclusion
from tasks.house import House
from tasks.occasions.steps import correct_occasions
from tasks.reports.steps import make_report
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

DAYS = {"person": "vera", "starts_on": "2026-12-01", "ends_on": "2026-12-07"}


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))


def test_every_plan_can_be_made_from_prefect_too(house: House) -> None:
    with spoken("en"):
        endings = [
            plan_campaign.fn(CampaignOrder(**DAYS, title="Tea week", budget="100")),
            plan_goal.fn(GoalOrder(**DAYS, title="Clicks", metric="clicks", target="5")),
            plan_fund.fn(FundOrder(person="vera", title="Print", budget="5")),
            correct_occasions.fn(OccasionOrder(person="olga", title="Tea day", on="2026-12-15")),
        ]
    assert [(ending.done, ending.total, ending.remarks) for ending in endings] == [(1, 1, ())] * 4
    company = house.workspace.company
    assert [one.key for one in (*company.campaigns, *company.goals, *company.funds)] == ["tea-week", "clicks", "print"]


def test_a_plan_that_is_wrong_fails_the_run_and_says_everything(house: House) -> None:
    with spoken("en"):
        ending = plan_campaign.fn(CampaignOrder(person="vera", title="x", starts_on="soon", ends_on="later"))
    assert ending.failed and len(ending.remarks) == 2


def test_the_reports_files_hold_the_conclusion_that_was_kept(house: House) -> None:
    with spoken("en"):
        kept = keep_conclusion.fn(ConclusionOrder(person="vera", month="2026-10", text="Samovars sell themselves."))
        assert not kept.failed and not make_report.fn("month", "2026-10-01", "").failed
    assert "Samovars sell themselves." in (house.var / "reports" / "month-2026-10-01.html").read_text()
