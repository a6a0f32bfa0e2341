"""The company's tables load by themselves: once for each contents, killed or twice at once, and never to great harm."""

import signal
import subprocess
import sys
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from models.customers import Address, ConsentAct, Customer, CustomerLoad
from models.database import SetClock
from models.dropped import DroppedFile, DropState
from models.piece import OfferRow
from models.purchases import PurchaseLine, Receipt
from models.reaction import Notice
from models.registry import Fact
from tasks.dropping import rows as drops
from tasks.dropping.applying import engine as applying
from tasks.house import House
from tasks.tables.engine import LOCK, Tables
from tasks.tables.told import Fate, TableTold
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished

ROOT = Path(__file__).parents[3]
TABLES = 'tables:\n  customers: [customers.csv]\n  purchases: [purchases.csv, "tills/*.csv"]\n'
HEAD = "Code,E-mail,Name,Consent,Consent to personal data,Consent date,Proof"
BOUGHT = "Receipt,Date,Time,Card,Product,Quantity,Amount"


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return house_of(tmp_path / "company", database)


def house_of(root: Path, database: Engine, company: str = TABLES) -> House:
    return furnished(root, database, {"fake": FakeChannel()}, SetClock(NOW), company=f"{COMPANY}{company}")


def customers(
    house: House, number: int = 3, said: str = "yes", name: str = "Oleg", file: str = "customers.csv"
) -> None:
    rows = [f"{n},{n}@mail.ru,{name} {n},{said},{said},2026-01-05,form {n}" for n in range(number)]
    (house.root / file).write_text("\n".join([HEAD, *rows, ""]), "utf-8")


def bought(house: House, number: int = 3, amount: int = 90, file: str = "purchases.csv", first: int = 0) -> None:
    rows = [f"{n},2026-11-20,10:15,{n % 3},Tea,1,{amount}" for n in range(first, first + number)]
    (house.root / file).parent.mkdir(exist_ok=True)
    (house.root / file).write_text("\n".join([BOUGHT, *rows, ""]), "utf-8")


def load(house: House) -> dict[str, TableTold]:
    return {one.file: one for one in Tables(house, "run-1").load()}


def fates(house: House) -> dict[str, str]:
    return {file: told.fate.value for file, told in load(house).items()}


def count(house: House, table: type[Any], *where: Any) -> int:
    with house.reads() as session:
        return session.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def facts(house: House) -> dict[tuple[str, str], int]:
    with house.reads() as session:
        found = session.execute(select(Fact).where(col(Fact.subject_kind) == "table")).scalars()
        return {(one.subject_id, one.metric): one.value or 0 for one in found}


def dropped(house: House) -> DroppedFile:
    with house.reads() as session:
        return session.execute(select(DroppedFile)).scalar_one()


def test_what_has_changed_is_loaded_and_what_has_not_is_left(house: House) -> None:
    customers(house)
    bought(house)
    told = load(house)
    assert {file: (one.fate, dict(one.counts)) for file, one in told.items()} == {
        "customers.csv": (Fate.LOADED, {"new": 3, "agreed": 6}), "purchases.csv": (Fate.LOADED, {"receipts_new": 3}),
    }  # fmt: skip
    assert count(house, Receipt, col(Receipt.customer_id).is_not(None)) == 3, "customers come before what they bought"
    assert fates(house) == {"customers.csv": "same", "purchases.csv": "same"}
    customers(house, 4)
    assert fates(house) == {"customers.csv": "loaded", "purchases.csv": "same"}
    assert count(house, Customer) == 4 and count(house, CustomerLoad) == 3


def test_contents_that_come_back_are_loaded_again(house: House) -> None:
    """Not gone on with, though they were loaded before: what stood there meanwhile has changed the same people."""
    for name, expected in (("Oleg", {"new": 3, "agreed": 6}), ("Ira", {"changed": 3}), ("Oleg", {"changed": 3})):
        customers(house, name=name)
        assert load(house)["customers.csv"].counts == expected
    with house.reads() as session:
        assert "Oleg 0" in session.execute(select(Customer.name)).scalars().all()


def test_a_pattern_means_every_file_of_it(house: House) -> None:
    customers(house)
    bought(house)
    bought(house, 2, file="tills/2.csv", first=20)
    bought(house, 2, file="tills/1.csv", first=10)
    (house.root / "tills" / ".hidden.csv").write_text("no table")
    assert list(load(house)) == ["customers.csv", "purchases.csv", "tills/1.csv", "tills/2.csv"]
    assert count(house, Receipt) == 7
    assert list(load(house).values()) == [TableTold(file=file) for file in load(house)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(None, "There is no file customers.csv in the company's folder", id="absent"),
        pytest.param(b"", "There is no table in the file", id="empty"),
        pytest.param(b"Shoe size\n43\n", "no column", id="nobody's columns"),
        pytest.param(HEAD.encode(), "There is no row under the headings", id="no rows"),
        pytest.param(b"Code,Name\n,Oleg Hidden\n", "Nobody can be known by a single row", id="nobody"),
        pytest.param(b"PK\x03\x04 no workbook", "The spreadsheet is damaged", id="no workbook"),
    ],
)
def test_a_table_that_cannot_be_read_says_so_and_stops_no_other(house: House, data: bytes | None, said: str) -> None:
    bought(house)
    if data is not None:
        (house.root / "customers.csv").write_bytes(data)
    told = load(house)
    assert told["customers.csv"].fate is Fate.REFUSED and told["purchases.csv"].fate is Fate.LOADED
    [remark] = told["customers.csv"].ending.remarks
    assert remark.startswith("customers.csv: ") and said in remark and "Hidden" not in remark
    assert fates(house) == {"customers.csv": "refused", "purchases.csv": "same"}, "said until it is mended"


def test_a_table_of_something_else_and_a_path_that_leads_out_are_refused(house: House, tmp_path: Path) -> None:
    customers(house, file="purchases.csv")
    (tmp_path / "outside.csv").write_text(HEAD)
    (house.root / "customers.csv").symlink_to(tmp_path / "outside.csv")
    told = load(house)
    assert "leads out of the company's folder" in str(told["customers.csv"].reason)
    assert told["purchases.csv"].fate is Fate.REFUSED and count(house, Receipt) == 0


def test_rows_that_are_wrong_are_left_out_and_said(house: House) -> None:
    customers(house)
    bought(house)
    with (house.root / "purchases.csv").open("a") as file:
        file.write("9,yesterday,,1,Tea,1,90\n")
    told = load(house)["purchases.csv"]
    assert (told.fate, told.left_out, [(one.field, one.rows) for one in told.wrong]) == (
        Fate.LOADED,
        1,
        [("Date", (5,))],
    )
    assert told.ending.remarks == ("purchases.csv: 1 row was left out until it is mended.",)
    assert facts(house)["purchases.csv", "rows_left_out"] == 1


def test_the_registry_is_told_once_and_of_numbers_only(house: House) -> None:
    customers(house)
    bought(house)
    load(house)
    expected = {("customers.csv", "customers_new"): 3, ("purchases.csv", "receipts_new"): 3}
    assert facts(house) == expected
    load(house)
    assert facts(house) == expected and count(house, Fact, col(Fact.run) == "run-1") == 2


def test_where_no_product_is_known_yet_the_feed_is_read_first(tmp_path: Path, database: Engine) -> None:
    feeds = "sources:\n  - {key: shop, title: Shop, kind: products, path: products.xml}\n"
    house = furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW), feeds, f"{COMPANY}{TABLES}")
    (house.root / "products.xml").write_text(
        '<yml_catalog><shop><categories><category id="1">Leaves</category></categories><offers><offer id="7">'
        "<name>Tea</name><price>90</price><currencyId>RUB</currencyId><categoryId>1</categoryId></offer></offers>"
        "</shop></yml_catalog>"
    )
    bought(house)
    assert load(house)["purchases.csv"].fate is Fate.LOADED
    with house.reads() as session:
        assert session.execute(select(OfferRow.name)).scalars().all() == ["Tea"]
        assert set(session.execute(select(PurchaseLine.product_group)).scalars()) == {"Leaves"}


def test_what_would_close_many_addresses_waits_for_a_persons_yes(house: House) -> None:
    customers(house, 40)
    load(house)
    customers(house, 40, said="no")
    told = load(house)["customers.csv"]
    row = dropped(house)
    link = f"https://staff.example/staff/drop/{row.id}"
    assert told.ending.remarks == (
        "customers.csv: It has not been loaded, because it would close 40 of 40 addresses that may be written to. "
        f"Look at it on the desk and say yes or no: {link}",
    )
    assert count(house, Address, col(Address.open)) == 40 and row.state == DropState.READ
    assert row.found["counts"]["withdrawn"] == 80 and row.found["lost"] == 40
    with house.reads() as session:
        called = session.execute(select(Notice).order_by(col(Notice.person))).scalars().all()
    assert [(one.person, one.link) for one in called] == [(who, link) for who in ("gleb", "olga", "vera")]
    assert fates(house)["customers.csv"] == "asked" and count(house, DroppedFile) == 1 and count(house, Notice) == 3
    report = applying.load_customers(house, row.id or 0, "", "olga")
    assert report.lines[0].done and count(house, Address, col(Address.open)) == 0
    assert fates(house)["customers.csv"] == "same", "a person has loaded it"
    customers(house, 40)
    assert fates(house)["customers.csv"] == "loaded", "and what stood there before is another table now"


def test_what_a_person_puts_aside_is_not_asked_about_again(house: House) -> None:
    customers(house, 40)
    load(house)
    customers(house, 40, name="Ira")
    assert "would change 40 of 40 customers" in str(load(house)["customers.csv"].reason)
    with house.sessions.begin() as session:
        drops.leave(session, dropped(house).id or 0)
    assert fates(house)["customers.csv"] == "aside" and count(house, DroppedFile) == 1
    customers(house, 41, name="Oleg")
    assert load(house)["customers.csv"].counts == {"new": 1, "same": 40, "agreed": 2}


def test_receipts_that_are_rewritten_wait_and_new_ones_do_not(house: House) -> None:
    customers(house)
    bought(house, 30)
    load(house)
    bought(house, 200)
    assert load(house)["purchases.csv"].counts == {"receipts_new": 170, "receipts_same": 30}
    bought(house, 200, amount=91)
    told = load(house)["purchases.csv"]
    assert told.fate is Fate.ASKED and "would change 200 of the 200 receipts" in str(told.reason)
    with house.reads() as session:
        assert set(session.execute(select(Receipt.amount)).scalars()) == {9000}


def test_who_was_killed_before_anybody_looked_has_it_looked_at_again(house: House) -> None:
    customers(house, 40)
    load(house)
    customers(house, 40, said="no")
    load(house)
    with house.sessions.begin() as session:
        session.get_one(DroppedFile, dropped(house).id).state = DropState.RECEIVED
    assert fates(house)["customers.csv"] == "asked" and dropped(house).state == DropState.READ


KILLED = """
import sys
from pathlib import Path
from models.database import connect
from tasks.customers import engine
from tasks.tables.engine import Tables
from tests.tasks.tables.test_engine import house_of
engine.ROWS_AT_ONCE = 100
def tick(done):
    if done == 300:
        print("in the middle", flush=True)
        sys.stdin.read()
Tables(house_of(Path(sys.argv[2]), connect(sys.argv[1])), tick=tick).load()
"""


def test_who_is_killed_in_the_middle_is_gone_on_with(house: House, database_url: str) -> None:
    """And is not held for a table that changes many: half of its own rows are known by now."""
    customers(house, 1000)
    bought(house)
    killed = subprocess.Popen([sys.executable, "-c", KILLED, database_url, str(house.root)], cwd=ROOT, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert killed.stdout is not None
    assert killed.stdout.readline() == "in the middle\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert count(house, Customer) == 300 and count(house, Receipt) == 0
    told = load(house)
    assert told["customers.csv"].counts == {"new": 1000, "agreed": 2000} and told["purchases.csv"].fate is Fate.LOADED
    assert (count(house, Customer), count(house, ConsentAct), count(house, CustomerLoad)) == (1000, 2000, 2)
    assert facts(house)["customers.csv", "customers_new"] == 1000


def test_of_two_at_once_one_loads_and_the_other_finds_it_done(house: House) -> None:
    customers(house, 50)
    bought(house, 50)
    told: Queue[dict[str, str]] = Queue()
    threads = [Thread(target=lambda: told.put(fates(house))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told.get()["customers.csv"] for _ in threads) == ["loaded", "same"]
    assert (count(house, Customer), count(house, Receipt), count(house, CustomerLoad)) == (50, 50, 2)


def test_whoever_waits_too_long_for_another_says_so_and_loads_nothing(house: House, monkeypatch: Any) -> None:
    import fcntl

    monkeypatch.setattr("tasks.tables.engine.PATIENCE_SECONDS", 0.0)
    customers(house)
    house.var.mkdir(exist_ok=True)
    with (house.var / LOCK).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        told = load(house)
    assert "Another run is loading it just now" in str(told["customers.csv"].reason) and count(house, Customer) == 0


def test_a_company_that_names_no_table_loads_none(tmp_path: Path, database: Engine) -> None:
    house = house_of(tmp_path, database, "")
    customers(house)
    assert load(house) == {} and count(house, Customer) == 0
