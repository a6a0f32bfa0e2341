"""The whole of an offer: increment and cannibalisation of a made crowd, costs, margin, comparisons without control."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import polars as pl
import pytest

from models.locale import spoken
from tasks.coupon_analysis import plots
from tasks.coupon_analysis.artifact import markdown
from tasks.coupon_analysis.cannibalisation import by_group, taken_share
from tasks.coupon_analysis.costs import Cost, Rates, cost_of, margin_of
from tasks.coupon_analysis.frames import History
from tasks.coupon_analysis.increment import Increment, Told
from tasks.coupon_analysis.periods import Periods
from tasks.coupon_analysis.sentences import behind, lead
from tasks.coupon_analysis.settling.facts import About
from tasks.coupon_analysis.shown import page
from tasks.coupon_analysis.spending import by_customer, by_week
from tasks.coupon_analysis.spending import by_group as spent_by_group
from tasks.coupon_analysis.whole import Findings, Question, analysed
from tasks.coupon_analysis.without_control import compared
from tasks.returns.sums.intervals import Interval
from tests.tasks.coupon_analysis.made import BEGINS, DAY, NOW, PERIODS, arms, coupons, crowd, lines, redemptions

QUESTION = Question(PERIODS, NOW, promoted=("tea",), rates=Rates(handling=100, each_issued=50, fixed=10_000))


@pytest.fixture(scope="module")
def lifted() -> History:
    return crowd(1, 600, 600, lift=60_000)


@pytest.fixture(scope="module")
def found(lifted: History) -> Findings:
    return analysed(lifted, QUESTION)


def test_a_crowd_that_was_lifted_is_seen_to_be(found: Findings) -> None:
    """60,000 more of tea and a third of it less of coffee: 40,000 a customer."""
    assert found.increment.told is Told.MORE and found.increment.interval is not None
    assert found.increment.interval.holds(40_000) and found.increment.saved is not None


def test_what_other_groups_lost_is_found(found: Findings) -> None:
    coffee, tea = found.changes
    assert (coffee.group, tea.group) == ("coffee", "tea") and tea.is_promoted and not coffee.is_promoted
    assert coffee.interval is not None and coffee.interval.holds(-20_000)
    assert tea.interval is not None and tea.interval.holds(60_000)


def test_of_what_was_won_a_share_was_taken() -> None:
    grouped = analysed(crowd(2, 1500, 1500, lift=200_000), QUESTION)
    assert grouped.taken == pytest.approx(1 / 3, abs=0.1)


def test_noise_takes_nothing(lifted: History) -> None:
    quiet = analysed(crowd(3, 300, 300, lift=0), QUESTION)
    assert quiet.taken is None and quiet.increment.told is Told.NOT_TOLD


def test_groups_are_judged_together() -> None:
    """Of forty groups that only chance moves none is said to have changed."""
    chance, rows = Random(8), []
    for who in range(1, 401):
        rows += [(who, f"g{n}", BEGINS + DAY, chance.randrange(100, 1000)) for n in range(40)]
    drawn = spent_by_group(lines(rows), arms(200, 200), PERIODS)
    changes = by_group(drawn, arms(200, 200), ["g0"])
    assert len(changes) == 40 and not [one for one in changes if one.has_lost or one.has_won]
    assert taken_share(changes) is None


def test_a_group_that_few_buy_has_no_interval() -> None:
    rows = [(who, "rare", BEGINS + DAY, 100) for who in range(1, 30)]
    (rare,) = by_group(spent_by_group(lines(rows), arms(50, 50), PERIODS), arms(50, 50), [])
    assert rare.interval is None and not rare.has_won


def test_days_are_those_of_the_outlet_and_the_ends_are_included() -> None:
    first, behind_last = datetime.fromisoformat("2026-03-02T00:00"), datetime.fromisoformat("2026-04-02T00:00")
    moments = [first - timedelta(microseconds=1), first, behind_last - timedelta(microseconds=1), behind_last]
    rows = [(1, "tea", at, 10**n) for n, at in enumerate(moments)]
    (row,) = by_customer(spent_by_group(lines(rows), arms(1, 0), PERIODS), arms(1, 0)).rows(named=True)
    assert (row["before"], row["during"], row["after"]) == (1, 110, 1000)


def test_a_running_offer_is_compared_on_whole_days_only() -> None:
    periods = Periods(date(2026, 3, 2), date(2026, 4, 1), seen_to=date(2026, 3, 10), before=56, after=28)
    assert periods.is_running and periods.during_days == 9 and periods.after_ends == periods.during_ends


def test_days_that_purchases_do_not_reach_are_not_days_without_purchases() -> None:
    """A history of twenty days: CUPED and trends look at those, and not at thirty-six of nothing."""
    known = PERIODS.known_from(date(2026, 2, 10))
    assert (known.before, known.begins, known.weeks_before) == (20, date(2026, 2, 10), 2)
    assert PERIODS.known_from(None) == PERIODS == PERIODS.known_from(date(2020, 1, 1))
    assert PERIODS.known_from(date(2026, 3, 20)).before == 0


def test_before_an_offer_begins_there_are_no_days() -> None:
    periods = Periods(date(2026, 3, 2), date(2026, 4, 1), seen_to=date(2026, 2, 1))
    assert periods.during_days == 0 and periods.during_ends == periods.first_day


# Costs and margin.
def test_a_redemption_costs_all_that_it_costs() -> None:
    cost = cost_of(
        redemptions([1, 2], amount=[300, 500]), 100, Rates(handling=10, each_issued=2, fixed=40, partner=0.5)
    )
    assert cost == Cost(2, 800.0, 20.0, 240.0, 400.0)
    assert (cost.total, cost.ours, cost.each, cost.each_ours) == (1060.0, 660.0, 530.0, 330.0)


def test_without_redemptions_there_is_no_cost_of_one() -> None:
    assert cost_of(redemptions([]), 10, Rates(each_issued=5)).each is None


def test_the_face_value_is_not_taken_off_twice() -> None:
    """Receipts are paid without it: beside them only handling and issuing cost, and a partner's money comes in."""
    each = Increment(Told.MORE, treated=100, control=100, apart=50.0, interval=Interval(30.0, 70.0))
    found = margin_of(each, 1.0, Cost(10, 1000.0, 100.0, 400.0, 0.0))
    assert found.profit == 5000 - 500 and found.between == Interval(2500.0, 6500.0)
    assert found.roi == 4500 / 1500 and found.roi_between == Interval(2500 / 1500, 6500 / 1500)


def test_margin_is_known_where_costs_of_goods_are(lifted: History) -> None:
    costs = pl.DataFrame({"product": ["tea", "coffee"], "cost": [1000, 500]})
    margin = analysed(replace(lifted, costs=costs), QUESTION).margin
    assert margin is not None and margin.covered == 1.0
    assert margin.each.interval is not None and margin.each.interval.holds(40_000)
    assert margin.roi_between is not None and margin.roi is not None and margin.roi_between.holds(margin.roi)
    assert analysed(lifted, QUESTION).margin is None


def test_no_profit_is_told_where_what_was_lost_may_lie_in_goods_without_costs(lifted: History) -> None:
    """The coupon took from coffee; by the costs of tea alone it would look half as good again."""
    found = analysed(replace(lifted, costs=pl.DataFrame({"product": ["tea"], "cost": [1000]})), QUESTION)
    assert found.margin is not None and 0.5 < found.margin.covered < 0.6
    assert found.margin.profit is None and found.margin.roi is None
    with spoken("en"):
        assert any("too little to tell profit" in line for line in behind(found))


# Without a control group.
def without_lot(history: History, periods: Periods = PERIODS) -> Findings:
    return analysed(history, replace(QUESTION, periods=periods, is_by_lot=False))


def test_a_difference_in_differences_is_hand_counted() -> None:
    """Before 100 and 40 a week, during 160 and 60: the former rose by 40 more a week."""
    rows = []
    for who, before, during in ((1, 90, 150), (2, 110, 170), (3, 35, 55), (4, 45, 65)):
        rows += [(who, "tea", BEGINS + timedelta(weeks=week), during if week >= 0 else before) for week in range(-4, 4)]
    periods = Periods(date(2026, 3, 2), date(2026, 3, 29), date(2026, 3, 29), before=28)
    told = lines(rows)
    whole = by_customer(spent_by_group(told, arms(2, 2), periods), arms(2, 2))
    found = compared(whole, told, periods)
    assert found is not None and found.apart == 4 * 40
    assert found.trend is not None and found.trend.low == found.trend.high == 0


def test_without_a_control_group_the_words_are_not_causal(lifted: History) -> None:
    found = without_lot(lifted)
    assert found.difference is not None and found.difference.is_told and found.difference.interval.holds(40_000)
    with spoken("en"):
        assert "not causal" in str(lead(found))
    with spoken("ru"):
        assert "не причинный" in str(lead(found))


def test_without_a_control_group_less_is_said_as_less_too() -> None:
    worse = without_lot(crowd(6, 600, 600, lift=-90_000))
    assert worse.difference is not None and worse.difference.is_told
    with spoken("en"):
        assert "less than the others" in str(lead(worse)) and "−" not in str(lead(worse))


def test_a_few_buyers_are_not_held_beside_the_others() -> None:
    """Twenty-nine who got it bought for three times as much: their receipts decide, and nobody else's would."""
    rows = [(who, "tea", BEGINS + timedelta(weeks=week), (3 if who < 30 and week >= 0 else 1) * (1000 + who % 7 * 10))
            for who in range(1, 200) for week in range(-8, 4) if who < 30 or who > 100]  # fmt: skip
    found = without_lot(History(coupons(100), redemptions([1]), lines(rows), arms(100, 100)))
    assert found.difference is None and lead(found).code == Told.NO_CONTROL


def drifting() -> History:
    """The treated had been growing for eight weeks, and just go on."""
    chance, rows = Random(4), []
    for who in range(1, 301):
        for week in range(-8, 4):
            grown = 300 * (week + 8) if who <= 150 else 0
            rows.append((who, "tea", BEGINS + timedelta(weeks=week), 5000 + grown + chance.randrange(800)))
    return History(coupons(150), redemptions([1]), lines(rows), arms(150, 150))


def test_beside_a_run_a_running_offer_is_provisional_too(lifted: History) -> None:
    """Whoever looks each Monday finds an effect by chance, in the run's table as on the page."""
    early = analysed(lifted, replace(QUESTION, periods=replace(PERIODS, seen_to=date(2026, 3, 20))))
    assert early.increment.told is Told.MORE
    with spoken("en"):
        assert "is provisional" in markdown([(About(1, "tea", "Tea"), early)], (), "")
        over = analysed(lifted, QUESTION)
        assert "is provisional" not in markdown([(About(1, "tea", "Tea"), over)], (), "")


def test_groups_that_went_apart_before_prove_nothing() -> None:
    found = without_lot(drifting())
    assert found.difference is not None and found.difference.p < 0.05
    assert found.difference.has_gone_apart_before and not found.difference.is_told
    assert lead(found).code == "apart_before"


def test_too_short_a_time_before_checks_no_trend(lifted: History) -> None:
    found = without_lot(lifted, replace(PERIODS, before=14))
    assert found.difference is not None and found.difference.trend is None and not found.difference.is_told
    assert lead(found).code == "unchecked"


@pytest.mark.parametrize(
    ("seen_to", "is_running"),
    [pytest.param(date(2026, 2, 20), False, id="not begun"), pytest.param(date(2026, 3, 1), True, id="the first day")],
)
@pytest.mark.parametrize("is_by_lot", [True, False])
def test_before_the_first_day_is_over_nothing_is_told_from_zero(
    lifted: History, seen_to: date, is_running: bool, is_by_lot: bool
) -> None:
    question = replace(QUESTION, periods=replace(PERIODS, seen_to=seen_to), is_by_lot=is_by_lot)
    found = analysed(lifted, question)
    assert found.difference is None and lead(found).code == "not_a_day" and not found.question.periods.is_whole
    shown = page(found, "k", "t", "en")
    assert any("The offer still runs" in one.text for one in shown.sentences) is is_running
    assert shown.boxes[1].note == "no whole day of the offer is known yet"


def test_without_any_time_before_nothing_is_compared(lifted: History) -> None:
    found = without_lot(lifted, replace(PERIODS, before=0))
    assert found.difference is None and lead(found).code == Told.NO_CONTROL


def test_weeks_count_from_the_first_day_and_are_whole(lifted: History) -> None:
    weeks = by_week(lifted.lines, lifted.arms, PERIODS)
    assert weeks["week"].unique().sort().to_list() == list(range(-8, 4)) and len(weeks) == 24


# What is said.
@pytest.mark.parametrize("language", ["ru", "en"])
def test_one_sentence_stands_in_front_and_the_rest_behind(found: Findings, language: str) -> None:
    with spoken(language):
        front, rest = str(lead(found)), behind(found)
    assert front.count("95") == 1 and "{" not in front + "".join(rest)
    assert ("bought" in front) is (language == "en") and len(rest) >= 5


@pytest.mark.parametrize(("language", "words"), [("ru", "не отличить от нуля"), ("en", "cannot be told from zero")])
def test_where_nothing_can_be_told_the_sentence_says_so(language: str, words: str) -> None:
    quiet = analysed(crowd(3, 300, 300, lift=0), QUESTION)
    with spoken(language):
        assert words in str(lead(quiet))


def test_that_nobody_knows_of_printed_coupons_whether_they_arrived_is_said() -> None:
    """Forty went by letter and arrived, sixty were printed: "40 % delivered" alone would be taken for a failure."""
    arrived = [True] * 40 + [None] * 60
    mixed = History(coupons(100, delivered=arrived, viewed=[None if one is None else False for one in arrived]))
    with spoken("en"):
        assert any("Of 60 coupons nobody can know" in line for line in behind(analysed(mixed, QUESTION)))
        for one in (History(coupons(5)), History(coupons(5, delivered=True, viewed=False))):
            assert not any("nobody can know" in line for line in behind(analysed(one, QUESTION)))


def test_less_is_said_as_less() -> None:
    worse = analysed(crowd(6, 600, 600, lift=-90_000), QUESTION)
    said = lead(worse)
    assert said.code == Told.LESS and "−" not in "".join(str(word) for word in said.words.values())


def test_an_offer_without_anything_says_so() -> None:
    nothing = analysed(History(), QUESTION)
    assert lead(nothing).code == "nothing" and nothing.signals == [] and nothing.coupons.rate is None
    assert (
        plots.funnel(nothing.coupons, "en") == plots.curve(nothing.curve, "en") == plots.increment(nothing, "en") == ""
    )


def test_the_same_history_gives_the_same_findings(lifted: History, found: Findings) -> None:
    assert analysed(lifted, QUESTION) == found


# Pictures.
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pictures_are_drawn_in_the_readers_language(found: Findings, language: str) -> None:
    funnel, whole = plots.funnel(found.coupons, language), plots.increment(found, language)
    assert funnel.startswith("<svg") and ("купонов выдано" in funnel) is (language == "ru")
    assert whole.startswith("<svg") and ("Все товары" in whole) is (language == "ru") and "coffee" in whole
    assert plots.curve(found.curve, language).startswith("<svg")
