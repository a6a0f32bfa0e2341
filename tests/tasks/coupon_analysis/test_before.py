"""Before a launch: what it would have given off on purchases that are known, and what could be found out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.offers import Limits, OfferTerms
from tasks.coupon_analysis.before.engine import Launching
from tasks.coupon_analysis.before.shown import card
from tasks.coupon_analysis.before.simulation import Buyer, Given, buyers, most_uses, scenario
from tasks.house import House
from tests.fakes import FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.coupon_analysis.shop import DAY, NOW, OUTLETS, TERMS, Shop

AT = datetime(2026, 5, 1, tzinfo=UTC)
TAKEN = [Buyer(1, 100), Buyer(2, 500), Buyer(1, 0)]


def terms(**more: Any) -> OfferTerms:
    return OfferTerms.model_validate(TERMS | more)


@pytest.mark.parametrize(
    ("limits", "kind", "most"),
    [({}, "unique", 1), ({"per_code": 3}, "unique", 3), ({"per_code": 3, "per_customer": 2}, "unique", 2),
     ({"per_code": 0}, "unique", 0), ({"per_code": 1}, "generic", 0), ({"per_customer": 4}, "generic", 4)],
)  # fmt: skip
def test_a_code_of_ones_own_is_used_by_one(limits: dict[str, int], kind: str, most: int) -> None:
    assert most_uses(terms(limits=limits, codes={"kind": kind})) == most


def test_each_buyer_takes_the_first_uses() -> None:
    uses = [Given("a", AT + 2 * DAY, 5), Given("a", AT, 10), Given("b", AT, 7)]
    assert sorted(buyers(uses, 1), key=lambda one: one.off) == [Buyer(1, 7), Buyer(1, 10)]
    assert sorted(buyers(uses, 0), key=lambda one: one.off) == [Buyer(1, 7), Buyer(2, 15)]


def test_everybody_is_certain_and_a_half_is_a_half_with_its_chance() -> None:
    whole, half = (scenario(TAKEN, share, Limits(), 0) for share in (1.0, 0.5))
    assert (whole.uses, whole.off, whole.between.low, whole.between.high) == (4, 600, 600, 600)
    assert (half.uses, half.off) == (2, 300) and half.between.low == 0 and half.between.high > 300


@pytest.mark.parametrize(("limits", "budget", "off"), [(Limits(total=2), 0, 300), (Limits(), 250, 250)])
def test_a_limit_holds_what_it_may_cost(limits: Limits, budget: int, off: float) -> None:
    held = scenario(TAKEN, 1.0, limits, budget)
    assert held.is_capped and held.off == off and held.between.high <= max(off, 300)


@given(
    st.lists(st.builds(Buyer, st.integers(1, 5), st.integers(0, 10**6)), min_size=1, max_size=40),
    st.floats(0.01, 1), st.floats(0.05, 1), st.integers(0, 10**6),
)  # fmt: skip
def test_what_is_expected_lies_in_its_interval_and_never_above_the_budget(
    taken: list[Buyer], share: float, sampled: float, budget: int
) -> None:
    one = scenario(taken, share, Limits(), budget, sampled)
    assert 0 <= one.between.low <= one.off + 1e-6 and one.off <= one.between.high + 1e-6
    assert not budget or one.between.high <= budget


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS)


def test_an_offer_is_tried_on_the_purchases_of_as_many_days(house: House) -> None:
    """Tea 1,000 minor units a receipt, 10 % of it; each customer's code is used once, the oldest receipt counts."""
    shop = Shop(house)
    shop.customers(40)
    for n in range(1, 41):
        for back in (45, 20, 10):
            shop.buy(n, NOW - back * DAY, 1000 + back, 500)
    launch = Launching(house).of_key("tea")
    assert launch is not None and (launch.receipts, launch.fitting) == (80, 80)
    assert launch.first.isoformat() == "2026-04-20" and launch.last.isoformat() == "2026-05-19"
    everybody = launch.scenarios[0]
    assert (everybody.share, everybody.uses, everybody.off) == (1.0, 40, 40 * 102)
    assert [one.share for one in launch.scenarios] == [1.0, 0.3, 0.1] and launch.former is None
    assert set(launch.least.least) == {5, 10, 20, 30, 50} and launch.control_least == launch.least.least[10]


def test_what_former_coupons_were_used_says_how_many_will_be(house: House) -> None:
    shop = Shop(house)
    shop.customers(2)
    for n in range(1, 51):
        shop.coupon(n, used=1 if n <= 20 else 0)
    shop.buy(1, NOW - 5 * DAY, 1000)
    launch = Launching(house).of_key("tea")
    assert launch is not None and launch.former is not None and launch.former[0] == 0.4
    assert launch.scenarios[1].off == pytest.approx(40)


@pytest.mark.parametrize(
    ("more", "language", "words"),
    [
        pytest.param({}, "en", ("left out", "had everybody used it who could"), id="en"),
        pytest.param({}, "ru", ("без купона 10 %", "если бы им воспользовались все"), id="ru"),
        pytest.param({"control_percent": 0}, "en", ("will never be known",), id="nobody is left out"),
        pytest.param({"gives": {"kind": "points", "points": 50}}, "en", ("stands in no receipt",), id="points"),
        pytest.param({"goods": {"groups": ["Mugs"]}}, "en", ("On none of your purchases",), id="nothing fits"),
        pytest.param({"limits": {"budget": "1"}}, "en", ("given off ₽1 at most", "A limit"), id="a budget holds"),
        pytest.param({"conditions": {"first_purchase": True}}, "en", ("On none",), id="all have bought before"),
        pytest.param({"conditions": {"customer_groups": ["vip"]}}, "en", ("too few buy",), id="nobody is in the group"),
    ],
)
def test_the_card_says_what_to_know(house: House, more: dict[str, Any], language: str, words: tuple[str, ...]) -> None:
    shop = Shop(house, **more)
    shop.customers(30)
    for n in range(1, 31):
        for back in (45, 9):
            shop.buy(n, NOW - timedelta(days=back), 1000 + n * 10)
    launch = Launching(house).of_key("tea")
    assert launch is not None
    shown = card(launch, language)
    with spoken(language):
        said = " ".join(one.text for one in shown.sentences).replace("\u00a0", " ")
    for one in words:
        assert one in said, said


def test_without_purchases_nothing_is_said_of_costs(house: House) -> None:
    Shop(house)
    launching = Launching(house)
    launch = launching.of_key("tea")
    assert launch is not None and launching.of_key("none") is None
    assert "cannot be said" in card(launch, "en").sentences[-1].text and card(launch, "en").tables == ()


def test_a_common_code_is_used_by_whoever_comes(house: House) -> None:
    """Receipts without a customer count as somebody each; those with one as often as the offer lets them."""
    shop = Shop(house)
    shop.customers(1)
    for back in (9, 8, 7):
        shop.buy(1, NOW - back * DAY, 1000)
        shop.buy(None, NOW - back * DAY, 1000)
    common = {"codes": {"kind": "generic", "word": "TEA"}, "limits": {"per_customer": 2}}
    launch = Launching(house).judged("draft", terms(**common))
    assert (launch.receipts, launch.fitting, launch.scenarios[0].uses) == (6, 6, 5)
