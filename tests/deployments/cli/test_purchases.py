"""`otdel import purchases`: what it shows beforehand comes true, again and again."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.customers import CustomerLoad
from models.database import reading
from models.purchases import Receipt
from tests.deployments.cli.conftest import Otdel, Town
from tests.deployments.cli.test_customers import keyed

__all__ = ["keyed"]
TEXT = "receipt,date,card,amount\n1,2026-11-20,7,450.50\n1,2026-11-20,7,10\n2,yesterday,7,1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sold.csv"
    path.write_text(TEXT)
    return path


def receipts(town: Town) -> list[int]:
    with reading(town.engine) as session:
        return [one.amount for one in session.execute(select(Receipt)).scalars()]


def test_what_it_shows_comes_true(otdel: Otdel, town: Town, table: Path) -> None:
    shown = otdel("import", "purchases", str(table), "--json")
    assert (shown.code, shown.data["applied"], shown.data["lines"], shown.data["amount"]) == (1, False, 2, 46050)
    assert shown.data["counts"] == {"receipts_new": 1, "unknown": 1} and receipts(town) == []
    done = otdel("import", "purchases", str(table), "--apply", "--json")
    assert (done.code, done.data["counts"]) == (0, shown.data["counts"]) and receipts(town) == [46050]
    again = otdel("import", "purchases", str(table), "--apply", "--json")
    assert again.data["counts"] == {"receipts_same": 1, "unknown": 1} and receipts(town) == [46050]
    with reading(town.engine) as session:
        assert len(session.execute(select(CustomerLoad)).all()) == 2
