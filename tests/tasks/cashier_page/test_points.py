"""Points at the cashier's page: shown, taken once by the device's key, back again within the shift; guesses count."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.cashier_points import PointsAsked, PointsPaid, PointsTold
from models.customers import Customer
from models.guesses import CodeGuess
from models.loyalty import PointsMove
from models.offers import Points
from tasks.cards.ledger.engine import Ledger
from tasks.cashier_page.points.engine import PointsAtPage
from tasks.loyalty.engine import Wanted
from tests.fakes import NOW
from tests.tasks.cards.test_engine import cards, issue, program
from tests.tasks.cashier_page.counter import Till, shop
from tests.tasks.redeeming.shop import terms


@pytest.fixture
def till(tmp_path: Path, database: Engine) -> Till:
    """A client with a card and 100 points, each worth 50 kopecks; half of a receipt may be paid with them."""
    till = shop(tmp_path, database)
    with till.house.sessions.begin() as session:
        session.add(Customer(name="Anna", created_at=NOW, changed_at=NOW))
    issue(till.house, customer=1)
    program(till.house, per="20", worth="0.50", share=50)
    Ledger(till.house).earn(Wanted("given", 1, 100), NOW.date().replace(year=2027))
    return till


def points(till: Till) -> PointsAtPage:
    return PointsAtPage(till.house, till.at, till.page.zone, "192.0.2.7")


def card(till: Till) -> str:
    return cards(till.house, 1)[0].number


def paid(till: Till, many: int = 40, key: str = "first-one-", **more: Any) -> PointsTold:
    said = {"card": card(till), "amount": 6_001, "receipt": "17"} | more
    return points(till).pay(PointsPaid(key=f"{till.at.shift}-{key}", points=many, **said))


def test_a_card_is_asked_pays_once_and_has_its_points_back(till: Till) -> None:
    assert points(till).may_pay()
    asked = points(till).ask(PointsAsked(card=card(till), amount=6_001))
    assert (asked.ok, asked.points, asked.amount, asked.balance) == (True, 60, 3_000, 100)
    assert asked.said.replace("\xa0", "") == "The card has 100 points. 60 points may pay here, that is ₽30."
    first, again = paid(till), paid(till)
    assert (first.ok, first.amount, first.balance) == (True, 2_000, 60) and again == first
    assert first.said.replace("\xa0", "") == "Take ₽20 off the receipt: 40 points have paid it."
    with till.house.reads() as session:
        spent = session.execute(select(PointsMove).order_by("id")).scalars().all()[-1]
    assert (spent.by, spent.said) == ("nina", "17, boulevard")
    back = points(till).undo(f"{till.at.shift}-first-one-")
    assert (back.ok, back.points, back.balance) == (True, 40, 100)
    assert points(till).undo(f"{till.at.shift}-first-one-").ok and Ledger(till.house).balance(1) == 100


def test_no_more_is_paid_than_may_be_and_only_by_whose_shift_it_is(till: Till) -> None:
    assert paid(till, 61).code == "too_many_points" and paid(till, 10).ok
    assert paid(till, 11).code == "another" and Ledger(till.house).balance(1) == 90
    before = f"{till.at.shift}-first-one-"
    till.sign_in("77777")
    assert points(till).undo(before).code == "not_yours" and Ledger(till.house).balance(1) == 90
    assert points(till).ask(PointsAsked(card=card(till), amount=99)).said.endswith("No points may pay here.")
    program(till.house, per="20", worth="2")
    assert not points(till).may_pay() and paid(till, 1, "second-one").code == "not_taken"


def test_a_number_that_is_no_cards_is_a_guess(till: Till) -> None:
    told = points(till).ask(PointsAsked(card="2900000000001", amount=100))
    assert (told.ok, told.code) == (False, "no_card")
    with till.house.reads() as session:
        assert {one.n for one in session.execute(select(CodeGuess)).scalars() if one.who == "page-1"} == {1}


def test_whose_points_a_printed_coupon_gives_is_asked(till: Till) -> None:
    till.offer(terms(Points(points=10)))
    told = till.page.ask(till.about(amount=None))
    assert told.step == "needs" and told.needs is not None and told.needs.who
    assert till.page.ask(till.about(amount=None, asked=True)).code == "points_card"
    told = till.page.ask(till.about(amount=None, asked=True, shown=card(till)))
    assert told.said == "Tell the customer: 10 points go to the card."
    till.page.redeem(till.about(amount=None, asked=True, shown=card(till)))
    assert Ledger(till.house).balance(1) == 110
