"""Increments against those who were left out: textbook numbers, known truths, and what may not be said."""

from math import inf, sqrt
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.redemptions import Arm
from tasks.coupon_analysis.increment import Told, bootstrap, measured
from tasks.coupon_analysis.moments import Moments, by_arm, centre_of, correlation, theta_of
from tasks.coupon_analysis.power import Plan, control_needed, detectable
from tasks.returns.sums.intervals import Interval, freedom, welch_interval
from tests.depth import examples


def whole(treated: list[tuple[float, float]], control: list[tuple[float, float]]) -> pl.DataFrame:
    told = [(*one, "treated") for one in treated] + [(*one, "control") for one in control]
    return pl.DataFrame(told, schema={"before": pl.Float64, "during": pl.Float64, "arm": pl.String}, orient="row")


def people(seed: int, size: int, lift: float = 0.0, habit: float = 0.8) -> list[tuple[float, float]]:
    chance, found = Random(seed), []
    for _ in range(size):
        usual = chance.gauss(1000, 200)
        found.append((usual, habit * usual + (1 - habit) * 1000 + chance.gauss(0, 80) + lift))
    return found


def test_the_arms_moments_and_welchs_freedom_are_counted_by_hand() -> None:
    """1, 2, 3 against 4, 6, 8: variances 1 and 4, the error squared 5/3, (5/3)² / ((1/3)²/2 + (4/3)²/2) = 50/17."""
    arms = by_arm(whole([(0, 1), (1, 2), (2, 3)], [(5, 4), (5, 6), (5, 8)]), "before", "during")
    treated, control = arms[Arm.TREATED], arms[Arm.CONTROL]
    assert (treated.y, treated.yy, treated.xy, control.y, control.yy, control.xx) == (2, 1, 1, 6, 4, 0)
    assert freedom(treated.sample, control.sample) == pytest.approx(50 / 17)
    assert theta_of([treated, control]) == 1.0 and centre_of([treated, control]) == 3.0
    interval = welch_interval(treated.sample, control.sample)
    assert (interval.low + interval.high) / 2 == pytest.approx(-4)


def test_an_increment_that_is_there_is_found() -> None:
    found = measured(whole(people(1, 2000, lift=60), people(2, 2000)))
    assert found.told is Told.MORE and found.interval is not None and found.interval.holds(60)
    assert found.drawn is not None and found.drawn.holds(60)


def test_an_honest_answer_says_when_nothing_can_be_told() -> None:
    found = measured(whole(people(3, 400), people(4, 400)))
    assert found.told is Told.NOT_TOLD and found.interval is not None and found.interval.holds(0)
    assert found.least is not None and found.least > 0


def test_what_is_known_from_before_makes_the_interval_narrower_and_says_by_how_much() -> None:
    found = measured(whole(people(5, 1000, lift=30), people(6, 1000)))
    assert found.interval is not None and found.plain is not None and found.saved is not None
    narrow, wide = (one.high - one.low for one in (found.interval, found.plain))
    assert narrow / wide == pytest.approx(sqrt(1 - found.saved), rel=0.01)
    assert found.saved == pytest.approx(0.8, abs=0.05) and found.told is Told.MORE


def test_without_a_control_group_nothing_is_claimed() -> None:
    found = measured(whole(people(7, 50), []))
    assert (found.told, found.treated, found.control, found.interval) == (Told.NO_CONTROL, 50, 0, None)


def test_thirty_buyers_in_each_arm_are_the_least() -> None:
    few = [(0.0, 100.0 + n) for n in range(29)] + [(0.0, 0.0)] * 500
    assert measured(whole(few, people(8, 500))).told is Told.TOO_FEW


def test_one_giant_receipt_makes_no_effect() -> None:
    treated = [(0.0, 100.0 + n % 7) for n in range(999)] + [(0.0, 4_000_000.0)]
    found = measured(whole(treated, [(0.0, 100.0 + n % 7) for n in range(1000)]))
    assert found.told is Told.NOT_TOLD and found.drawn is not None


@pytest.mark.parametrize("seed", [3, 16])
def test_what_cannot_be_told_from_zero_has_an_interval_with_zero_in_it(seed: int) -> None:
    """Three hundred in each arm, a few large buyers: of 16 Welch alone would believe it, drawing does not."""
    chance = Random(seed)
    one, other = ([(0.0, 100 * chance.paretovariate(1.6) + lift) for _ in range(300)] for lift in (95.0, 0.0))
    found = measured(whole(one, other))
    assert found.interval is not None and found.plain is not None and found.drawn is not None
    assert (found.told is Told.NOT_TOLD) is found.interval.holds(0)
    assert seed != 16 or (not found.plain.holds(0) and found.drawn.holds(0))


def test_the_rows_order_changes_nothing() -> None:
    table = whole(people(9, 300, lift=20), people(10, 300))
    one, other = measured(table), measured(table.sample(fraction=1.0, shuffle=True, seed=4))
    assert other.drawn is not None and one.drawn is not None
    assert (other.told, round(other.apart, 6)) == (one.told, round(one.apart, 6))
    assert (other.drawn.low, other.drawn.high) == pytest.approx((one.drawn.low, one.drawn.high), abs=0.01)


def test_those_who_bought_nothing_count() -> None:
    """A thousand in each arm of whom half bought: the mean is of all of them."""
    treated = [(0.0, 200.0)] * 500 + [(0.0, 0.0)] * 500
    control = [(0.0, 100.0)] * 500 + [(0.0, 0.0)] * 500
    assert measured(whole(treated, control)).apart == 50.0


@given(st.integers(0, 10**6))
@settings(max_examples=examples(20, 300), deadline=None)
def test_cuped_shifts_nothing_where_the_arms_are_by_lot(seed: int) -> None:
    """Of the same people thrown into arms anew: adjusted and plain mean differ by theta times what the lot did."""
    everybody = people(1, 400)
    chance = Random(seed)
    chance.shuffle(everybody)
    arms = by_arm(whole(everybody[:200], everybody[200:]), "before", "during")
    both = (arms[Arm.TREATED], arms[Arm.CONTROL])
    theta, centre = theta_of(both), centre_of(both)
    one, other = (arm.adjusted(theta, centre) for arm in both)
    assert one.mean - other.mean == pytest.approx(both[0].y - both[1].y - theta * (both[0].x - both[1].x))
    assert one.variance <= both[0].yy * 1.05


def test_cuped_is_unbiased_over_permuted_arms() -> None:
    """Over many lots the adjusted difference is zero on average, as it is in truth, and spreads less."""
    everybody, plain, adjusted = people(21, 200), [], []
    chance = Random(5)
    for _ in range(400):
        chance.shuffle(everybody)
        found = by_arm(whole(everybody[:100], everybody[100:]), "before", "during")
        both = (found[Arm.TREATED], found[Arm.CONTROL])
        theta, centre = theta_of(both), centre_of(both)
        one, other = (arm.adjusted(theta, centre) for arm in both)
        plain.append(both[0].y - both[1].y)
        adjusted.append(one.mean - other.mean)
    spread = (sum(a * a for a in adjusted) / 400) ** 0.5
    assert abs(sum(adjusted) / 400) < 3 * spread / 20
    assert spread < 0.6 * (sum(a * a for a in plain) / 400) ** 0.5


def test_the_welch_interval_holds_a_known_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(100):
        found = measured(whole(people(seed, 60, lift=25), people(10_000 + seed, 60)))
        held += found.interval is not None and found.interval.holds(25)
    assert 89 <= held < 100  # 95 are to be expected; beyond three standard deviations it would be another interval


def test_the_drawn_interval_holds_a_known_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(150):
        chance = Random(seed)
        one, other = ([chance.expovariate(1 / 500) for _ in range(120)] for _ in range(2))
        values = {Arm.TREATED: pl.Series([y + 100 for y in one]), Arm.CONTROL: pl.Series(other)}
        held += bootstrap(values, times=400).holds(100)
    assert 132 <= held <= 149


def test_many_customers_are_drawn_in_lots_and_spread_as_they_do() -> None:
    chance = Random(3)
    values = {arm: pl.Series([chance.expovariate(1 / 500) for _ in range(20_000)]) for arm in Arm}
    found = bootstrap(values)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 500 * sqrt(2 / 20_000), rel=0.08)


def test_correlation_is_that_within_the_arms() -> None:
    same = Moments(10, 0, 0, 4.0, 9.0, 6.0)
    assert correlation([same, same]) == 1.0 and correlation([Moments(10, 0, 0, 0, 9.0, 0)]) == 0.0


# Before launch.
def test_the_smallest_effect_is_the_textbooks() -> None:
    """Lehr's rule: with 16 variances over the squared difference in each arm, a difference of one is found."""
    assert detectable(Plan(16 * 25, 16 * 25, 25.0)) == pytest.approx(1.0, abs=0.01)
    assert detectable(Plan(400, 400, 25.0, correlation=0.8)) == pytest.approx(0.6 * detectable(Plan(400, 400, 25.0)))
    assert detectable(Plan(1, 100, 25.0)) == inf


def test_a_smaller_control_group_sees_less() -> None:
    seen = [detectable(Plan(1000 - n, n, 100.0)) for n in (50, 100, 200, 500)]
    assert seen == sorted(seen, reverse=True)


def test_how_many_have_to_be_left_out() -> None:
    plan = Plan(9_000, 1_000, 100.0**2)
    needed = control_needed(plan, 10.0)
    assert needed is not None
    assert detectable(Plan(10_000 - needed, needed, 100.0**2)) <= 10.0
    assert detectable(Plan(10_000 - needed + 1, needed - 1, 100.0**2)) > 10.0
    assert control_needed(plan, 1.0) is None
    with pytest.raises(ValueError, match="above zero"):
        control_needed(plan, 0)


def test_an_increment_of_all_is_that_of_each_times_the_treated() -> None:
    found = measured(whole(people(1, 200, lift=60), people(2, 200)))
    total = found.total()
    assert total is not None and found.interval is not None
    assert total == (found.apart * 200, Interval(found.interval.low * 200, found.interval.high * 200))
