"""When deployments run by themselves: the month's report on the first working day, as the company works."""

import asyncio
from datetime import UTC, datetime

import pytest
from prefect.server.schemas.schedules import RRuleSchedule

from deployments.catalogue import CATALOGUE, USUAL_DAYS, working_days
from models.company import Company, Workspace

MONTH = next(entry for entry in CATALOGUE if "month" in entry.tags)


def works(*hours: str) -> Workspace:
    return Workspace(root="", company=Company(name="Cups", zone="Europe/Moscow", working_hours=hours))


def dates(workspace: Workspace, since: datetime, number: int) -> list[datetime]:
    [rule] = MONTH.rules(working_days(workspace))
    schedule = RRuleSchedule(rrule=rule, timezone=workspace.company.zone)
    found: list[datetime] = asyncio.run(schedule.get_dates(number, start=since))
    return found


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        pytest.param(("mon-fri 09:00-18:00",), [3, 1, 1], id="monday to friday"),
        pytest.param(("mon-fri 09:00-18:00", "sat 10:00-15:00"), [1, 1, 1], id="saturdays too"),
        pytest.param(("tue,thu 09:00-18:00",), [4, 1, 1], id="two days a week"),
    ],
)
def test_the_months_report_is_made_on_the_first_working_day(hours: tuple[str, ...], days: list[int]) -> None:
    """1 May 2027 is a Saturday, 1 June a Tuesday, 1 July a Thursday."""
    found = dates(works(*hours), datetime(2027, 4, 20, tzinfo=UTC), 3)
    assert [day.day for day in found] == days and {day.month for day in found} == {5, 6, 7}
    assert {(day.hour, day.minute, str(day.utcoffset())) for day in found} == {(9, 0, "3:00:00")}


def test_a_company_without_hours_works_from_monday_to_friday() -> None:
    assert working_days(works()) == USUAL_DAYS


def test_nothing_else_is_monthly() -> None:
    assert [entry.tags for entry in CATALOGUE if entry.rules(USUAL_DAYS)] == [("month",), ("mailings-month",)]
