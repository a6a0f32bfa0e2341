"""Intervals, tests and drawn samples against known values, against one another, and against chance itself."""

from datetime import timedelta
from math import exp, inf, isclose, lgamma, pi, sqrt
from statistics import mean, variance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.returns.sums import trials
from tasks.returns.sums.funnel import Funnel, shares
from tasks.returns.sums.intervals import (
    Interval,
    Sample,
    difference,
    freedom,
    student,
    student_quantile,
    two_shares,
    welch,
    welch_interval,
    wilson,
)
from tasks.returns.sums.resampling import (
    BUYERS_LEAST,
    Spent,
    _binomial,
    difference_interval,
    per_thousand_interval,
    totals,
    uniforms,
)
from tasks.returns.sums.trials import Rule, best_revenue, best_share, sample_needed
from tests.fakes import NOW

COUNTS = st.integers(0, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
DECIDED = Rule(decides_at=NOW)


@pytest.mark.parametrize(
    ("number", "of", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 100, 0.0018, 0.0545),
        (0, 0, 0.0, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilsons_interval(number: int, of: int, low: float, high: float) -> None:
    """81 of 263 is Newcombe's (1998) own example for a single share."""
    found = wilson(number, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("counted", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 10), 0.6075, 1.0),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((0, 10, 0, 20), -0.1611, 0.2775),
    ],
)
def test_newcombes_interval(counted: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe (1998), table II, method 10."""
    found = difference(*counted)
    assert found.low == pytest.approx(low, abs=5e-4) and found.high == pytest.approx(high, abs=5e-4)


@pytest.mark.parametrize(
    ("probability", "degrees", "t"),
    [
        (0.975, 1, 12.7062),
        (0.975, 2, 4.3027),
        (0.975, 10, 2.2281),
        (0.95, 5, 2.0150),
        (0.995, 30, 2.7500),
        (0.975, 1e6, 1.9600),
        (0.9995, 4, 8.6103),
    ],
)
def test_students_quantiles(probability: float, degrees: float, t: float) -> None:
    """The printed tables of the distribution."""
    assert round(student_quantile(probability, degrees), 4) == t


@given(st.floats(-30, 30), st.floats(0.6, 300))
@settings(max_examples=60)
def test_students_distribution_is_the_integral_of_its_density(t: float, degrees: float) -> None:
    """Simpson's rule from zero to t, of the density as it is defined."""
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    steps = 2000
    width = t / steps
    weights = [1 if n in (0, steps) else 4 if n % 2 else 2 for n in range(steps + 1)]
    density = [(1 + (n * width) ** 2 / degrees) ** (-(degrees + 1) / 2) for n in range(steps + 1)]
    integral = scale * width / 3 * sum(w * d for w, d in zip(weights, density, strict=True))
    assert student(t, degrees) == pytest.approx(0.5 + integral, abs=1e-7)


def test_the_test_of_two_shares_against_a_worked_example() -> None:
    """15 and 25 of 100: pooled 0.2, error 0.0566, z 1.768."""
    assert two_shares(15, 100, 25, 100) == pytest.approx(0.0771, abs=1e-4)
    assert two_shares(5, 10, 5, 10) == pytest.approx(1.0) and two_shares(1, 0, 1, 5) == two_shares(0, 9, 0, 9) == 1.0


def test_welchs_test_against_a_worked_example() -> None:
    """Means 20.6 and 22.1, variances 9.0 and 0.9, sizes 10 and 20: by hand t = -1.543 with 9.91 degrees of freedom."""
    one, other = Sample(10, 20.6, 9.0), Sample(20, 22.1, 0.9)
    assert round(freedom(one, other), 1) == 9.9 and welch(one, other) == pytest.approx(
        2 * student(-1.543, 9.911), abs=1e-4
    )
    found = welch_interval(one, other)
    assert found.low < -1.5 < found.high and found.holds(0)
    assert welch(Sample(1, 5, 0), other) == 1.0 and welch_interval(Sample(1, 5, 0), other) == Interval(-inf, inf)
    assert welch(Sample(5, 1, 0), Sample(5, 2, 0)) == 1.0 and welch_interval(Sample(5, 1, 0), Sample(5, 2, 0)).low == -1


@given(COUNTS, COUNTS)
def test_intervals_hold_what_was_measured_and_mirror_one_another(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert wilson(*one).holds(one[0] / one[1] if one[1] else 0.5) and 0 <= wilson(*one).low <= wilson(*one).high <= 1
    there, back = difference(*one, *other), difference(*other, *one)
    assert isclose(there.low, -back.high, abs_tol=1e-12) and isclose(there.high, -back.low, abs_tol=1e-12)
    assert two_shares(*one, *other) == pytest.approx(two_shares(*other, *one))


@given(COUNTS.filter(lambda counted: counted[1] > 0))
def test_more_of_the_same_makes_an_interval_narrower(counted: tuple[int, int]) -> None:
    wide, narrow = wilson(*counted), wilson(4 * counted[0], 4 * counted[1])
    assert narrow.high - narrow.low < wide.high - wide.low


# Drawn samples.


def test_chance_is_the_same_each_time_and_even() -> None:
    drawn = list(uniforms(7, 20_000))
    assert drawn == list(uniforms(7, 20_000)) != list(uniforms(8, 20_000))
    assert min(drawn) > 0 and max(drawn) < 1 and mean(drawn) == pytest.approx(0.5, abs=0.01)
    assert variance(drawn) == pytest.approx(1 / 12, abs=0.003)
    assert all(len([d for d in drawn if n / 10 <= d < (n + 1) / 10]) > 1850 for n in range(10))


@given(st.integers(1, 200), st.floats(0.0005, 0.9995))
def test_the_number_of_buyers_is_binomial(size: int, share: float) -> None:
    drawn = [_binomial(draw, size, share) for draw in uniforms(size, 400)]
    spread = sqrt(size * share * (1 - share) / 400)
    assert min(drawn) >= 0 and max(drawn) <= size and abs(mean(drawn) - size * share) < 5 * spread + 1e-9


@pytest.mark.parametrize(
    ("amounts", "size"),
    [
        pytest.param(tuple(range(100, 140)), 40, id="everybody bought"),
        pytest.param(tuple(range(100, 140)), 4000, id="one in a hundred"),
        pytest.param(tuple(range(1, 800)), 50_000, id="many buyers"),
    ],
)
def test_drawn_totals_vary_as_the_formula_says(amounts: tuple[int, ...], size: int) -> None:
    """The mean of drawn totals is the total, their variance size times that of one recipient (biased)."""
    spent = Spent(amounts, size)
    drawn = totals(spent, 1, 4000)
    expected = spent.sample.variance * (size - 1)
    assert mean(drawn) == pytest.approx(sum(amounts), abs=4 * sqrt(expected / 4000) + 1)
    assert variance(drawn) == pytest.approx(expected, rel=0.1)


def test_the_same_seed_gives_the_same_interval() -> None:
    spent, other = Spent(tuple(range(500, 600)), 5000), Spent(tuple(range(100, 190)), 5000)
    assert per_thousand_interval(spent, 3) == per_thousand_interval(spent, 3) != per_thousand_interval(spent, 4)
    assert difference_interval(spent, other, 3) == difference_interval(spent, other, 3)
    found = per_thousand_interval(spent, 3)
    assert found is not None and found.low < spent.per_thousand < found.high


def test_small_numbers_say_that_they_are_too_few() -> None:
    few, enough = Spent((100,) * (BUYERS_LEAST - 1), 500), Spent((100,) * BUYERS_LEAST, 500)
    assert few.too_few and per_thousand_interval(few, 1) is None and difference_interval(few, enough, 1) is None
    assert not enough.too_few and per_thousand_interval(enough, 1) is not None
    assert Spent((), 0).per_thousand == 0 and Spent((), 0).sample == Sample(0, 0.0, 0.0)
    assert Spent((5, 5, 90), 3).hangs_on_one and not enough.hangs_on_one and not Spent((), 9).hangs_on_one


def test_an_interval_keeps_its_promise() -> None:
    """Of a hundred samples from one crowd about ninety-five intervals hold the truth; heavy tails cost some."""
    truth = 0.05 * 1000 * mean(_amount(draw) for draw in uniforms(99, 20_000))
    held = 0
    for n in range(100):
        chances = list(uniforms(1000 + n, 4000))
        amounts = tuple(_amount(draw) for draw in uniforms(5000 + n, sum(chance < 0.05 for chance in chances)))
        found = per_thousand_interval(Spent(amounts, 4000), n)
        held += found is not None and found.holds(truth)
    assert 86 <= held <= 100


def _amount(draw: float) -> int:
    return int(300 / (1 - draw) ** 0.4)  # a tail as heavy as that of receipts: no fourth moment, barely a third


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=60), st.integers(0, 500))
def test_a_sample_is_that_of_all_recipients(amounts: list[int], others: int) -> None:
    spent, everybody = Spent(tuple(amounts), len(amounts) + others), amounts + [0] * others
    if len(everybody) > 1:
        assert spent.sample.mean == pytest.approx(mean(everybody))
        assert spent.sample.variance == pytest.approx(variance(everybody), rel=1e-6, abs=1e-6)


# Trials.


@pytest.mark.parametrize(
    ("counted", "winner", "code"),
    [
        pytest.param({"A": (300, 5000), "B": (200, 5000)}, "A", "winner", id="clear"),
        pytest.param({"A": (200, 5000), "B": (300, 5000)}, "B", "winner", id="the other"),
        pytest.param({"A": (210, 5000), "B": (200, 5000)}, "", "no_winner", id="not proven"),
        pytest.param({"A": (9, 500), "B": (200, 500)}, "", "too_few", id="too few"),
        pytest.param({"A": (495, 500), "B": (200, 500)}, "", "too_few", id="too few who did not"),
        pytest.param({"A": (200, 500)}, "", "alone", id="one variant"),
        pytest.param(
            {"A": (300, 5000), "B": (250, 5000), "C": (245, 5000)}, "", "no_winner", id="of three, shared error"
        ),
        pytest.param({"A": (300, 5000), "B": (250, 5000)}, "A", "winner", id="the same two alone"),
        pytest.param(
            {"A": (400, 5000), "B": (395, 5000), "C": (100, 5000)}, "", "no_winner", id="two equal, one worse"
        ),
    ],
)
def test_who_has_won_by_share(counted: dict[str, tuple[int, int]], winner: str, code: str) -> None:
    found = best_share(counted, DECIDED, NOW)
    assert (found.winner, found.reason.code) == (winner, code) and str(found.reason)
    if winner:
        assert all(apart.low > 0 for pair, apart in found.apart.items() if pair[0] == winner)


def test_nobody_has_won_before_the_moment_that_was_settled() -> None:
    counted = {"A": (900, 5000), "B": (100, 5000)}
    early = best_share(counted, DECIDED, NOW - timedelta(seconds=1))
    assert (early.winner, early.reason.code, dict(early.p)) == ("", "not_yet", {})
    assert (
        best_revenue({"A": Spent((1,) * 99, 999), "B": Spent((9,) * 99, 999)}, DECIDED, NOW - timedelta(1), 1).winner
        == ""
    )
    assert best_share(counted, DECIDED, NOW).winner == "A"


def test_who_has_won_by_revenue() -> None:
    plain, rich = Spent((1000,) * 200, 4000), Spent((1000,) * 300, 4000)
    assert best_revenue({"A": plain, "B": rich}, DECIDED, NOW, 1).winner == "B"
    assert best_revenue({"A": plain, "B": plain}, DECIDED, NOW, 1).reason.code == "no_winner"
    assert best_revenue({"A": Spent((1,), 4000), "B": rich}, DECIDED, NOW, 1).reason.code == "too_few"
    lucky = Spent((1000,) * 199 + (300_000,), 4000)
    assert best_revenue({"A": plain, "B": lucky}, DECIDED, NOW, 1).winner == "", "one receipt is no variant's merit"


def test_equal_variants_win_no_oftener_than_was_settled() -> None:
    """Four hundred trials of two equal variants: about 5 % find a winner by chance, not more."""
    found = 0
    for n in range(400):
        draws = list(uniforms(n, 4000))
        counted = {"A": (sum(d < 0.08 for d in draws[:2000]), 2000), "B": (sum(d < 0.08 for d in draws[2000:]), 2000)}
        found += bool(best_share(counted, DECIDED, NOW).winner)
    assert 5 <= found <= 36


@pytest.mark.parametrize(("share", "better", "needed"), [(0.1, 0.15, 686), (0.5, 0.6, 388), (0.02, 0.03, 3826)])
def test_how_many_are_needed(share: float, better: float, needed: int) -> None:
    """Fleiss (1981), without the correction for continuity; 5 % two-sided, power 80 %."""
    assert sample_needed(share, better) == pytest.approx(needed, rel=0.003)
    assert sample_needed(share, better, variants=3) > sample_needed(share, better)
    with pytest.raises(ValueError):
        sample_needed(share, share)


def test_the_sample_that_is_needed_finds_what_it_is_needed_for() -> None:
    needed, won = sample_needed(0.1, 0.15), 0
    for n in range(200):
        draws = list(uniforms(n, 2 * needed))
        counted = {
            "A": (sum(d < 0.1 for d in draws[:needed]), needed),
            "B": (sum(d < 0.15 for d in draws[needed:]), needed),
        }
        won += best_share(counted, DECIDED, NOW).winner == "B"
    assert 145 <= won <= 180, "about 80 % of the times"


def test_pairs_share_the_error() -> None:
    assert [trials._pairs(n) for n in (1, 2, 3, 4)] == [1, 1, 3, 6]


def test_every_share_says_of_what_it_is() -> None:
    found = {share.title: share for share in shares(Funnel(
        listed=1000, sent=900, undelivered=100, bounced_hard=60, bounced_soft=30, rejected=10, opened=200, bought=20,
    ))}  # fmt: skip
    assert (found["letters sent"].of, found["letters sent"].value) == (1000, 0.9)
    assert (found["delivered"].number, found["delivered"].of) == (800, 900)
    assert (found["addresses that do not exist"].of, found["opened by people"].of, found["bought"].of) == (
        900,
        800,
        800,
    )
    assert found["opened by people"].of_what == "of those delivered" and found["bought"].interval.holds(20 / 800)
    assert all(share.value is None for share in shares(Funnel()))
