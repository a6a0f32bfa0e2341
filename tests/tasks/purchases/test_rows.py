"""Receipts in the database: told again and again, and whose they are, also of those who come later."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from models.customers import Customer
from models.loyalty import Card, CardState
from models.purchases import PurchaseLine, Receipt
from tasks.loyalty.numbers import drawn
from tasks.purchases import rows
from tests.fakes import NOW
from tests.tasks.customers.test_matching import row
from tests.tasks.customers.test_rows import load as load_customers
from tests.tasks.purchases import tellings
from tests.tasks.purchases.tellings import Told

Sessions = sessionmaker[Session]
TEA, MILK = ("tea", "drinks", 1000, 45000), ("milk", "drinks", 500, 5000)
CARD = [("code", "1")]


def told(key: str, *lines: Any, whos: Sequence[tuple[str, str]] = CARD, hours: float = 0) -> Told:
    return Told(key, NOW + timedelta(hours=hours), "center", sum(line[3] for line in lines), whos, lines)


def printed(kind: str, value: str) -> str:
    return f"print of {kind} {value}"


def load(sessions: Sessions, *receipts: Told, id: int = 1) -> dict[str, int]:
    with sessions.begin() as session:
        return tellings.load(session, receipts, rows.Loading(id, printed))


def known(sessions: Sessions) -> list[Any]:
    with sessions() as session:
        lines = session.execute(select(PurchaseLine).order_by(col(PurchaseLine.receipt_id), col(PurchaseLine.n)))
        products: dict[int, list[str]] = {}
        for line in lines.scalars():
            products.setdefault(line.receipt_id, []).append(line.product)
        return [
            (one.key, one.customer_id, one.whose, one.amount, products[one.id or 0])
            for one in session.execute(select(Receipt).order_by(col(Receipt.id))).scalars()
        ]


@pytest.fixture
def somebody(sessions: Sessions) -> int:
    load_customers(sessions, [row(2, "1", "a@x.ru", "+7")])
    return 1


def test_receipts_are_told_once_and_again_changes_nothing(sessions: Sessions, somebody: int) -> None:
    assert load(sessions, told("a", TEA, MILK), told("b", MILK, whos=[])) == {"receipts_new": 2}
    assert known(sessions) == [("a", 1, "", 50000, ["tea", "milk"]), ("b", None, "", 5000, ["milk"])]
    assert load(sessions, told("a", TEA, MILK), told("b", MILK, whos=[]), id=2) == {"receipts_same": 2}


def test_a_receipt_that_is_told_otherwise_is_as_it_is_told_last(sessions: Sessions, somebody: int) -> None:
    load(sessions, told("a", TEA, MILK), told("b", TEA))
    assert load(sessions, told("a", MILK), told("b", TEA, hours=1), id=2) == {"receipts_changed": 2}
    assert [(key, amount, lines) for key, _, _, amount, lines in known(sessions)] == [
        ("a", 5000, ["milk"]), ("b", 45000, ["tea"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "whos",
    [[("code", "1")], [("phone", "+7")], [("email", "a@x.ru")], [("code", "9"), ("email", "a@x.ru")]],
    ids=["code", "phone", "email", "another way where one is not known"],
)
def test_a_buyer_is_known_by_whatever_names_them(sessions: Sessions, somebody: int, whos: Any) -> None:
    load(sessions, told("a", TEA, whos=whos))
    assert known(sessions)[0][1:3] == (somebody, "")


@pytest.mark.parametrize("state", CardState)
def test_a_buyer_is_known_by_the_card_that_we_gave_out_however_it_is_written(
    sessions: Sessions, somebody: int, state: CardState
) -> None:
    number = drawn(lambda below: 7)
    with sessions.begin() as session:
        session.add(Card(number=number, customer_id=somebody, state=state, made_at=NOW))
    spaced = f"{number[:1]} {number[1:7]}-{number[7:]}"
    load(sessions, told("a", TEA, whos=[("code", number)]), told("b", MILK, whos=[("code", spaced)]), told("c", TEA))
    assert [one[1:3] for one in known(sessions)] == [(somebody, "")] * 3
    with sessions() as session:
        assert rows.buyers(session, [("code", spaced), ("code", "1")]) == {
            ("code", spaced): somebody,
            ("code", "1"): somebody,
        }


def test_a_card_that_is_nobodys_any_more_names_nobody(sessions: Sessions, somebody: int) -> None:
    number = drawn(lambda below: 7)
    with sessions.begin() as session:
        session.add(Card(number=number, customer_id=None, state=CardState.BLOCKED, made_at=NOW))
    load(sessions, told("a", TEA, whos=[("code", number)]))
    assert known(sessions)[0][1:3] == (None, f"print of code {number}")


def test_who_is_not_known_yet_is_when_they_come(sessions: Sessions) -> None:
    assert load(sessions, told("a", TEA), told("b", TEA, whos=[("phone", "+9")])) == {"receipts_new": 2, "unknown": 2}
    assert [one[1:3] for one in known(sessions)] == [(None, "print of code 1"), (None, "print of phone +9")]
    load_customers(sessions, [row(2, "1", "a@x.ru")])
    assert [one[1:3] for one in known(sessions)] == [(1, ""), (None, "print of phone +9")]
    assert load(sessions, told("a", TEA), id=2) == {"receipts_same": 1}


def test_whose_it_was_stays_where_nobody_known_is_named(sessions: Sessions, somebody: int) -> None:
    load(sessions, told("a", TEA))
    assert load(sessions, told("a", TEA, whos=[("phone", "+9")]), id=2) == {"receipts_same": 1}
    assert known(sessions)[0][1] == somebody


def test_what_was_bought_stays_when_the_buyer_goes(sessions: Sessions, somebody: int) -> None:
    load(sessions, told("a", TEA))
    with sessions.begin() as session:
        session.delete(session.get_one(Customer, somebody))
    assert known(sessions) == [("a", None, "", 45000, ["tea"])]


def test_what_two_have_bought_who_are_one_is_ones(sessions: Sessions) -> None:
    load_customers(sessions, [row(2, "", "a@x.ru"), row(3, "1", "", "+7")])
    load(sessions, told("a", TEA, whos=[("email", "a@x.ru")]), told("b", MILK))
    load_customers(sessions, [row(2, "1", "a@x.ru")], 2)
    assert [one[1] for one in known(sessions)] == [2, 2]
