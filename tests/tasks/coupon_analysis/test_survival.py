"""Time to redemption while most still wait, by the numbers of textbooks."""

from datetime import timedelta
from itertools import pairwise
from math import exp
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.coupon_analysis.liability import Left, breakage, liability
from tasks.coupon_analysis.survival import Curve, curve, waits
from tests.tasks.coupon_analysis.made import BEGINS, DAY, ENDS, HOUR, NOW, coupons, redemptions

# Freireich and others (1963), remission under 6-MP, in weeks; those in `still` were in remission when last seen.
CAME_BACK = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def freireich() -> Curve:
    told = [(hours, True) for hours in CAME_BACK] + [(hours, False) for hours in STILL]
    return curve(pl.DataFrame(told, schema={"hours": pl.Int64, "redeemed": pl.Boolean}, orient="row"), unit=1)


def test_the_curve_is_the_textbooks() -> None:
    """Collett, Modelling Survival Data; Klein and Moeschberger, table 4.1."""
    found = [(point.at, round(point.share, 3), point.at_risk) for point in freireich().points]
    assert found == [
        (6, 0.857, 21), (7, 0.807, 17), (10, 0.753, 15), (13, 0.690, 12), (16, 0.627, 11), (22, 0.538, 7),
        (23, 0.448, 6),
    ]  # fmt: skip


def test_greenwoods_error_is_the_textbooks() -> None:
    found = [round(point.share * point.hazard**0.5, 4) for point in freireich().points]
    assert found == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


def test_the_median_and_its_interval() -> None:
    """R's survfit with conf.type="log-log" gives 23, from 13 to not reached."""
    found = freireich()
    assert found.redeemed_by(0.5) == 23 and found.interval_of(0.5) == (13, None)
    assert found.redeemed_by(0.25) == 13 and found.redeemed_by(0.75) is None


def test_what_is_not_redeemed_yet_is_censored_and_not_left_out() -> None:
    """Two redeemed after a day, ninety-eight given an hour ago: most of all that could be redeemed is."""
    issued = [BEGINS] * 4 + [BEGINS + 2 * DAY] * 96
    told = waits(coupons(100, issued_at=issued), redemptions([1, 2]), BEGINS + 2 * DAY + HOUR)
    assert told["redeemed"].sum() == 2 and told.filter(~pl.col("redeemed"))["hours"].max() == 49
    assert curve(told).at(1).share == pytest.approx(0.5)


def test_a_code_is_seen_until_its_end_and_no_longer() -> None:
    told = waits(coupons(1), redemptions([]), NOW)
    assert told.rows() == [((ENDS - BEGINS) // HOUR, False)]


def test_the_first_of_several_redemptions_ends_the_waiting() -> None:
    used = redemptions([1, 1], redeemed_at=[BEGINS + 3 * DAY, BEGINS + DAY])
    assert waits(coupons(1, most=2), used, NOW).rows() == [(24, True)]


def test_a_redemption_before_the_issue_is_none_below_zero() -> None:
    used = redemptions([1], redeemed_at=[BEGINS - DAY])
    assert waits(coupons(1), used, NOW).rows() == [(0, True)]


def test_codes_that_were_stopped_do_not_wait() -> None:
    """Fifty of a hundred leaked and were stopped at once; of the other fifty one in two was used."""
    told = waits(coupons(100, is_live=[True] * 50 + [False] * 50), redemptions(range(1, 26)), NOW)
    assert len(told) == 50 and curve(told).at(30).share == pytest.approx(0.5)


def test_a_use_behind_the_end_does_not_outlive_those_whom_nobody_looks_at_any_more() -> None:
    """A till told of it late: at its end the code was not redeemed, as ninety-nine others were not."""
    told = waits(coupons(100), redemptions([1, 2], redeemed_at=[BEGINS + DAY, ENDS + DAY]), NOW)
    assert told["redeemed"].sum() == 1 and told["hours"].max() == (ENDS - BEGINS) // HOUR
    assert curve(told).at(365).share == pytest.approx(0.99)


def test_nothing_has_an_empty_curve() -> None:
    empty = curve(waits(coupons(0), redemptions([]), NOW))
    assert empty.points == () and empty.redeemed_by(0.5) is None and empty.at(7).share == 1.0


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60))
def test_a_curve_only_falls_and_its_intervals_hold_it(told: list[tuple[int, bool]]) -> None:
    found = curve(pl.DataFrame(told, schema={"hours": pl.Int64, "redeemed": pl.Boolean}, orient="row"))
    shares = [1.0, *(point.share for point in found.points)]
    assert all(after < before for before, after in pairwise(shares))
    assert all(0 <= p.interval.low <= p.share + 1e-12 and p.share <= p.interval.high + 1e-12 for p in found.points)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=50), st.integers(0, 40))
def test_without_censoring_the_curve_is_the_share_still_left(hours: list[int], asked: int) -> None:
    found = curve(pl.DataFrame({"hours": hours, "redeemed": [True] * len(hours)}))
    assert found.at(asked / 24).share == pytest.approx(sum(one > asked for one in hours) / len(hours))


def test_the_curve_finds_the_truth_that_a_plain_average_misses() -> None:
    """Redeemed after 20 days on average, looked at after 0 to 20 days: the average over the redeemed is far below."""
    chance, rows = Random(11), []
    for _ in range(20_000):
        after, seen = chance.expovariate(1 / 480), chance.uniform(0, 480)
        rows.append((int(min(after, seen)), after <= seen))
    found = curve(pl.DataFrame(rows, schema={"hours": pl.Int64, "redeemed": pl.Boolean}, orient="row"))
    assert found.at(10).share == pytest.approx(exp(-0.5), abs=0.015)
    assert found.redeemed_by(0.25) == pytest.approx(5.75, abs=0.4)
    quick = [hours / 24 for hours, redeemed in rows if redeemed]
    assert sum(quick) / len(quick) < 8


# Breakage and what is owed.
def test_breakage_is_of_codes_that_have_ended() -> None:
    ends = [ENDS, ENDS, NOW + DAY, None]
    found = breakage(coupons(4, ends_at=ends), redemptions([1]), NOW)
    assert (found.ended, found.unused, found.share) == (2, 1, 0.5)


def test_what_was_stopped_before_its_end_is_no_breakage() -> None:
    assert breakage(coupons(2, is_live=[True, False]), redemptions([]), NOW).ended == 1


def test_what_is_owed_at_most_is_every_use_that_is_left() -> None:
    ends = NOW + 10 * DAY
    given_out = coupons(10, ends_at=ends, most=2)
    used = redemptions([1, 1, 2], amount=[100, 200, 300])
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert (found.open, found.uses, found.each, found.most) == (9, 17, 200.0, 3400.0)


def test_what_is_expected_follows_the_curve() -> None:
    """A hundred given long ago, half redeemed within a day: of ten given now about five will be."""
    issued = [BEGINS] * 100 + [NOW] * 10
    ends = [ENDS] * 100 + [NOW + 30 * DAY] * 10
    given_out, used = coupons(110, issued_at=issued, ends_at=ends), redemptions(range(1, 51), amount=1000)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert found.open == 10 and found.most == 10_000
    assert found.expected == pytest.approx(10 * 1000 * 0.5, rel=0.12)
    assert found.between is not None and found.between.low < found.expected < found.between.high < 10_000


def test_what_nobody_has_watched_for_so_long_is_not_known_rather_than_nothing() -> None:
    """All were given on one day: how many more will be used cannot be told from them, however many are open."""
    given_out, used = coupons(10, ends_at=NOW + 10 * DAY), redemptions([1, 2], amount=500)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert (found.open, found.most, found.expected, found.between, found.is_whole) == (8, 4000.0, None, None, False)


def test_that_one_code_was_not_used_late_does_not_make_it_certain_for_all() -> None:
    """A single code is ten days older than ninety-nine: it was not used in those ten days, as any of them may be."""
    issued = [NOW - 20 * DAY] + [NOW - 10 * DAY] * 99
    given_out = coupons(100, issued_at=issued, ends_at=NOW + DAY)
    used = redemptions([2], redeemed_at=[NOW - 9 * DAY], amount=100)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert found.expected == 0 and found.between is not None and found.between.high > 0.5 * 98 * 100


def test_many_codes_that_were_not_used_late_make_it_nearly_certain() -> None:
    issued = [NOW - 29 * DAY] * 4000 + [NOW - 10 * DAY] * 100
    given_out = coupons(4100, issued_at=issued, ends_at=[one + 28 * DAY for one in issued])
    used = redemptions([1, 2], redeemed_at=[NOW - 28 * DAY] * 2, amount=100)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert found.expected == 0 and found.between is not None and 0 < found.between.high < 0.002 * 100 * 100


def test_where_only_a_part_was_watched_more_is_to_come() -> None:
    issued = [NOW - 20 * DAY] * 50 + [NOW - 10 * DAY] * 50
    at = [NOW - 5 * DAY] * 10
    given_out = coupons(100, issued_at=issued, ends_at=NOW + 60 * DAY)
    used = redemptions(range(1, 11), redeemed_at=at, local=at, amount=100)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert found.expected and not found.is_whole and found.between is not None


def test_codes_without_a_limit_have_no_most() -> None:
    given_out = coupons(1, most=0, ends_at=None)
    found = liability(given_out, redemptions([1]), Curve(), NOW)
    assert found.open == 1 and found.uses is None and found.most is None


@pytest.mark.parametrize(
    ("most", "left", "uses", "money"),
    [
        pytest.param(0, Left(uses=7), 7, 700.0, id="a total bounds codes without a limit"),
        pytest.param(0, Left(money=250), None, 250.0, id="a budget does too"),
        pytest.param(1, Left(uses=3), 3, 300.0, id="fewer than the codes allow"),
        pytest.param(1, Left(uses=300, money=10_000), 9, 900.0, id="the codes are the narrower"),
        pytest.param(1, Left(uses=0), 0, 0.0, id="nothing is left"),
    ],
)
def test_the_offers_own_limits_hold_what_open_codes_may_cost(
    most: int, left: Left, uses: int | None, money: float
) -> None:
    given_out, used = coupons(10, most=most, ends_at=NOW + 20 * DAY), redemptions([1], amount=100)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW, left)
    assert (found.uses, found.most) == (uses, money)
    assert found.expected is None or found.expected <= money


def test_how_often_codes_are_used_again_is_not_told() -> None:
    """All ten were used once: what is to come is not nothing."""
    given_out, used = coupons(10, most=5, ends_at=NOW + DAY), redemptions(range(1, 11), amount=100)
    found = liability(given_out, used, curve(waits(given_out, used, NOW)), NOW)
    assert (found.most, found.expected, found.is_whole, found.again) == (4000.0, None, False, True)


def test_before_the_first_redemption_no_money_is_told() -> None:
    found = liability(coupons(3, ends_at=NOW + timedelta(days=3)), redemptions([]), Curve(), NOW)
    assert (found.open, found.uses, found.each, found.most, found.expected) == (3, 3, None, None, None)
