"""A house that has mailed, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.reactions_to_mailings.fakes import TellingMailer, with_mailers
from tests.tasks.returns.mailed import Mailed


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    return with_mailers(furnished(tmp_path, database, {"fake": FakeChannel()}, clock), {"smtp": TellingMailer()})


@pytest.fixture
def mailed(house: House, clock: SetClock) -> Mailed:
    return Mailed(house.sessions, clock)
