"""Funnels: each step of what was issued, three denominators that are never mixed."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.coupon_analysis.funnel import Funnel, by_coupon, by_customer, by_segment, by_use
from tests.tasks.coupon_analysis.made import coupons, redemptions


def test_each_denominator_is_counted_for_itself() -> None:
    given_out = coupons(4, customer=[1, 1, 2, None], most=3, delivered=[True, False, True, None],
                        viewed=[True, False, False, None])  # fmt: skip
    used = redemptions([1, 1, 3])
    assert by_coupon(given_out, used) == Funnel("coupon", 4, 2, 2, 2)
    assert by_customer(given_out, used) == Funnel("customer", 2, 2, 2, 2)
    assert by_use(given_out, used) == Funnel("use", 12, 6, 6, 3)


def test_what_nobody_can_know_is_no_step_and_no_nought() -> None:
    found = by_coupon(coupons(3), redemptions([2]))
    assert (found.delivered, found.viewed) == (None, None) and found.steps == {"issued": 3, "redeemed": 1}


def test_whoever_redeemed_has_seen_it_whatever_the_messenger_says() -> None:
    found = by_coupon(coupons(2, delivered=False, viewed=False), redemptions([1]))
    assert found == Funnel("coupon", 2, 1, 1, 1)


def test_an_invitation_is_answered_before_anybody_comes() -> None:
    asked = coupons(4, most=2).with_columns(pl.Series("answered", [True, True, False, False]))
    came = redemptions([1, 3])
    assert by_coupon(asked, came).steps == {"issued": 4, "answered": 3, "redeemed": 2}, "who came had answered by that"
    assert by_customer(asked, came).answered == 3 and by_coupon(coupons(4), came).answered is None
    uses = by_use(asked, came)
    assert uses is not None and uses.steps == {"issued": 8, "answered": 6, "redeemed": 2}


def test_codes_that_allow_any_number_of_uses_have_no_denominator_of_uses() -> None:
    assert by_use(coupons(2, most=[1, 0]), redemptions([1])) is None and by_use(coupons(0), redemptions([])) is None


def test_the_rate_of_nothing_is_not_known_and_its_interval_is_everything() -> None:
    none = by_coupon(coupons(0), redemptions([]))
    assert none.rate is None and (none.interval.low, none.interval.high) == (0.0, 1.0)


def test_the_interval_of_a_rate_is_the_textbooks() -> None:
    """Wilson's for 10 of 100 is 0.0552 to 0.1744 (Newcombe 1998)."""
    found = by_coupon(coupons(100), redemptions(range(1, 11)))
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.0552, 0.1744)


# The four mistakes of published analyses.
def test_joining_to_products_does_not_multiply_redemptions() -> None:
    """A redemption has lines of products; it stays one, and a code that was used is one code."""
    used = redemptions([1, 2])
    goods = pl.DataFrame({"redemption": [1] * 1000 + [2] * 500, "product": [f"p{n}" for n in range(1500)]})
    fanned = used.join(goods, on="redemption")
    assert len(fanned) == 1500
    assert by_coupon(coupons(10), fanned).redeemed == 2 and by_customer(coupons(10), fanned).redeemed == 2


def test_a_rate_is_of_codes_given_out_and_never_above_one() -> None:
    """One generic code in 330 hands: divided by distinct codes that would be 33,000 %."""
    given_out = coupons(400, coupon=range(1, 401))
    found = by_customer(given_out, redemptions(range(1, 331)))
    assert found.rate == 330 / 400
    generic = by_coupon(coupons(1, customer=None, most=0), redemptions([1] * 330))
    assert generic.rate == 1.0 and generic.redeemed == 1


def test_a_share_is_of_the_targeted_not_of_those_with_a_questionnaire() -> None:
    """Half have told nothing of themselves; they are a segment of their own, and the segments add up."""
    known = pl.DataFrame({"customer": [1, 2, 3, 4, 5, 99], "segment": ["young"] * 3 + ["old"] * 3})
    parts = by_segment(coupons(10), redemptions([1, 6, 7]), known)
    assert {name: (one.redeemed, one.issued) for name, one in parts.items()} == {
        "young": (1, 3), "old": (0, 2), None: (2, 5),
    }  # fmt: skip
    assert sum(one.issued for one in parts.values()) == by_customer(coupons(10), redemptions([1, 6, 7])).issued


def test_a_questionnaire_that_stands_twice_makes_nobody_two() -> None:
    known = pl.DataFrame({"customer": [1, 1], "segment": ["young", "old"]})
    assert sum(one.issued for one in by_segment(coupons(3), redemptions([1]), known).values()) == 3


flag = st.sampled_from([True, False, None])
code = st.tuples(st.one_of(st.none(), st.integers(1, 5)), flag, flag, st.integers(1, 3))


@given(st.lists(code, min_size=1, max_size=30), st.lists(st.integers(1, 40), max_size=60))
def test_a_funnel_never_grows(codes: list[Any], used: list[int]) -> None:
    whose, delivered, viewed, most = (list(column) for column in zip(*codes, strict=True))
    given_out = coupons(len(codes), customer=whose, delivered=delivered, viewed=viewed, most=most)
    for found in (by_coupon, by_customer, by_use):
        one = found(given_out, redemptions(used))
        assert one is not None
        numbers = list(one.steps.values())
        assert numbers == sorted(numbers, reverse=True) and min(numbers) >= 0
        assert one.rate is None or one.interval.low <= one.rate <= one.interval.high
