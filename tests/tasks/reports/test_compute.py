"""The report out of plan and facts: what adds up, what stands, what is ranked, and what is not known."""

from datetime import date, timedelta

import pytest

from models.delivery import State
from tasks.reports.compute import report
from tasks.reports.measures import MEASURES, RESULTS, main_result, weigh
from tasks.reports.period import month_of
from tasks.reports.standing import elapsed, goal_line, money_lines
from tasks.reports.values import Budget, Card, Due, Facts, Goal, Plan, Standing
from tests.tasks.reports.sample import DAY, MADE, ZONE, counted, period, plan, sample

NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
WEEK = period("week")
COMPANY = Plan(company="Seven Cups", currency="RUB")


def made(facts: Facts = Facts(), intended: Plan = COMPANY):  # noqa: B008
    return report(intended, facts, WEEK, MADE)


def test_nothing_known_is_no_data_everywhere_and_never_nought():
    empty = made()
    assert [(figure.measure, figure.value) for figure in empty.figures] == [("published", None)]
    assert empty.missing == ("views", "responses", "clicks", "cost")
    assert (empty.best, empty.worst, empty.goals, empty.funds) == ((), (), (), ())
    assert all(value is None for value in empty.cut("channel").total.values.values())


def test_a_stated_nought_is_a_nought():
    weights = weigh([counted(1, "clicks", 0)], "RUB")
    assert (weights["clicks"], weights["responses"], weights["views"]) == (0, 0, None)


def test_responses_are_what_is_known_of_them():
    tallies = [counted(1, metric, 1) for metric in ("likes", "comments", "clicks")]
    assert weigh(tallies, "RUB")["responses"] == 3


def test_on_time_is_a_share_of_what_is_known_of_time():
    assert weigh([counted(1, "on_time", 3, facts=4), counted(1, "published", 10)], "RUB")["on_time"] == 0.75


def test_money_of_another_country_is_told_apart_and_not_added():
    euro = counted(1, "expenses", 700, cost=700)
    euro = type(euro)(euro.slot, euro.at, euro.metric, euro.value, euro.facts, euro.cost, "EUR")
    found = made(Facts(tallies=(counted(1, "expenses", 500, cost=500), euro)))
    assert found.figure("cost").value == 500
    assert found.other_money == {"EUR": 700}


@pytest.mark.parametrize("dimension", ["goal", "campaign", "customer_group", "channel", "person"])
@pytest.mark.parametrize("kind", ["week", "month"])
def test_the_lines_of_every_cut_add_up_to_the_whole(dimension, kind):
    cut = sample(kind).cut(dimension)
    for measure in ("planned", "published", "views", "responses", "clicks", "cost"):
        if measure in cut.columns:
            assert sum(line.values[measure] or 0 for line in cut.lines) == cut.total.values[measure]


def test_what_named_nothing_stands_last():
    assert [line.key for line in sample().cut("goal").lines][-1] == ""


def test_a_column_that_only_the_nameless_know_is_not_shown():
    facts = Facts(tallies=(counted(1, "views", 5, channel="vk"), counted(1, "visits", 3)))
    assert made(facts).cut("channel").columns == ("views",)


def test_the_plan_of_a_cut_comes_from_the_pieces_own_cards():
    cards = {"1": Card(title="Oolong", author="orlova", goal="clicks", customer_group="tea")}
    due = (Due("1", "vk", "advent", State.CONFIRMED, 2), Due("1", "vk", "advent", State.HELD, 1))
    found = made(Facts(due=due), COMPANY.model_copy(update={"pieces": cards}))
    planned = {dimension: {line.key: line.values["planned"] for line in found.cut(dimension).lines} for dimension in (
        "goal", "campaign", "customer_group", "channel", "person",
    )}  # fmt: skip
    assert planned == {
        "goal": {"clicks": 3}, "campaign": {"advent": 3}, "customer_group": {"tea": 3}, "channel": {"vk": 3},
        "person": {"orlova": 3},
    }  # fmt: skip
    assert found.figure("published").planned == 3
    assert found.outcomes == {State.CONFIRMED: 2, State.HELD: 1}


def test_what_is_yet_to_come_is_not_expected_yet():
    due = (Due("1", "vk", "", State.SENT, 2), Due("1", "vk", "", State.PLANNED, 5, ahead=True))
    found = made(Facts(tallies=(counted(1, "published", 2, channel="vk"),), due=due))
    assert found.figure("published").planned == 2
    assert [line.values["planned"] for line in found.cut("channel").lines] == [2]


def test_a_goal_is_expected_as_far_as_today_while_the_month_is_under_way():
    goal = Goal(key="g", title="Clicks", metric="clicks", target=300, **NOVEMBER)
    month = period("month")
    found = report(COMPANY.model_copy(update={"goals": (goal,)}), Facts(), month, MADE - timedelta(days=8))
    assert (found.today, found.goals[0].expected) == (date(2026, 11, 15), 150)
    assert report(COMPANY, Facts(), month, MADE + timedelta(days=30)).today == month.last


@pytest.mark.parametrize(("unrecorded", "published"), [(0, 0), (1, None)])
def test_nothing_published_is_a_nought_only_where_the_registry_missed_nothing(unrecorded, published):
    facts = Facts(due=(Due("1", "vk", "", State.HELD, 3),), unrecorded=unrecorded)
    found = made(facts)
    assert found.figure("published").value == published
    assert found.cut("channel").lines[0].values["published"] == published


def test_a_cost_is_divided_by_the_result_that_matters_most():
    facts = (counted(1, "expenses", 1_000, cost=1_000), counted(1, "clicks", 3), counted(1, "orders", 2))
    found = made(Facts(tallies=facts))
    assert (found.result, found.figure("price").value) == ("orders", 500)
    chosen = made(Facts(tallies=facts), COMPANY.model_copy(update={"result": "clicks"}))
    assert (chosen.result, chosen.figure("price").value) == ("clicks", 333)


def test_no_result_has_no_price():
    assert made(Facts(tallies=(counted(1, "expenses", 1_000, cost=1_000),))).figure("price").value is None


def test_views_are_priced_by_the_thousand():
    facts = (counted(1, "expenses", 1_000, cost=1_000), counted(1, "views", 500))
    assert made(Facts(tallies=facts)).figure("price").value == 2_000


def test_every_result_is_a_measure():
    assert set(RESULTS) <= set(MEASURES) and main_result(weigh([], "RUB")) == "views"


def test_the_period_before_is_beside_every_figure():
    figure = made(Facts(tallies=(counted(0, "views", 100), counted(1, "views", 120)))).figure("views")
    assert (figure.value, figure.before, figure.change) == (120, 100, pytest.approx(0.2))


@pytest.mark.parametrize(
    ("fact", "today", "standing"),
    [
        pytest.param(None, 15, Standing.NO_DATA, id="no fact"),
        pytest.param(0, 15, Standing.BEHIND, id="a nought is behind"),
        pytest.param(50, 15, Standing.ON_TRACK, id="an even pace"),
        pytest.param(48, 15, Standing.ON_TRACK, id="within a twentieth"),
        pytest.param(47, 15, Standing.BEHIND, id="beyond a twentieth"),
        pytest.param(100, 15, Standing.DONE, id="reached before its time"),
        pytest.param(99, 30, Standing.NOT_REACHED, id="over and not reached"),
        pytest.param(50, 0, Standing.NOT_BEGUN, id="not begun"),
    ],
)
def test_a_goal_stands_by_an_even_pace(fact, today, standing):
    goal = Goal(key="g", title="Clicks", metric="clicks", target=100, **NOVEMBER)
    tallies = [] if fact is None else [counted(0, "clicks", fact)]
    assert goal_line(goal, tallies, date(2026, 10, 31) + timedelta(days=today), "RUB").standing == standing


@pytest.mark.parametrize(("fact", "standing"), [(3, Standing.ON_TRACK), (6, Standing.OVER)])
def test_where_less_is_better_the_target_is_a_limit(fact, standing):
    goal = Goal(key="g", title="Refused", metric="refused", target=5, **NOVEMBER)
    assert goal_line(goal, [counted(0, "refused", fact)], DAY, "RUB").standing == standing


def test_a_level_has_no_pace():
    goal = Goal(key="g", title="Members", metric="members", target=5_000, **NOVEMBER)
    line = goal_line(goal, [counted(0, "members", 4_000)], DAY, "RUB")
    assert (line.standing, line.expected, line.share) == (Standing.UNDER_WAY, None, 0.8)


@pytest.mark.parametrize(("day", "share"), [(0, 0.0), (1, 1 / 30), (15, 0.5), (30, 1.0), (45, 1.0)])
def test_time_passes_by_whole_days(day, share):
    assert elapsed(**NOVEMBER, today=date(2026, 10, 31) + timedelta(days=day)) == pytest.approx(share)


def money(amount, spent):
    budgets = [Budget(key="b", title="Operating", amount=amount, **NOVEMBER)]
    tallies = {} if spent is None else {"b": [counted(0, "expenses", spent, cost=spent)]}
    (line,) = money_lines(budgets, tallies, {}, WEEK, "RUB")
    return line


@pytest.mark.parametrize(
    ("amount", "spent", "standing", "over"),
    [
        (1_000, 900, Standing.ON_TRACK, 0),
        (1_000, 1_000, Standing.ON_TRACK, 0),
        (1_000, 1_001, Standing.OVER, 1),
        (1_000, None, Standing.NO_DATA, 0),
        (None, 500, Standing.ON_TRACK, 0),
        (0, 5, Standing.OVER, 5),
    ],
)
def test_a_budget_is_kept_or_exceeded_to_the_kopeck(amount, spent, standing, over):
    line = money(amount, spent)
    assert (line.standing, line.over) == (standing, over)
    assert line.in_period is None


def test_goals_and_budgets_of_other_times_are_not_in_the_report():
    goal = Goal(key="g", title="Clicks", metric="clicks", target=1, first=date(2026, 12, 1), last=date(2026, 12, 31))
    past = Budget(key="b", title="Summer", amount=1, first=date(2026, 6, 1), last=date(2026, 8, 31))
    found = made(intended=COMPANY.model_copy(update={"goals": (goal,), "campaigns": (past,)}))
    assert (found.goals, found.campaigns) == ((), ())


def test_what_was_spent_outside_the_funds_is_told():
    assert sample().outside_funds is None
    found = made(
        Facts(tallies=(counted(1, "expenses", 5, cost=5, fund=""), counted(1, "expenses", 7, cost=7, fund="x")))
    )
    assert found.outside_funds == 12


def piece(number, responses, published=1):
    at = {"subject_id": str(number)}
    known = [counted(1, "likes", responses, **at)] if responses is not None else []
    return [counted(1, "published", published, **at)] * bool(published) + known


def ranked(*tallies):
    found = made(Facts(pieces=tuple(one for part in tallies for one in part)))
    return [line.piece for line in found.best], [line.piece for line in found.worst]


def test_best_and_worst_never_share_a_piece():
    assert ranked(*[piece(n, n * 10) for n in range(8)]) == (["7", "6", "5"], ["0", "1", "2"])
    assert ranked(*[piece(n, n * 10) for n in range(4)]) == (["3", "2", "1"], ["0"])
    assert ranked(piece(1, 5)) == (["1"], [])


def test_a_piece_nobody_measured_or_that_went_out_earlier_is_not_ranked():
    assert ranked(piece(1, None), piece(2, 9, published=0), piece(3, 1)) == (["3"], [])


def test_a_channel_that_tells_nothing_is_named_as_silent():
    assert sample().silent == {"views": ("Телеграм-канал",)}


def test_a_day_without_facts_is_empty_not_nought():
    days = sample().days
    assert len(days) == 7 and not days[6].values and all(day.values for day in days[:6])


def test_a_months_days_are_its_own():
    assert len(sample("month").days) == len(month_of(DAY, ZONE).days) == 30


def test_the_plan_may_say_nothing_at_all():
    assert report(plan("ru"), Facts(), period("month"), MADE).outcomes == {}
