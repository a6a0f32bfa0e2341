"""A dropped table of purchases: looked at, loaded once, and gone."""

import pytest
from sqlalchemy import func, select

from models.desk.drop import PurchasesFound
from models.dropped import DropState
from models.purchases import PurchaseLine, Receipt
from tasks.dropping import engine
from tasks.dropping.applying.engine import load_purchases
from tasks.dropping.shelf.engine import shelf
from tests.tasks.dropping.conftest import Dropping

TABLE = "Чек;Дата;Сумма;Код клиента\n1;2026-11-20;1 500,50;7\n1;2026-11-20;10;7\n2;вчера;много;8\n3;;;\n"


def count(dropping: Dropping, kind: type[Receipt | PurchaseLine]) -> int:
    with dropping.house.reads() as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


def test_it_is_looked_at_and_loaded_once(dropping: Dropping) -> None:
    id = dropping.drop(sold__csv=TABLE.encode())
    row = dropping.row(id)
    found = PurchasesFound.model_validate(row.found)
    assert (row.kind, row.state, found.counts) == ("purchases", "read", {"receipts_new": 1, "unknown": 1})
    assert [(one.field, one.reason.code, one.rows) for one in found.wrong] == [
        ("Дата", "date", (4, 5)), ("Сумма", "amount", (4,)), ("Сумма", "no_amount", (5,)),
    ]  # fmt: skip
    assert count(dropping, Receipt) == 0
    said = load_purchases(dropping.house, id, row.seen, "olga")
    assert said.lines[0].done and "1 new receipt" in said.lines[0].said and "not known yet" in said.notes[0]
    assert (count(dropping, Receipt), count(dropping, PurchaseLine)) == (1, 2)
    assert (dropping.row(id).state, shelf(dropping.house, id).exists()) == (DropState.APPLIED, False)
    assert load_purchases(dropping.house, id, "", "olga").lines[0].said == said.lines[0].said
    again = dropping.drop(sold__csv=TABLE.encode())
    assert PurchasesFound.model_validate(dropping.row(again).found).is_the_same


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Чек;Код клиента\n1;7\n", "no_column", id="neither a date nor an amount"),
        pytest.param("Чек;Дата;Сумма\n1;вчера;много\n", "no_line", id="no row that can be read"),
        pytest.param("Чек;Дата;Сумма\n", "no_rows", id="no rows"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_and_gone(dropping: Dropping, text: str, code: str) -> None:
    id = dropping.drop(sold__csv=text.encode())
    assert dropping.row(id).state == DropState.REFUSED and engine.refusal_of(dropping.row(id)).code == code
    assert not shelf(dropping.house, id).exists()


def test_who_may_not_load_purchases_is_told_so(dropping: Dropping) -> None:
    id = dropping.drop(sold__csv=TABLE.encode())
    assert "may not" in str(load_purchases(dropping.house, id, "", "marina").refusal)
    assert count(dropping, Receipt) == 0
