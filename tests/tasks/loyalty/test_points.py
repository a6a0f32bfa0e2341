"""Points: each order once, nothing spent twice, and every balance the sum of its ledger, whatever happens."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from models.database import SetClock, connect
from models.loyalty import Card, CardState, PointsMove, PointsTold
from models.reason import Reason
from tasks.loyalty.engine import Cards, Points, Wanted
from tasks.loyalty.lots import GRACE
from tests.depth import examples
from tests.fakes import NOW, FakeChannel
from tests.house import empty_database, furnished

TODAY = NOW.date()
CHANNELS: dict[str, Any] = {"fake": FakeChannel()}


@dataclass
class Till:
    points: Points
    clock: SetClock

    def order(self, points: int, key: str, customer: int = 1) -> Wanted:
        return Wanted(key=key, customer=customer, points=points, by="till 1")

    def adds_up(self) -> bool:
        return self.points.wrong() == ([], [])


@pytest.fixture
def till(tmp_path: Path, database: Engine) -> Till:
    clock = SetClock(NOW)
    return Till(Points(furnished(tmp_path, database, CHANNELS, clock)), clock)


def test_what_is_earned_is_spent_once(till: Till) -> None:
    points = till.points
    assert points.earn(till.order(100, "a")).balance == 100
    spent = points.spend(till.order(60, "b"))
    assert (spent.points, spent.balance, spent.again) == (-60, 40, False)
    for _ in range(2):
        again = points.spend(till.order(60, "b"))
        assert (again.points, again.balance, again.again) == (-60, 40, True)
    refused = points.spend(till.order(41, "c"))
    assert refused.refusal.code == "not_enough" and refused.points == 0 and points.balance(1) == 40
    assert points.spend(till.order(40, "c")).balance == 0  # what was refused may be asked for anew
    assert till.adds_up()


@pytest.mark.parametrize(("number", "customer"), [(7, 1), (10, 2)])
def test_a_key_that_came_with_another_order_is_refused(till: Till, number: int, customer: int) -> None:
    first = till.order(10, "a")
    till.points.earn(first)
    told = till.points.earn(till.order(number, "a", customer))
    assert told.refusal.code == "another" and till.points.balance(1) == 10 and till.points.balance(2) == 0
    assert till.points.spend(first).refusal.code == "another"


@pytest.mark.parametrize("points", [0, -5, 10**13])
def test_no_points_are_no_order(till: Till, points: int) -> None:
    assert till.points.earn(till.order(points, "a")).refusal.code == "no_points" and till.points.balance(1) == 0


def test_those_that_end_first_are_spent_first_and_return_where_they_were(till: Till) -> None:
    points = till.points
    points.earn(till.order(50, "never"))
    points.earn(till.order(30, "soon"), TODAY + timedelta(days=1))
    points.earn(till.order(20, "later"), TODAY + timedelta(days=30))
    points.spend(till.order(60, "spent"))
    assert points.give_back(till.order(15, "back"), of="spent").balance == 55
    till.clock.at += timedelta(days=2)
    assert points.expire() == 0  # of what ended soon everything had been spent; what came back is of what ends last
    assert points.give_back(till.order(45, "rest"), of="spent").balance == 100
    assert points.give_back(till.order(1, "more"), of="spent").refusal.code == "too_much"
    till.clock.at += GRACE + timedelta(days=1)
    assert points.expire() == 30 and points.expire() == 0  # what came back after its end was good for two weeks more
    till.clock.at += timedelta(days=30)
    assert points.expire() == 20 and points.balance(1) == 50 and till.adds_up()


def test_the_last_day_is_a_whole_one_where_the_company_is(till: Till) -> None:
    till.points.earn(till.order(10, "a"), date(2026, 11, 23))
    till.clock.at = till.clock.at.replace(day=23, hour=20, minute=59)  # 23:59 in Moscow
    assert till.points.expire() == 0 and till.points.spend(till.order(4, "b")).balance == 6
    till.clock.at += timedelta(minutes=2)
    assert till.points.spend(till.order(1, "c")).refusal.code == "not_enough" and till.adds_up()
    assert till.points.balance(1) == 0


def test_what_was_earned_by_a_purchase_that_is_returned_is_taken_back_as_far_as_it_is_there(till: Till) -> None:
    points = till.points
    points.earn(till.order(100, "sale"))
    points.spend(till.order(70, "spent"))
    told = points.take_back(till.order(50, "return"), of="sale")
    assert (told.points, told.short, told.balance) == (-30, 20, 0)
    assert points.take_back(till.order(50, "return"), of="sale").again
    assert points.take_back(till.order(51, "more"), of="sale").refusal.code == "too_much"
    assert points.take_back(till.order(1, "wrong"), of="spent").refusal.code == "not_this"
    assert points.give_back(till.order(1, "wrong"), of="sale").refusal.code == "not_this"
    assert points.take_back(till.order(1, "none"), of="nothing").refusal.code == "no_move"
    assert points.take_back(replace(till.order(1, "whose"), customer=2), of="sale").refusal.code == "no_move"
    assert till.adds_up()


@pytest.mark.parametrize("swept", [False, True])
def test_what_is_taken_back_is_the_same_before_and_after_others_have_ended(till: Till, swept: bool) -> None:
    points = till.points
    points.earn(till.order(100, "other"), TODAY)
    points.earn(till.order(50, "sale"))
    points.spend(till.order(100, "all of the other"))
    points.earn(till.order(30, "ending"), TODAY)
    points.spend(till.order(60, "more"))
    points.earn(till.order(40, "ended"), TODAY)
    till.clock.at += timedelta(days=1)
    if swept:
        points.expire()
    told = points.take_back(till.order(50, "return"), of="sale")
    assert (told.points, told.short) == (-20, 30)
    points.expire()
    assert points.balance(1) == 0 and till.adds_up()


def test_of_many_tills_with_one_card_nobody_spends_what_another_has(till: Till) -> None:
    till.points.earn(till.order(100, "a"))
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: till.points.spend(till.order(7, f"spent {n % 24}")), range(48)))
    done = [one for one in told if not one.refusal and not one.again]
    assert len(done) == 14 and till.points.balance(1) == 2 and till.adds_up()
    with till.points.house.reads() as session:
        assert session.execute(select(func.count()).select_from(PointsMove)).scalar() == 15


def test_one_key_in_one_moment_for_two_clients_is_one_order(till: Till) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: till.points.earn(till.order(5, "same", customer=n)), range(1, 9)))
    assert sum(not one.refusal for one in told) == 1
    assert {one.refusal.code for one in told if one.refusal} == {"another"}
    assert sum(till.points.balance(n) for n in range(1, 9)) == 5 and till.adds_up()


# Whatever happens.

ORDER = st.tuples(
    st.sampled_from(["earn", "spend", "give_back", "take_back", "expire", "day"]), st.integers(1, 2),
    st.integers(1, 60), st.integers(0, 5), st.integers(0, 8),
)  # fmt: skip


@pytest.mark.hypothesis
@settings(max_examples=examples(25, 400), deadline=None)
@given(orders=st.lists(ORDER, max_size=25), repeated=st.lists(st.integers(0, 99), min_size=25, max_size=25))
def test_whatever_happens_the_ledger_adds_up(
    orders: list[tuple[str, int, int, int, int]], repeated: list[int]
) -> None:  # fmt: skip
    """Earned, spent, undone, ended, in any order; and orders that come again change nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        path.write_bytes(empty_database())
        engine = connect(f"sqlite:///{path}")
        clock = SetClock(NOW)
        try:
            lived_through(Points(furnished(Path(folder), engine, CHANNELS, clock)), clock, orders, repeated)
        finally:
            engine.dispose()


def lived_through(
    points: Points, clock: SetClock, orders: list[tuple[str, int, int, int, int]], repeated: list[int]
) -> None:
    done: list[tuple[Callable[[], PointsTold], PointsTold]] = []
    for n, (what, customer, number, length, of) in enumerate(orders):
        order, before = Wanted(key=f"order {n}", customer=customer, points=number), points.balance(customer)
        if what == "day":
            clock.at += timedelta(days=1)
        elif what == "expire":
            points.expire()
        else:
            ends_on = clock.at.date() + timedelta(days=length) if length else None
            call = ordered(points, what, order, ends_on, f"order {of}")
            told = call()
            assert 0 <= points.balance(customer) <= before + max(told.points, 0)
            done += [] if told.refusal else [(call, told)]
        if done and repeated[n] < 30:
            again, first = done[repeated[n] % len(done)]
            have = [points.balance(one) for one in (1, 2)]
            assert again().points == first.points and have == [points.balance(one) for one in (1, 2)]
        assert points.wrong() == ([], [])


def ordered(points: Points, what: str, order: Wanted, ends_on: date | None, of: str) -> Callable[[], PointsTold]:
    return {
        "earn": partial(points.earn, order, ends_on), "spend": partial(points.spend, order),
        "give_back": partial(points.give_back, order, of), "take_back": partial(points.take_back, order, of),
    }[what]  # fmt: skip


# Cards.


def cards_of(till: Till, *drawn: int) -> Cards:
    numbers = iter(drawn)
    return Cards(till.points.house, lambda below: next(numbers))


def test_a_card_is_found_as_it_is_typed_and_no_number_is_given_twice(till: Till) -> None:
    cards = cards_of(till, 5, 5, 6)
    first, second = cards.issue(None, "olga"), cards.issue(None, "olga")
    assert first.number != second.number
    found = cards.found(f" {first.number[:4]} {first.number[4:]}")
    assert isinstance(found, Card) and found.id == first.id
    for typed in ("", "123", "2900000000009", second.number[:-1] + "x"):
        missing = cards.found(typed)
        assert isinstance(missing, Reason) and missing.code == "no_card"


def test_a_lost_card_is_replaced_once(till: Till) -> None:
    cards = Cards(till.points.house, Random(4).randrange)
    lost = cards.issue(None, "olga")
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda n: cards.replace(lost.number, "olga", "lost"), range(4)))
    [new] = [one for one in told if isinstance(one, Card)]
    assert new.replaces == lost.id and new.state == CardState.LIVE
    said = cards.found(lost.number)
    assert isinstance(said, Reason) and said.code == "replaced"
    assert cards.block(new.number, "stolen") is None
    blocked = cards.block(new.number, "stolen")
    assert blocked is not None and blocked.code == "blocked"
