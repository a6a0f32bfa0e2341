"""People and outlets as flows: what Prefect shows of them, and what it must never show."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows.orders.absence import absence
from flows.orders.cashiers import cashiers
from flows.orders.invite import invite
from flows.orders.outlet import outlet
from flows.orders.person import person
from flows.orders.till_key import till_key
from integrations.channels.base import Call, Receipt
from models.cashier_orders import CashiersForm
from models.database import SetClock
from models.locale import spoken
from models.staff import AbsenceForm, InviteForm, OutletForm, PersonForm, TillKeyForm
from tasks.house import House, furnish
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished
from tests.tasks.people.test_engine import COMPANY

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


class Letters(FakeChannel):
    """Keeps what it was given to send."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Any] = []

    def act(self, call: Call) -> Receipt:
        self.letters.append(call.post)
        return super().act(call)


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)
        yield made


def test_people_and_outlets_are_changed_from_prefect_too(house: House, prefect: None) -> None:
    assert run(person, PersonForm(what="a new person", name="Vera", roles="author", person="anton")).name == "Done"  # type: ignore[arg-type]
    assert "Vera — is one of the department now" in artifact("order")
    refused = run(person, PersonForm(what="a new person", name="Eve", roles="admin", person="olga"))  # type: ignore[arg-type]
    assert refused.is_failed() and "may not manage people" in (refused.message or "")
    run(absence, AbsenceForm(who="Vera", first="+1", person="anton"))
    assert "Vera — is away from" in artifact("order")
    run(outlet, OutletForm(what="a new outlet", name="Cups in Cork", person="Anton"))
    run(till_key, TillKeyForm(person="Anton"))
    run(cashiers, CashiersForm(outlet="Cups in Cork", person="Anton"))
    assert "pair a device on the desk" in artifact("order")
    text = (house.root / "company.yaml").read_text()
    assert all(word in text for word in ("key: vera", "Cups in Cork", "person: vera")) and "Eve" not in text


def test_a_link_goes_to_the_person_and_stands_nowhere_in_prefect(house: House, prefect: None) -> None:
    mail = Letters()
    furnish(replace(house, mail=mail, mail_leaves=True))
    state = run(invite, InviteForm(who="olga", person="anton"))
    [letter] = mail.letters
    token = letter.link.rpartition("/")[2]
    assert len(token) >= 40 and letter.to == "olga@example.org"
    assert token not in artifact("order") and token not in str(state)
