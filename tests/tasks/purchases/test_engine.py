"""A table of purchases, looked at and loaded: again and again, in portions, killed and gone on with."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from integrations.errors import Refused
from models.customers import CustomerLoad
from models.database import SetClock
from models.piece import OfferRow
from models.purchases import PurchaseLine, Receipt
from tasks.house import House
from tasks.purchases import engine
from tasks.purchases.columns import column_of
from tasks.purchases.frames import Table, of_csv
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.customers.test_engine import load as load_customers
from tests.tasks.customers.test_engine import sheet

OUTLETS = "outlets:\n  - {key: center, name: In the Centre}\n  - {key: omsk, name: Omsk Shop, zone: Asia/Omsk}\n"
HEAD = "Чек;Дата;Время;Карта;Телефон;Товар;Товарная группа;Количество;Сумма;Магазин"
LINES = (
    "1;20.11.2026;10:15;7;;Tea;;1;450,50;In the Centre",
    "1;20.11.2026;10:15;7;;Milk;Молоко;2;90;In the Centre",
    "1;20.11.2026;10:15;;+7 912 000-00-01;Tea;;1;450,50;omsk shop",
    "2;21.11.2026;;9;;Tea;;1;1 450;In the Centre",
)


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    at = furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW), company=f"{COMPANY}{OUTLETS}")
    load_customers(at, sheet(("7", "", "", "Oleg"), ("8", "", "8 912 000-00-01", "Ira")), "drop:100")
    with at.sessions.begin() as session:
        session.add(OfferRow(id="tea", name="Tea", price=45050, currency="RUB", category="Чай", read_at=NOW))
    return at


def table(*lines: str, head: str = HEAD) -> Table:
    return of_csv(BytesIO("\n".join([head, *lines, ""]).encode()), lambda cell: bool(column_of(cell)))


def load(house: House, *lines: str, source: str = "drop:1") -> dict[str, int]:
    return dict(engine.load(house, table(*lines), source, "sold.csv", "olga"))


def receipts(house: House) -> list[Any]:
    with house.reads() as session:
        rows = session.execute(select(Receipt).order_by(col(Receipt.at), col(Receipt.outlet))).scalars()
        return [(one.customer_id, one.outlet, one.amount, f"{one.at:%d %H:%M}", bool(one.whose)) for one in rows]


def count(house: House, kind: type[Any]) -> int:
    with house.reads() as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


def test_what_was_said_beforehand_is_what_comes_of_it(house: House) -> None:
    found = engine.compare(house, table(*LINES))
    assert (found.rows, found.lines, found.amount, found.wrong) == (4, 4, 244100, ())
    assert found.counts == {"receipts_new": 3, "unknown": 1} and count(house, Receipt) == 0
    assert load(house, *LINES) == found.counts
    assert receipts(house) == [
        (2, "omsk", 45050, "20 04:15", False), (1, "center", 54050, "20 07:15", False),
        (None, "center", 145000, "20 21:00", True),
    ]  # fmt: skip
    assert engine.compare(house, table(*LINES)).is_the_same


def test_the_product_group_is_the_tables_own_or_the_feeds(house: House) -> None:
    load(house, *LINES)
    with house.reads() as session:
        found = session.execute(select(PurchaseLine.product, PurchaseLine.product_group).distinct()).tuples()
        assert sorted(found) == [("Milk", "Молоко"), ("Tea", "Чай")]


def test_what_was_bought_in_the_east_just_now_is_not_in_the_future(house: House) -> None:
    """It is noon in Moscow, three in Omsk."""
    lines = [f"{n};23.11.2026;{at};7;;Tea;;1;100;Omsk Shop" for n, at in enumerate(("14:55", "15:05"))]
    found = engine.compare(house, table(*lines))
    assert [(one.rows, one.reason.code) for one in found.wrong] == [((3,), "future")]
    load(house, *lines)
    assert [at for _, _, _, at, _ in receipts(house)] == ["23 08:55"]


def test_a_longer_table_adds_what_is_new_in_it(house: House) -> None:
    load(house, *LINES)
    more = "3;22.11.2026;12:00;7;;Tea;;1;100;In the Centre"
    assert load(house, *LINES, more, source="drop:2") == {"receipts_new": 1, "receipts_same": 3, "unknown": 1}
    assert count(house, Receipt) == 4 and count(house, PurchaseLine) == 5


def test_rows_that_cannot_be_read_are_named_and_the_rest_counts(house: House) -> None:
    found = engine.compare(house, table(*LINES, "5;вчера;;;;Tea;;1;1;", "6;20.11.2026;;;;Tea;;1;много;"))
    assert [(one.field, one.reason.code, one.rows) for one in found.wrong] == [
        ("Дата", "date", (6,)), ("Сумма", "amount", (7,)),
    ]  # fmt: skip
    assert found.counts["receipts_new"] == 3


def test_killed_in_the_middle_it_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RECEIPTS_AT_ONCE", 1)
    seen: list[int] = []

    def killed(done: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.load(house, table(*LINES), "drop:1", "sold.csv", "olga", killed)
    assert count(house, Receipt) == 2
    counts = engine.load(house, table(*LINES), "drop:1", "sold.csv", "olga", seen.append)
    assert counts == {"receipts_new": 3, "unknown": 1} and seen == [1, 2, 3] and count(house, Receipt) == 3
    with house.reads() as session:
        kept = session.execute(select(CustomerLoad).where(col(CustomerLoad.source) == "drop:1")).scalar_one()
        assert (kept.done, kept.total, kept.applied_at) == (3, 3, NOW)


def test_two_who_load_the_same_table_are_told_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RECEIPTS_AT_ONCE", 1)
    over: list[Any] = []

    def another(done: int) -> None:
        if not over:
            over.append(load(house, *LINES))

    with pytest.raises(Refused) as refused:
        engine.load(house, table(*LINES), "drop:1", "sold.csv", "olga", another)
    assert refused.value.reason.code == "under_way" and count(house, Receipt) == 3


@pytest.mark.parametrize(
    ("head", "lines", "code"),
    [
        pytest.param("Чек;Товар", ("1;Tea",), "no_column", id="no date"),
        pytest.param("Дата;Товар", ("20.11.2026;Tea",), "no_column", id="no amount"),
        pytest.param("Дата;Сумма;Итого", ("20.11.2026;1;1",), "twice", id="two columns of one meaning"),
        pytest.param("Дата;Сумма", (), "no_rows", id="no rows"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(house: House, head: str, lines: tuple[str, ...], code: str) -> None:
    with pytest.raises(Refused) as refused:
        engine.compare(house, table(*lines, head=head))
    assert refused.value.reason.code == code


def test_with_another_key_no_receipt_would_be_known_again(house: House) -> None:
    with pytest.raises(Refused) as refused:
        load(replace(house, printed=lambda kind, value: "x"), *LINES)
    assert refused.value.reason.code == "other_key" and count(house, Receipt) == 0


def test_nobody_is_named_in_what_is_kept(house: House) -> None:
    load(house, "1;20.11.2026;;;+7 999 123-45-67;Tea;;1;5;", ";20.11.2026;;;+7 999 123-45-67;Tea;;1;5;")
    with house.reads() as session:
        kept = str([one.model_dump() for one in session.execute(select(Receipt)).scalars()])
    assert "9991234567" not in kept.replace(" ", "").replace("-", "")
