"""What was dropped on the desk as flows in Prefect: a plan all the way to its versions, a feed, pictures, a table."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from flows.orders.approval import approval
from flows.orders.load_customers import LoadCustomersForm, load_customers
from flows.orders.load_pictures import LoadPicturesForm, load_pictures
from flows.orders.load_plan import LoadPlanForm, load_plan
from flows.orders.load_products import LoadProductsForm, load_products
from flows.orders.record_costs import CostsForm, record_costs
from flows.placement.a08_scheduled_posting import scheduled_posting
from models.customers import Customer
from models.database import SetClock
from models.delivery import Delivery
from models.locale import spoken
from models.piece import Rendition
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import COMPANY, furnished
from tests.tasks.costs.test_engine import FIRST, book
from tests.tasks.dropping.conftest import FEEDS, HEADER, MONEY, Dropping, feed, picture, plan

# Prefect leaves its clients' sockets to the garbage collector when a loop ends; a later test would be blamed for them.
pytestmark = [
    pytest.mark.prefect,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def dropping(prefect_server: None, database: Engine, tmp_path: Path) -> Iterator[Dropping]:
    async def register() -> None:
        for flow, tag in ((scheduled_posting, "A8"), (approval, "approval")):
            await (await flow.ato_deployment(name=tag, tags=[tag])).aapply()

    asyncio.run(register())
    house = furnished(
        tmp_path / "company",
        database,
        {"fake": FakeChannel(), "wall": FakeChannel()},
        SetClock(NOW),
        FEEDS,
        COMPANY + MONEY,
    )
    (house.root / "products.xml").write_bytes(feed(tea=450))
    with spoken("en"):
        yield Dropping(house)


def test_a_dropped_plan_goes_all_the_way_to_its_versions_and_times(dropping: Dropping) -> None:
    id = dropping.drop(
        my__csv=plan("1;25.11.2026;10:00;Tea;fake;", "2;26.11.2026;12:00;Milk;fake, wall;", header=HEADER)
    )
    ended = run(load_plan, LoadPlanForm(drop=id, left_out=["1"], person="Olga"))
    assert ended.name.startswith("Done") and "1 row of the plan is loaded" in artifact("order")
    with dropping.house.reads() as session:
        versions = list(session.execute(select(Rendition.account)).scalars())
        due = list(session.execute(select(Delivery.wall_time)).scalars())
    assert sorted(versions) == ["fake", "wall"] and due == ["2026-11-26T12:00"] * 2


def test_a_second_run_about_the_same_file_loads_nothing_twice(dropping: Dropping) -> None:
    id = dropping.drop(a__jpg=picture())
    for _ in range(2):
        assert run(load_pictures, LoadPicturesForm(drop=id, person="Olga")).name == "Done"
    late = run(load_pictures, LoadPicturesForm(drop=id, person="Vera"))
    assert (late.name, "Olga Author was first" in late.message) == ("Not done: 0 of 1", True)


def test_a_dropped_feed_and_a_dropped_table_are_taken_over(dropping: Dropping) -> None:
    id = dropping.drop(shop__yml=feed(tea=470))
    assert run(load_products, LoadProductsForm(drop=id, person="Olga")).name.startswith("Done")
    assert dropping.kept("products.xml") == feed(tea=470)
    id = dropping.drop(november__xlsx=book(FIRST))
    assert run(record_costs, CostsForm(what="tables", drop=id, person="Olga")).name == "Not done: 0 of 1"
    looked = run(record_costs, CostsForm(what="tables", drop=id, person="Vera", record=False))
    assert "1 row would be recorded; nothing has been yet." in looked.message
    assert (dropping.kept("expenses.xlsx"), dropping.row(id).state) == (None, "read")
    assert run(record_costs, CostsForm(what="tables", drop=id, person="Vera")).name == "Done"


def test_dropped_customers_are_loaded_and_prefect_is_told_numbers_only(dropping: Dropping) -> None:
    id = dropping.drop(base__csv=b"Code;Name;E-mail\n1;Oleg Petrov;oleg@mail.ru\n2;Ira;ira@mail.ru\n")
    ended = run(load_customers, LoadCustomersForm(drop=id, person="Olga"))
    told = artifact("order") + (ended.message or "")
    assert ended.name == "Done" and "2 new customers" in told
    assert not any(word in told for word in ("Petrov", "Ira", "mail.ru"))
    with dropping.house.reads() as session:
        assert sorted(session.execute(select(Customer.code)).scalars()) == ["1", "2"]
