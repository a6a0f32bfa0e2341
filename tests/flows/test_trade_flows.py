"""Coupons in trade, from Prefect: outlets are told, a word is written down, a wrong key is said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.mailings.c09_coupons_in_trade import coupons_in_trade
from flows.orders.confirm_instruction import outlet_confirmed
from models.trade_forms import ConfirmInstructionForm, TradeForm
from tasks.house import House
from tests.flows.test_control_flows import artifact, run
from tests.tasks.trade.shop import TODAY, open_offer, terms, trading

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with trading(tmp_path / "company", database) as house:
        open_offer(house, terms(starts=TODAY + timedelta(days=1)), "TEA")
        yield house


def test_trade_is_looked_after_from_prefect(house: House, prefect: None) -> None:
    first = run(coupons_in_trade, TradeForm())
    assert first.name == "Done with remarks: 2 of 2" and "without an address: 1" in (first.message or "")
    shown = artifact("trade")
    assert "[Tea for less](https://staff.example/staff/trade/tea)" in shown and "0 / 3" in shown
    said = run(outlet_confirmed, ConfirmInstructionForm(instruction=1, who="Ann", person="gleb"))
    assert said.name == "Done" and "confirmed by Ann" in artifact("order")
    wrong = run(coupons_in_trade, TradeForm.model_validate({"what": "instructions only", "offer": "cofee"}))
    assert wrong.is_failed() and "No offer “cofee”" in (wrong.message or "")
