"""Grouping in a furnished house: what decided is said in words, a specialist's choice stands and is counted."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.content import Offer, PlanRow
from models.database import SetClock
from models.locale import spoken
from models.manuscript import Manuscript
from models.piece import Piece
from models.registry import Fact
from tasks.content import rows
from tasks.grouping import steps
from tasks.grouping.steps import match_groups
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished

GROUPS = COMPANY.replace(
    "words: [oolong, tea, tasting]}",
    'words: [oolong, tea, tasting]}\n  - {key: sweet, title: Sweet tooth, product_groups: ["41"]}',
)
CAKE = Offer(
    id="C1", name="Honey cake", price=100, currency="RUB", category=("Sweets", "Cakes"), category_ids=("4", "41")
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}
    monkeypatch.setattr(steps, "show", lambda key, markdown, description: found.update({key: markdown}))
    return found


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    made = furnished(tmp_path / "c", database, {"fake": FakeChannel()}, SetClock(NOW), company=GROUPS)
    with made.sessions.begin() as session:
        rows.replace_offers(session, made.clock, [CAKE])
    return made


def write(house: House, number: str, group: str = "", **said: object) -> None:
    row = PlanRow(number=number, title=number, group=group)
    with house.sessions.begin() as session:
        rows.add_piece(session, house.clock, "plan", number, Manuscript.model_validate(said), "x", row)


def test_a_category_is_called_by_its_name(house: House, shown: dict[str, str]) -> None:
    write(house, "1", title="Today", products=("C1",))
    with spoken("en"):
        match_groups.fn()
    assert "products of “Cakes”: 1" in shown["customer-groups"]


def test_matches_and_what_a_specialist_decided_otherwise_are_counted_once(house: House, shown: dict[str, str]) -> None:
    write(house, "1", title="Tea and oolong")
    write(house, "2", "sweet", title="Oolong tasting")
    write(house, "3", "tea-lovers", title="Tea of the day")
    write(house, "4", title="Nothing at all")
    for _ in range(2):
        assert match_groups.fn().done == 1
    with house.sessions() as session:
        groups = dict(session.execute(select(Piece.number, Piece.customer_group)).all())
        facts = sorted((fact.metric, fact.subject_id) for fact in session.execute(select(Fact)).scalars())
    assert groups == {"1": "tea-lovers", "2": "sweet", "3": "tea-lovers", "4": ""}
    assert facts == [("grouped", "1"), ("grouped", "2"), ("grouped", "3"), ("overruled", "2")]
