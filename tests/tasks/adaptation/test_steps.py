"""Adaptation in a furnished house: what does not fit is tried until it does, and one bad link stops nobody."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from models.content import Offer
from models.database import SetClock
from models.manuscript import Manuscript
from models.piece import Rendition
from tasks.adaptation.steps import adapt_to_channels
from tasks.content import rows
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

CARD = 'channels:\n  - {{key: talk, provider: telegram, title: Talk, signature: "{signature}"}}\n'


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    made = furnished(tmp_path / "company", database, {"talk": FakeChannel()}, SetClock(NOW))
    sign(made, "Seven Cups")
    return made


def sign(house: House, signature: str) -> None:
    (house.root / "channels.yaml").write_text(CARD.format(signature=signature))


def write(house: House, number: str, body: str) -> None:
    written = Manuscript(title=number, body=body, channels=("talk",))
    with house.sessions.begin() as session:
        rows.add_piece(session, house.clock, "plan", number, written, "x")


def fit(house: House) -> list[bool]:
    with house.sessions() as session:
        return [bool(one.content_hash) for one in session.execute(select(Rendition).order_by(Rendition.id)).scalars()]


def test_what_does_not_fit_is_told_until_it_is_mended_in_the_settings(house: House) -> None:
    sign(house, "x" * 200)
    write(house, "1", "t" * 4000)
    for _ in range(2):
        ending = adapt_to_channels.fn()
        assert ending.failed and len(ending.remarks) == 1
    sign(house, "Seven Cups")
    assert (adapt_to_channels.fn().done, fit(house)) == (1, [False, True])
    assert adapt_to_channels.fn().total == 0


def test_an_address_that_is_none_stops_no_other_piece(house: House) -> None:
    with house.sessions.begin() as session:
        offer = Offer(id="1", name="Tea", price=100, currency="RUB", url="https://[shop.example/1")
        rows.replace_offers(session, house.clock, [offer])
    write(house, "1", "See [here](<https://[broken/1>)")
    write(house, "2", "Fine")
    assert adapt_to_channels.fn().done == 2 and fit(house) == [True, True]


def test_the_product_feed_is_read_once_however_many_pieces_there_are(house: House) -> None:
    for number in range(5):
        write(house, str(number), f"Tea {number}")
    asked: list[str] = []

    def heard(connection: object, cursor: object, statement: str, *more: object) -> None:
        asked.extend(["offer"] if "FROM offer" in statement else [])

    event.listen(house.engine, "before_cursor_execute", heard)
    assert adapt_to_channels.fn().done == 5
    event.remove(house.engine, "before_cursor_execute", heard)
    assert len(asked) == 1


def test_nothing_is_adapted_to_channels_that_cannot_be_read(house: House) -> None:
    write(house, "1", "Tea")
    (house.root / "channels.yaml").write_text("channels: [")
    assert adapt_to_channels.fn().failed and fit(house) == []
