"""The report of a furnished house: what its files intend, made as often as it is asked for, bad input said."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.database import SetClock
from models.locale import spoken
from models.post import Post
from models.reaction import Notice
from models.registry import Fact, Observation
from tasks.house import House
from tasks.registry.rows import record
from tasks.reports.engine import period_of, report_of
from tasks.reports.steps import make_report
from tasks.reports.values import Report
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished, publish

MONEY = """\
goals:
  - {key: money, title: Revenue of the month, metric: revenue, target: 500000, from: 2026-11-01, to: 2026-11-30}
  - {key: odd, title: Odd, metric: fame, target: 5, from: 2026-11-01, to: 2026-11-30}
campaigns:
  - {key: late, title: Late, starts_on: 2026-11-25, ends_on: 2026-11-30, budget: 900}
funds:
  - {key: operating, title: Operating fund, budget: 1500.50}
"""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(database: Engine, tmp_path: Path, clock: SetClock) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, clock, company=COMPANY + MONEY)


def spend(house: House, amount: int, **told: Any) -> None:
    fact = Observation(
        operation="M4", subject_kind="expense", subject_id="e", metric="expenses", value=amount, cost=amount,
        currency="RUB", observed_at=NOW, source="stated", key=f"e{amount}", **told,
    )  # fmt: skip
    with house.sessions.begin() as session:
        record(session, [fact], house.clock)


def of_the_week(house: House, conclusion: str = "") -> Report:
    return report_of(house, period_of(house, "week", ""), conclusion)


def test_money_is_compared_with_the_companys_funds_of_the_year(house: House) -> None:
    spend(house, 700_00, fund="operating")
    made = of_the_week(house)
    [fund] = made.funds
    assert (fund.budget.title, fund.budget.amount, fund.spent, made.outside_funds) == (
        "Operating fund", 1500_50, 700_00, None,
    )  # fmt: skip


def test_what_was_paid_before_a_campaign_began_is_of_its_budget(house: House) -> None:
    spend(house, 600_00, campaign="late")
    [campaign] = of_the_week(house).campaigns
    assert (campaign.spent, campaign.in_period) == (600_00, 600_00)


def test_a_goal_of_money_is_written_in_roubles_and_counted_in_kopecks(house: House) -> None:
    [line] = of_the_week(house).goals
    assert (line.goal.key, line.goal.target) == ("money", 500_000_00)


def test_a_goal_nobody_measures_is_left_out_and_said(house: House) -> None:
    with spoken("en"):
        [remark] = make_report.fn("week", "", "").remarks
    assert remark.startswith("company.yaml, goals, “Odd”: nothing is measured as “fame”") and "clicks" in remark


def test_a_day_that_is_none_is_said_and_not_a_traceback(house: House) -> None:
    with spoken("en"):
        assert "not between 2000 and 2200" in make_report.fn("month", "9999-12-31", "").remarks[0]
        ending = make_report.fn("week", "2026-02-31", "")
    assert ending.failed and ending.remarks == (
        "“2026-02-31” is not a date. Write it as 2026-11-25; “+6” means six days after the first start.",
    )  # fmt: skip


def test_the_heads_words_stand_when_the_report_is_made_again(house: House) -> None:
    assert of_the_week(house, "A good week.").conclusion == "A good week."
    assert of_the_week(house).conclusion == "A good week."
    assert of_the_week(house, "A very good week.").conclusion == "A very good week."
    assert report_of(house, period_of(house, "month", ""), "").conclusion == ""


def test_a_piece_is_linked_to_where_it_was_published(house: House) -> None:
    publish(house.sessions, "7", Post(text="Tea", title="Tea"))
    [card] = of_the_week(house).pieces.values()
    assert (card.title, card.link) == ("Tea", "https://fake.example/7")


def test_a_report_is_written_announced_and_counted_once(house: House) -> None:
    for _ in range(2):
        make_report.fn("week", "", "")
    names = sorted(path.name for path in (house.var / "reports").iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["html", "pdf", "xlsx"]
    with house.sessions() as session:
        facts = [fact.metric for fact in session.execute(select(Fact)).scalars()]
        told = [notice.person for notice in session.execute(select(Notice)).scalars()]
    assert (facts, told) == (["reports"], ["vera"])


def test_no_report_is_made_of_a_company_that_cannot_be_read(house: House) -> None:
    (house.root / "company.yaml").write_text("name: [")
    with spoken("en"):
        ending = make_report.fn("week", "", "")
    assert ending.failed and "company.yaml" in ending.remarks[1] and not (house.var / "reports").exists()
