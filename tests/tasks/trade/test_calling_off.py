"""An outlet that knows of an offer hears when it is given no more, and when it is given again; once each time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.offers import Conditions
from tasks.house import House
from tasks.trade.calling_off.engine import CallingOff
from tasks.trade.engine import Trade
from tasks.trade.looking.engine import ledger_of
from tests.tasks.trade.shop import approve, notices, open_offer, pass_days, terms, trading


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> Iterator[House]:
    with trading(tmp_path / "company", database) as house:
        yield house


def told(house: House) -> list[str]:
    """The subjects of new letters, after a round."""
    before = len(notices(house))
    CallingOff(house).round()
    CallingOff(house).round()
    return [one.subject for one in notices(house)[before:]]


def test_a_stop_is_told_to_whoever_was_told_of_the_offer_and_so_is_its_end(house: House) -> None:
    open_offer(house)
    ledger = ledger_of(house)
    assert told(house) == []  # nobody knows of it yet
    Trade(house).instruct()
    assert told(house) == []
    for _ in range(2):
        ledger.stop("vera", "leaked", offer="tea")
        said = told(house)
        assert len(said) == 2 and all("is stopped" in one for one in said)
        ledger.open("vera", "mended", offer="tea")
        said = told(house)
        assert len(said) == 2 and all("given again" in one for one in said)
    ledger.stop("vera", "leaked", offer="tea")
    pass_days(house, 60)
    assert told(house) == []  # it would be over anyhow


def test_an_outlet_that_a_new_version_leaves_out_hears_of_it(house: House) -> None:
    id = open_offer(house)
    Trade(house).instruct()
    approve(house, id, terms(conditions=Conditions(outlets=("east",))))
    Trade(house).instruct()
    [said] = told(house)
    assert "no longer given in your outlet" in said and notices(house)[-1].address == "center@example.org"
