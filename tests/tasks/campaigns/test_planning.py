"""What a person says of a campaign, a goal or a fund, read and checked; forecasts in words."""

from datetime import date
from decimal import Decimal

import pytest

from models.company import Campaign, Company, Goal
from models.locale import spoken
from models.planning import CampaignOrder, FundOrder, GoalOrder
from models.registry import Tally
from tasks.campaigns import planning
from tasks.campaigns.forecast import forecast, gone
from tasks.campaigns.planning import Plan, free_key
from tasks.company_file.edits import Add, Change
from tasks.reports.standing import goal_line
from tasks.reports.values import Goal as Meant

COMPANY = Company.model_validate(
    {
        "name": "Cups", "zone": "Europe/Moscow", "currency": "RUB",
        "goals": [{"key": "clicks", "title": "Clicks", "metric": "clicks", "target": 100, "from": "2026-11-01",
                   "to": "2026-11-30"}],
        "campaigns": [{"key": "winter", "title": "Winter", "starts_on": "2026-11-01", "ends_on": "2026-12-31",
                       "budget": "60000", "goal": "clicks"}],
        "funds": [{"key": "head", "title": "Head's fund", "budget": "1000"}],
    }
)  # fmt: skip
NEW = {"person": "vera", "title": "Неделя чая", "starts_on": "2026-12-01", "ends_on": "2026-12-07"}


def test_a_new_campaign_gets_a_key_of_its_title() -> None:
    made = planning.campaign(CampaignOrder(**NEW, budget="12 500,50", goal="Clicks"), COMPANY)
    assert isinstance(made, Plan) and isinstance(made.edit, Add)
    assert made.edit.section == "campaigns" and made.edit.item == {
        "key": "nedelia-chaia", "title": "Неделя чая", "starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 7),
        "budget": Decimal("12500.50"), "goal": "clicks",
    }  # fmt: skip


def test_only_what_is_filled_in_changes() -> None:
    order = CampaignOrder(person="vera", what="change", key="winter", ends_on="2027-01-10")
    made = planning.campaign(order, COMPANY, "print")
    assert isinstance(made, Plan) and isinstance(made.edit, Change)
    assert (made.edit.where, made.edit.fields, made.edit.former) == (
        {"key": "winter"}, {"ends_on": date(2027, 1, 10)}, "print",
    )  # fmt: skip


def test_a_hyphen_takes_the_goal_away_and_nought_the_budget() -> None:
    order = CampaignOrder(person="vera", what="change", key="winter", goal="-", budget="0")
    made = planning.campaign(order, COMPANY)
    assert isinstance(made, Plan) and made.edit.fields == {"goal": "", "budget": Decimal(0)}


def test_a_goal_of_money_is_read_as_money() -> None:
    order = GoalOrder(**NEW, metric="Revenue", target="1 500,50 ₽")
    with spoken("en"):
        made = planning.goal(order, COMPANY)
    assert isinstance(made, Plan) and made.fields["target"] == Decimal("1500.50")
    assert isinstance(made.edit, Add) and made.edit.item["from"] == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        pytest.param(CampaignOrder(person="v"), ["Give it a title."], id="nothing said"),
        pytest.param(CampaignOrder(**NEW | {"ends_on": "2026-11-01"}), ["The end, 2026-11-01, is before"], id="order"),
        pytest.param(CampaignOrder(**NEW, key="winter"), ["The key “winter” is taken by “Winter”"], id="taken"),
        pytest.param(CampaignOrder(**NEW, key="Winter"), ["“winter” is taken by “Winter”"], id="taken by title"),
        pytest.param(GoalOrder(person="v", key="Clicks"), ["The key “clicks” is taken"], id="goal taken by title"),
        pytest.param(FundOrder(person="v", key="Head's fund"), ["The key “head” is taken"], id="fund taken by title"),
        pytest.param(CampaignOrder(**NEW, key="Зима"), ["“Зима” is not a key"], id="key"),
        pytest.param(CampaignOrder(**NEW | {"title": "***"}), ["No key can be made"], id="no key"),
        pytest.param(CampaignOrder(person="v", what="change", key="x"), ["nothing with the key “x”"], id="unknown"),
        pytest.param(CampaignOrder(person="v", what="change", key="wintr"), ["Nearest: winter"], id="almost known"),
        pytest.param(CampaignOrder(**NEW, budget="$5", goal="glory"),
                     ["Budgets are kept in RUB", "There is no goal “glory”. Nearest: Clicks"], id="two at once"),
        pytest.param(CampaignOrder(**NEW | {"starts_on": "soon"}), ["“soon” is not a date"], id="day"),
        pytest.param(GoalOrder(**NEW, metric="fame", target="5"), ["Nothing is measured as “fame”"], id="metric"),
        pytest.param(GoalOrder(**NEW, metric="clicks", target="-5"), ["less than zero"], id="target"),
        pytest.param(FundOrder(person="v", title="Fund", budget="lots"), ["“lots” is not a number"], id="amount"),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_said_at_once(
    order: CampaignOrder | GoalOrder | FundOrder, said: list[str]
) -> None:
    read = {CampaignOrder: planning.campaign, GoalOrder: planning.goal, FundOrder: planning.fund}[type(order)]
    with spoken("en"):
        wrong = read(order, COMPANY)  # type: ignore[operator]
        assert not isinstance(wrong, Plan)
        told = [str(reason) for reason in wrong]
    assert all(any(part in one for one in told) for part in said), told


def test_a_key_that_is_taken_is_counted_on() -> None:
    assert free_key("Winter", ["winter", "winter-2"]) == "winter-3"


def meant(metric: str, target: int) -> Meant:
    return Meant(key="g", title="G", metric=metric, target=target, first=date(2026, 11, 1), last=date(2026, 11, 30))


def told(metric: str, value: int | None, today: date, target: int = 300) -> str:
    tallies = [] if value is None else [Tally(slot=0, at={}, metric=metric, value=value, facts=1, currency="")]
    with spoken("en"):
        return forecast(goal_line(meant(metric, target), tallies, today, "RUB"), today, "RUB")


@pytest.mark.parametrize(
    ("metric", "value", "today", "said"),
    [
        pytest.param("clicks", 5, date(2026, 10, 30), "It begins in 2 days.", id="to come"),
        pytest.param("clicks", None, date(2026, 11, 10), "Nothing is known of it yet", id="unknown"),
        pytest.param("clicks", 150, date(2026, 11, 10), "it is reached about 21 November", id="in time"),
        pytest.param("clicks", 50, date(2026, 11, 10), "150 is reached by 30 November: 150 short. A day needs 12",
                     id="short"),
        pytest.param("clicks", 300, date(2026, 11, 10), "It is reached, 20 days before its end.", id="early"),
        pytest.param("clicks", 290, date(2026, 12, 1), "It ended 10 short.", id="ended"),
        pytest.param("members", 250, date(2026, 11, 10), "50 is still to go, and 20 days are left.", id="a level"),
        pytest.param("refused", 10, date(2026, 11, 10), "The limit is kept: 290 is left of it.", id="a limit"),
        pytest.param("refused", 310, date(2026, 11, 10), "The limit is broken by 10.", id="a broken limit"),
    ],
)  # fmt: skip
def test_a_forecast_says_where_the_pace_leads(metric: str, value: int | None, today: date, said: str) -> None:
    assert said in told(metric, value, today)


def test_a_forecast_never_divides_by_nothing() -> None:
    for day in range(1, 31):
        assert told("clicks", 0, date(2026, 11, day))


def test_how_much_of_the_time_is_gone_is_said() -> None:
    with spoken("en"):
        days = date(2026, 11, 1), date(2026, 11, 30)
        assert gone(*days, date(2026, 11, 15)) == "50% of its time is gone, 15 days are left"
        assert (gone(*days, date(2026, 10, 1)), gone(*days, date(2026, 12, 1))) == ("not begun", "its time is over")


def test_what_stands_in_the_file_is_what_the_form_shows() -> None:
    assert Goal is not Campaign and planning._shown(COMPANY.goals[0])["from"] == date(2026, 11, 1)
