"""Customers from Prefect: the same orders by number, and nothing of anybody in what Prefect shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from flows.orders.consent import consent
from flows.orders.erase_customer import erase_customer
from flows.orders.stop_list import stop_list
from models.customer_orders import ConsentForm, EraseCustomerForm, StopListForm
from models.customers import ConsentAct, Customer
from models.database import SetClock
from models.desk.drop import AllAgreed
from models.locale import spoken
from tasks.customers import engine as loading
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished
from tests.tasks.customers.test_engine import sheet

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        loading.load(made, sheet(("1", "oleg@mail.ru", "", "Oleg Petrov")), AllAgreed(), "drop:1", "olga")
        yield made


def test_a_customer_is_looked_after_from_prefect_too(house: House, prefect: None) -> None:
    given = {"customer": 1, "date": "2026-11-20", "proof": "form 17", "person": "Olga"}
    assert run(consent, ConsentForm.model_validate(given | {"what": "согласие дано"})).name == "Done"
    assert "customer № 1, e-mail — written down" in artifact("order")
    named = run(consent, ConsentForm.model_validate(given | {"what": "the consent is given", "proof": "Petrov's form"}))
    assert named.is_failed() and "names the customer" in (named.message or "")
    run(stop_list, StopListForm(what="put into the stop-list", customer=1, person="olga", reason="asked"))
    assert "stands in the stop-list now" in artifact("order")
    refused = run(erase_customer, EraseCustomerForm(customer=1, sure=True, person="marina"))
    assert refused.is_failed() and "may not change customers" in (refused.message or "")
    run(erase_customer, EraseCustomerForm(customer=1, sure=True, person="olga"))
    assert "1 address removed" in artifact("order")
    with house.reads() as session:
        assert session.execute(select(func.count()).select_from(Customer)).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(ConsentAct)).scalar_one() == 1
    assert not any(word in (named.message or "") + artifact("order") for word in ("Petrov", "mail.ru"))
