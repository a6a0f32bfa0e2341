"""From rows to a report, on both databases."""

from datetime import date, timedelta

import pytest

from models.database import reading, writing
from models.delivery import Delivery, State
from models.reason import because
from tasks.registry.rows import record
from tasks.reports.compute import report
from tasks.reports.period import week_of
from tasks.reports.rows import gather
from tasks.reports.values import Budget, Card, Goal, Plan, Standing
from tests.tasks.registry.facts import CLOCK, on, seen

WEEK = week_of(date(2026, 11, 18), "UTC")
NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
PLAN = Plan(
    company="Семь чашек",
    currency="RUB",
    goals=(
        Goal(key="clicks", title="Clicks", metric="clicks", target=100, **NOVEMBER),
        Goal(key="members", title="Members", metric="members", target=1_000, **NOVEMBER),
        Goal(key="winter", title="Winter", metric="clicks", target=1, first=date(2027, 1, 1), last=date(2027, 1, 2)),
    ),
    campaigns=(Budget(key="advent", title="Advent", amount=1_000, **NOVEMBER),),
    funds=(Budget(key="operating", title="Operating", amount=500, **NOVEMBER),),
    titles={"channel": {"vk": "VK"}},
    pieces={"1": Card(title="Oolong", author="orlova"), "2": Card(title="Pu-erh")},
)
AT = {"channel": "vk", "placement": "p1", "goal": "clicks", "campaign": "advent", "person": "orlova"}


@pytest.fixture
def made(database):
    observations = [
        seen("published", 1, operation="A8", **AT),
        seen("on_time", 1, operation="A8", **AT),
        seen("clicks", 30, day=-10, **AT),
        seen("clicks", 90, day=2, **AT),
        seen("views", 900, day=2, **AT),
        seen("members", 800, day=3, subject_kind="channel", subject_id="vk", channel="vk"),
        seen("expenses", 700, day=-12, cost=700, fund="operating", campaign="advent", key="e1"),
        seen("expenses", 90, day=2, cost=90, fund="operating", campaign="advent", key="e2"),
    ]
    late = {"due_at": on(3), "created_at": on(0), "kind": "placement", "account": "vk", "subject_id": "2"}
    with writing(database) as session:
        record(session, observations, CLOCK)
        session.add(
            Delivery(key="p1", state=State.CONFIRMED, sent_at=on(1), **late | {"subject_id": "1", "due_at": on(1)})
        )
        session.add(Delivery(key="p2", state=State.HELD, reason=because("No approval.").model_dump(), **late))
        session.add(Delivery(key="p3", state=State.SENT, sent_at=on(3), **late))
    with reading(database) as session:
        return report(PLAN, gather(session, PLAN, WEEK, CLOCK.at), WEEK, CLOCK.at)


def test_the_figures_are_of_the_week_and_the_one_before(made):
    figures = {figure.measure: (figure.value, figure.before) for figure in made.figures}
    assert figures == {
        "published": (1, None), "on_time": (1.0, None), "views": (900, None), "responses": (60, None),
        "clicks": (60, None), "members": (800, None), "cost": (90, None), "price": (2, None),
    }  # fmt: skip
    assert made.figure("published").planned == 3


def test_goals_are_measured_since_their_first_day(made):
    standings = {line.goal.key: (line.fact, line.standing) for line in made.goals}
    assert standings == {"clicks": (90, Standing.ON_TRACK), "members": (800, Standing.UNDER_WAY)}


def test_budgets_are_spent_since_their_first_day(made):
    (fund,), (campaign,) = made.funds, made.campaigns
    assert (fund.spent, fund.in_period, fund.standing, fund.over) == (790, 90, Standing.OVER, 290)
    assert (campaign.spent, campaign.standing) == (790, Standing.ON_TRACK)


def test_what_is_held_and_what_the_registry_missed_is_told(made):
    (held,) = made.stuck
    assert (held.piece, held.state, held.reason.text, held.due_at) == ("2", State.HELD, "No approval.", on(3))
    assert made.outcomes == {State.CONFIRMED: 1, State.HELD: 1, State.SENT: 1}
    assert made.unrecorded == 1


def test_pieces_and_days_come_from_the_same_facts(made):
    assert [(line.title, line.values["clicks"]) for line in made.best] == [("Oolong", 60)]
    assert [dict(day.values) for day in made.days] == [{}, {}, {"vk": 900}, {}, {}, {}, {}]
    assert made.days[2].on == WEEK.first + timedelta(days=2)


def test_authors_and_channels_are_cut_from_the_facts(made):
    assert [(line.key, line.values["published"], line.values["planned"]) for line in made.cut("person").lines] == [
        ("orlova", 1, 1), ("", None, 2),
    ]  # fmt: skip
    assert [line.title for line in made.cut("channel").lines if line.key] == ["VK"]
