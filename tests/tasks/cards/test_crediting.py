"""Points of receipts: whoever brings goods back loses what they gave and no more, whatever was told otherwise since."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.customer_orders import EraseCustomerForm
from models.customers import Customer
from models.database import SetClock
from models.purchases import Receipt
from models.registry import Fact
from tasks.cards import rows
from tasks.cards.crediting.engine import Upkeep
from tasks.cards.ledger.engine import Ledger
from tasks.cards.page.engine import Pages
from tasks.customers.record.engine import Records
from tasks.house import House
from tasks.loyalty.engine import Wanted
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.cards.test_engine import issue, program, receipt, token

CHANNELS: dict[str, Any] = {"fake": FakeChannel()}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    made = furnished(tmp_path, database, CHANNELS, clock)
    with made.sessions.begin() as session:
        session.add_all(Customer(name=name, created_at=NOW, changed_at=NOW) for name in ("Anna", "Oleg"))
    for customer in (1, 2):
        issue(made, customer=customer)
    return made


def points(house: House, customer: int = 1) -> int:
    ledger = Ledger(house)
    assert ledger.wrong() == ([], [])
    return ledger.balance(customer)


def told_otherwise(house: House, key: str, **said: Any) -> None:
    with house.sessions.begin() as session:
        found = session.execute(select(Receipt).where(Receipt.key == key)).scalar_one()  # type: ignore[arg-type]
        for name, value in said.items():
            setattr(found, name, value)


def test_whoever_buys_at_a_high_tier_and_brings_all_back_keeps_nothing(house: House) -> None:
    program(house, per="20", tiers="Gold: 5000: 10")
    receipt(house, "a", 1_000_000, days=0.1)
    assert Upkeep(house).count() == 1 and points(house) == 1000
    receipt(house, "a back", -1_000_000, days=0.2)
    assert Upkeep(house).count() == 1 and points(house) == 0


def test_what_was_bought_before_the_program_takes_nothing_when_it_comes_back(house: House) -> None:
    Ledger(house).add(Wanted("welcome", 1, 100))
    program(house, per="20")
    receipt(house, "old", 1_000_000, days=-3)
    receipt(house, "old back", -1_000_000, days=0.1)
    assert Upkeep(house).count() == 1 and points(house) == 100


def test_purchases_are_counted_before_what_comes_back_in_whatever_order_they_were_told(house: House) -> None:
    program(house, per="20")
    receipt(house, "back", -100_000, days=0.2)
    receipt(house, "bought", 100_000, days=0.1)
    assert Upkeep(house).count() == 2 and points(house) == 0


def test_what_could_not_be_taken_is_never_given(house: House) -> None:
    program(house, per="20")
    receipt(house, "a", 100_000, days=0.1)
    Upkeep(house).count()
    Ledger(house).spend(Wanted("spent", 1, 40))
    receipt(house, "back", -100_000, days=0.2)
    assert Upkeep(house).count() == 1 and points(house) == 0
    page = Pages(house).page(token(house))
    assert page is not None and [one.points for one in page.purchases] == [-10, 50]
    told_otherwise(house, "back", amount=-1)
    assert Upkeep(house).count() == 1 and points(house) == 10, "ten were taken, and ten come back"


def test_a_receipt_that_turns_out_to_be_anothers_is_the_others(house: House) -> None:
    program(house, per="20")
    receipt(house, "a", 100_000, days=0.1)
    Upkeep(house).count()
    told_otherwise(house, "a", customer_id=2)
    assert [Upkeep(house).count() for _ in range(2)] == [1, 0]
    assert (points(house, 1), points(house, 2)) == (0, 50)


@pytest.mark.parametrize("amount", [100_000, -100_000], ids=["bought", "brought back"])
def test_who_is_erased_meanwhile_gets_nothing_any_more(
    house: House, monkeypatch: pytest.MonkeyPatch, amount: int
) -> None:
    program(house, per="20")
    receipt(house, "a", amount, days=0.1)
    ask = rows.uncounted

    def asked(session: Session, *more: Any) -> Any:
        found = ask(session, *more)
        if found:
            session.expunge_all()
            session.rollback()
            Records(house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(rows, "uncounted", asked)
        Upkeep(house).count()
    assert points(house) == 0 and Upkeep(house).count() == 0


def test_a_return_of_long_ago_is_of_what_was_bought_before_it(house: House) -> None:
    program(house, per="20", tiers="Gold: 5000: 10", since=f"{NOW - timedelta(days=9):%d.%m.%Y}")
    receipt(house, "a", 100_000, days=-5)
    receipt(house, "a back", -100_000, days=-4)
    receipt(house, "b", 900_000, days=-3)
    assert Upkeep(house).count() == 3 and points(house) == 900


def test_days_on_which_the_house_did_not_run_are_told_with_the_next_one(house: House, clock: SetClock) -> None:
    ledger, began = Ledger(house), clock.at
    for day in (0, 1, 3):
        clock.at = began + timedelta(days=day)
        ledger.earn(Wanted(f"of {day}", 1, 10 + day))
        if day == 0:
            Upkeep(house).tell()
    clock.at = began + timedelta(days=4)
    Upkeep(house).tell()
    assert Upkeep(house).tell() == 0
    with house.reads() as session:
        given = select(Fact).where(Fact.metric == "points_given").order_by(Fact.observed_at)  # type: ignore[arg-type]
        found = [(one.observed_at - began, one.value) for one in session.execute(given).scalars()]
    assert [(days.days + 1, value) for days, value in found] == [(0, 10), (1, 11), (3, 13)]
