"""Drafts in a furnished house: written from a form, under a №, for the channels that are meant."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.brief import Brief, Wish
from models.content import Offer
from models.database import SetClock
from models.editing import Correction
from models.locale import spoken
from models.piece import Piece, PieceVersion
from tasks.content import rows
from tasks.editing.engine import Editing
from tasks.house import House
from tasks.writing.steps import check_facts, write_draft
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

OFFER = Brief(purpose="offer", title="Oolong week", offer="Oolong at 450 ₽", call_to_action="Come")
TEA = Offer(id="T1", name="Oolong", price=450_00, currency="RUB")


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    made = furnished(tmp_path / "company", database, {"site": FakeChannel(), "wall": FakeChannel()}, SetClock(NOW))
    with made.sessions.begin() as session:
        rows.replace_offers(session, made.clock, [TEA])
    return made


def of(house: House, table: type[Any]) -> list[Any]:
    with house.sessions() as session:
        return list(session.execute(select(table).order_by(table.id)).scalars())


def write(brief: Brief, wish: Wish = Wish(), products: tuple[str, ...] = ()) -> Any:  # noqa: B008  frozen
    with spoken("en"):
        return write_draft.fn(brief, products, wish)


def test_a_draft_stands_in_the_plan_and_its_names_are_keys(house: House) -> None:
    wish = Wish(channels=("SITE",), on="2026-12-01", at="9:30", group="Tea lovers", author="Olga Author")
    assert write(OFFER, wish, ("oolong",)).done == 1
    [piece], [version] = of(house, Piece), of(house, PieceVersion)
    assert (piece.number, piece.customer_group, piece.author) == ("1", "tea-lovers", "olga")
    assert (piece.plan["on"], piece.plan["at"], piece.plan["products"]) == ("2026-12-01", "09:30:00", ["T1"])
    assert version.content["channels"] == ["site"]


def test_a_draft_without_a_channel_is_for_all_of_them(house: House) -> None:
    write(OFFER)
    [version] = of(house, PieceVersion)
    assert version.content["channels"] == ["site", "wall"]


def test_the_same_brief_again_is_the_same_draft_under_its_number(house: House) -> None:
    write(OFFER)
    write(OFFER.model_copy(update={"title": "Another"}))
    write(OFFER, Wish(on="2026-12-02"))
    assert [(piece.number, piece.title) for piece in of(house, Piece)] == [("1", "Oolong week"), ("2", "Another")]
    assert of(house, Piece)[0].plan["on"] == "2026-12-02"


def test_the_same_brief_over_a_draft_that_a_person_has_edited_changes_nothing(house: House) -> None:
    write(OFFER, Wish(author="Olga Author"))
    order = Correction(piece="1", person="olga", text="In my own words.", date="2026-11-27")
    assert Editing(house).correct(order).lines[0].done
    before = of(house, Piece), of(house, PieceVersion)
    ending = write(OFFER, Wish(author="Vera Head", on="2026-12-02"))
    assert ending.done == 0 and ending.remarks == (
        "№ 1 “Oolong week” — it was written by this brief and edited since; it stays as it is.",
    )
    assert (of(house, Piece), of(house, PieceVersion)) == before


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        pytest.param(Wish(channels=("sight",)), "There is no channel “sight”. Nearest: site", id="channel"),
        pytest.param(Wish(author="Nobody"), "There is no person “Nobody”", id="author"),
        pytest.param(Wish(on="2026-02-31"), "“2026-02-31” is not a date", id="day"),
        pytest.param(Wish(at="25:99"), "“25:99” is not a time", id="time"),
        pytest.param(Wish(deadline="2026-11-01"), "The deadline, 2026-11-01, has passed", id="deadline"),
    ],
)
def test_what_is_named_wrongly_is_said_and_nothing_is_written(house: House, wish: Wish, said: str) -> None:
    ending = write(OFFER, wish)
    assert ending.failed and said in ending.remarks[0] and of(house, Piece) == []


def test_a_brief_that_lacks_what_a_reader_needs_is_not_written(house: House) -> None:
    ending = write(Brief(purpose="event", title="Tasting"))
    assert ending.remarks == ("The brief of an event says not where it is.",
                              "The brief of an event says not when it begins.")  # fmt: skip
    assert of(house, Piece) == []


def test_a_price_that_differs_from_the_feed_is_told(house: House) -> None:
    write(OFFER.model_copy(update={"offer": "Oolong at 400 ₽"}), products=("T1",))
    with spoken("en"):
        assert check_facts.fn().remarks[0].startswith("Facts to check: 1.")
