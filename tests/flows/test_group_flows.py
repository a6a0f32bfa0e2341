"""Customer groups from Prefect: built, corrected, made and shown, by keys and numbers only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from flows.mailings.c01_customer_groups import mailing_groups
from flows.programs.b01_customer_groups import customer_groups
from models.database import SetClock
from models.desk.drop import AllAgreed
from models.group_orders import GroupsForm, MailingGroupsForm
from models.locale import spoken
from models.registry import Fact
from tasks.customers import engine as loading
from tasks.groups.figures.rows import of_customer
from tasks.groups.ready import BY_TITLE
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import COMPANY, furnished
from tests.tasks.customers.test_engine import sheet

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        table = sheet(("1", "oleg@mail.ru", "", "Oleg Petrov"), ("2", "", "8 912 000-00-01", "Ira"))
        loading.load(made, table, AllAgreed(), "drop:1", "olga")
        yield made


def test_groups_are_formed_and_corrected_from_prefect(house: House, prefect: None) -> None:
    assert run(customer_groups).name == "Nothing to do"
    assert "There is no customer group yet" in artifact("customer-groups")
    made = GroupsForm.model_validate({"what": "создать готовую группу", "ready": "Без покупок", "person": "Olga"})
    assert run(customer_groups, made).name == "Done"
    assert "“Without purchases” — is made." in artifact("order")
    assert "| Without purchases (without-purchases) | 2 | 2 | 0 |" in artifact("customer-groups")
    nobody = run(customer_groups, GroupsForm(what="remove by hand", group="without-purchases", customer=1, reason="x"))
    assert nobody.is_failed() and "There is no person" in (nobody.message or "")
    removed = {"what": "remove by hand", "group": "Without purchases", "customer": 1, "person": "olga"}
    unsaid = run(customer_groups, GroupsForm.model_validate(removed))
    assert unsaid.is_failed() and "Say why" in (unsaid.message or "")
    named = run(customer_groups, GroupsForm.model_validate(removed | {"reason": "Oleg Petrov has asked"}))
    assert named.is_failed() and "Petrov" not in (named.message or "") + artifact("order")
    assert run(customer_groups, GroupsForm.model_validate(removed | {"reason": "a colleague"})).name == "Done"
    assert "| Without purchases (without-purchases) | 1 | 0 | 1 |" in artifact("customer-groups")
    with house.reads() as session:
        assert [key for key, _, _ in of_customer(session, 2)] == ["without-purchases"]
        assert of_customer(session, 1) == []
        operations = session.execute(select(col(Fact.operation)).distinct()).scalars().all()
    assert operations == ["B1"]
    undone = run(customer_groups, GroupsForm.model_validate(removed | {"what": "undo a correction"}))
    assert undone.name == "Done"
    unknown = run(customer_groups, GroupsForm(group="nobody"))
    assert unknown.is_failed() and "There is no customer group “nobody”" in (unknown.message or "")


def test_whom_mailings_would_reach_is_shown_with_the_reasons(house: House, prefect: None) -> None:
    run(customer_groups, GroupsForm(what="make a ready group", ready="Without purchases", person="olga", control=10))
    assert run(mailing_groups, MailingGroupsForm()).name == "Done"
    said = artifact("mailing-groups")
    assert "| without-purchases | e-mail | 0 | no consent to personal data: 1; no such address: 1 |" in said
    assert run(mailing_groups, MailingGroupsForm(what="only show", ground="service message")).name == "Done"
    assert "| without-purchases | e-mail | 1 | no such address: 1 |" in artifact("mailing-groups")
    shown = said + artifact("mailing-groups") + artifact("customer-groups") + artifact("order")
    assert not any(word in shown for word in ("Petrov", "mail.ru", "912", "Ira"))
    with house.reads() as session:
        assert {"B1", "C1"} == set(session.execute(select(col(Fact.operation))).scalars())


NAMED = """\
ready_groups: [without-purchases, loyal]
tables: {customers: [customers.csv], purchases: [purchases.csv]}
"""


def test_the_companys_tables_are_loaded_before_the_groups_are_built(
    database: Engine, tmp_path: Path, prefect: None
) -> None:
    with spoken("en"):
        house = furnished(
            tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=f"{COMPANY}{NAMED}"
        )
        (house.root / "customers.csv").write_text("Code,E-mail,Name\n1,oleg@mail.ru,Oleg Petrov\n2,,Ira\n,,Anna\n")
        without = run(customer_groups, GroupsForm(tables=False))
        assert without.name == "Done" and "| Without purchases (without-purchases) | 0 |" in artifact("customer-groups")
        done = run(customer_groups)
        assert done.name == "Done with remarks: 3 of 4"
        assert "purchases.csv: There is no file purchases.csv in the company's folder." in (done.message or "")
        assert "customers.csv: 1 row was left out: nobody can be known by it." in (done.message or "")
        said = artifact("company-tables")
        assert "### customers.csv\n\nLoaded: 3 rows.\n\n- new customers: 2\n" in said
        assert "| Without purchases (without-purchases) | 2 | 2 | 0 |" in artifact("customer-groups")
        assert not any(word in said + str(done.message) for word in ("Petrov", "mail.ru", "Ira", "Anna"))
        (house.root / "customers.csv").write_text("Code\n3\n")
        run(customer_groups, GroupsForm(what="only show"))
        assert artifact("company-tables") == said


def test_every_ready_group_may_be_chosen_in_the_form() -> None:
    offered = GroupsForm.model_fields["ready"].rebuild_annotation()
    assert set(BY_TITLE) == set(offered.__args__[0].__args__ if hasattr(offered, "__metadata__") else offered.__args__)
