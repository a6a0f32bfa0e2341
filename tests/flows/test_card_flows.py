"""Cards and points from Prefect: the same orders by number, and nothing of anybody in what Prefect shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.orders.change_card import change_card
from flows.orders.close_page import close_page
from flows.orders.correct_points import correct_points
from flows.orders.issue_cards import issue_cards
from flows.orders.points_program import points_program
from flows.programs.points import points_of_the_day
from models.card_orders import CardForm, ClosePageForm, CorrectPointsForm, IssueCardsForm, PointsProgramForm
from models.customers import Customer
from models.database import SetClock
from models.locale import spoken
from models.purchases import Receipt
from tasks.cards.page.engine import Pages
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        with made.sessions.begin() as session:
            session.add(Customer(name="Oleg Petrov", created_at=NOW, changed_at=NOW))
            session.flush()
            session.add(Receipt(key="a", customer_id=1, at=NOW, amount=100_000))
        yield made


def test_cards_and_points_are_looked_after_from_prefect_too(house: House, prefect: None) -> None:
    assert run(issue_cards, IssueCardsForm.model_validate({"customer": 1, "person": "Olga"})).name == "Done"
    program = {"per": "20", "worth": "1", "since": "01.11.2026", "person": "olga"}
    assert run(points_program, PointsProgramForm.model_validate(program)).name == "Done"
    assert run(points_of_the_day).name == "Done" and Pages(house).seen(1).points == 50
    assert run(points_of_the_day).name == "Nothing to do"
    taken = {"customer": 1, "what": "снять баллы", "points": 20, "person": "olga", "reason": "act 3"}
    assert run(correct_points, CorrectPointsForm.model_validate(taken)).name == "Done"
    assert "20 points taken; 30 are left" in artifact("order")
    named = run(correct_points, CorrectPointsForm.model_validate(taken | {"reason": "Petrov asked"}))
    assert named.is_failed() and "names the customer" in (named.message or "")
    lost = {"card": 1, "what": "give another card for it", "person": "olga"}
    assert run(change_card, CardForm.model_validate(lost)).name == "Done"
    assert run(change_card, CardForm.model_validate(lost)).is_failed()
    former = Pages(house).link(1)
    run(close_page, ClosePageForm(customer=1, person="olga"))
    fresh = Pages(house).link(1)
    assert former and fresh and former.url != fresh.url
    shown = artifact("order")
    assert not any(
        word in shown for word in ("Petrov", former.url, fresh.url, *(c.number for c in Pages(house).seen(1).cards))
    )
