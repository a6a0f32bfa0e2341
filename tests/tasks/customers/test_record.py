"""The record of a customer: found by what is known of them, counted in one go, given out whole, erased for good."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, event, select

from models.customer_orders import EraseCustomerForm
from models.customers import Address, Barred, ConsentAct, Customer, Suppression
from models.database import SetClock
from models.desk.customers import reach_of
from models.desk.drop import AllAgreed
from models.purchases import PurchaseLine, Receipt
from models.tables import METADATA
from tasks.consents import rows as consents
from tasks.consents.engine import Consents
from tasks.customers import engine as loading
from tasks.customers.record import rows
from tasks.customers.record.asking import asked
from tasks.customers.record.engine import FOUND_MOST, Records
from tasks.customers.rows import ids
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.consents.test_engine import consent, stop
from tests.tasks.customers.test_engine import HEADER, NOBODY, PAPER, sheet

HEAD = (*HEADER, "Telegram", "City", "Birthday")
TELEGRAM, CITY, BIRTHDAY = "@Semyon_p", "Тверь", "05-17"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, clock)


def load(house: House, *told: tuple[Any, ...], source: str = "drop:1", agreed: AllAgreed = NOBODY) -> Counter[str]:
    return loading.load(house, sheet(*told, header=HEAD), agreed, source, "olga")


SEMYON = ("C-7", "Semyon@Mail.ru", "8 912 000-00-07", "Семён Ёлкин", *PAPER, TELEGRAM, CITY, "17.05")


def found(house: House, typed: str) -> list[int]:
    page = Records(house).page(typed)
    assert page.search is not None
    return [one.id for one in page.search.found]


@pytest.mark.parametrize(
    "typed",
    ["C-7", "SEMYON@mail.RU", "+7 912 000 00 07", "89120000007", "9120000007", "@semyon_P", "t.me/Semyon_p", "№ 1",
     "#1", "Семён", "семен ё", "СЕМЁН ЕЛК", "с", "  семён   ёлкин "],
)  # fmt: skip
def test_a_customer_is_found_by_whatever_is_known_of_them(house: House, typed: str) -> None:
    load(house, SEMYON, ("C-8", "ira@mail.ru", "", "Ира"))
    assert found(house, typed) == [1]


@pytest.mark.parametrize("typed", ["C-", "mail.ru", "912", "Ёлкин", "%", "С_мён", "[Сс]", "№ 3", "semyon@mail.r", "\\"])
def test_nobody_is_found_by_a_part_or_by_a_pattern(house: House, typed: str) -> None:
    load(house, SEMYON)
    assert found(house, typed) == []


def test_whoever_is_named_exactly_stands_first_and_a_long_list_is_cut(house: House) -> None:
    load(house, *((f"c{n}", "", "", f"Иван {n}") for n in range(FOUND_MOST)), ("иван", "", "", "Пётр"))
    page = Records(house).page("иван")
    assert page.search and page.search.is_cut and len(page.search.found) == FOUND_MOST
    assert page.search.found[0].name == "Пётр"
    assert Records(house).page("").search is None and found(house, "Иван 4") == [5, *range(41, 51)]


def test_what_is_asked_is_read_as_what_it_may_be() -> None:
    assert asked("  ", "RU") == asked("", "RU") and not asked("", "RU").begins
    assert [one.value for one in asked("8 912 000-00-07", "RU").addresses] == ["+79120000007"]
    assert asked("x" * 999, "RU").code == "x" * 200 and len(asked("x" * 999, "RU").begins) == 60


# Numbers.


def crowd(house: House, clock: SetClock) -> None:
    """Customers of every standing there is."""
    yes, no = PAPER, ("no", "yes", "05.01.2026", "form 1", "")
    load(house, *((f"a{n}", f"a{n}@mail.ru", f"891200001{n:02}", "", *yes) for n in range(9)))
    load(house, *((f"b{n}", f"b{n}@mail.ru", "", "", "yes") for n in range(4)), source="drop:2")
    load(house, ("d", "d@mail.ru", "89120000201", "", "", "yes", "05.01.2026", "form 1", ""), source="drop:3")
    load(house, ("a1", "a1@mail.ru", "", "", *no), ("a2", "a2@mail.ru", "", "", *PAPER[:4], "yes"), source="drop:4")
    consent(house, "the consent is withdrawn", date="", proof="", purpose="consent to personal data")
    with house.sessions.begin() as session:
        common = {"purpose": "advertising", "customer_id": 14, "recorded_at": NOW, "kind": "email", "wording": "",
                  "via": "", "source": "", "proof": "", "recorded_by": ""}  # fmt: skip
        print_ = house.printed("email", "d@mail.ru")
        consents.record(session, [
            common | {"once": "x", "act": "asked", "print": print_, "at": NOW},
            common | {"once": "y", "act": "given", "print": print_, "at": NOW + timedelta(days=1)},
        ])  # fmt: skip
        consents.bar(session, clock, [("email", house.printed("email", "a2@mail.ru"))], Barred.ERASED, "")
    follow(house, clock)


def follow(house: House, clock: SetClock) -> None:
    with house.sessions.begin() as session:
        consents.follow(session, clock, Address.id > 0)  # type: ignore[operator, arg-type]


def test_the_numbers_of_all_are_those_of_each(house: House, clock: SetClock) -> None:
    crowd(house, clock)
    with house.reads() as session:
        each = consents.reach(session, clock, sorted(ids(session)))
        assert rows.reach_of_all(session, clock) == each
        assert rows.total(session) == 14
    assert {why for _, why in each} == {"", "personal", "barred", "withdrawn", "asked", "not_agreed"}
    clock.at = NOW + timedelta(days=2)
    follow(house, clock)
    with house.reads() as session:
        assert rows.reach_of_all(session, clock) == consents.reach(session, clock, sorted(ids(session))) != each


def test_the_picture_shows_every_address_once(house: House, clock: SetClock) -> None:
    crowd(house, clock)
    kinds = Records(house).page().reach
    assert [(kind.kind.value, kind.total) for kind in kinds] == [("email", 14), ("phone", 10)]
    for kind in kinds:
        assert sum(share.number for share in kind.shares) == kind.total
        assert sum(share.share for share in kind.shares) == pytest.approx(100)
    assert kinds[0].shares[0].why == "" and kinds[0].may == kinds[0].shares[0].number
    assert reach_of({}) == ()


@pytest.fixture
def asked_for(database: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every question that is put to the database, with what it is filled in with."""
    told: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        told.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note)
    yield told
    event.remove(database, "before_cursor_execute", note)


def test_the_page_asks_no_more_of_a_large_base_than_of_a_small_one(
    house: House, clock: SetClock, asked_for: list[Any]
) -> None:
    load(house, SEMYON)
    counts = []
    for source in ("drop:2", "drop:3"):
        asked_for.clear()
        Records(house).page("C-7")
        counts.append(len(asked_for))
        load(house, *((f"{source} {n}", f"{n}@{source[-1]}mail.ru") for n in range(300)), source=source)
    assert counts[0] == counts[1] < 15


def test_of_no_address_is_a_whole_table_gone_through(house: House, clock: SetClock, asked_for: list[Any]) -> None:
    """What the database means to do: it walks through the addresses once, and asks indexes about each."""
    crowd(house, clock)
    asked_for.clear()
    with house.reads() as session:
        rows.reach_of_all(session, clock)
        [(statement, parameters)] = [one for one in asked_for if "consent_act" in one[0]]
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            walked = [line for line in plan if line.startswith("SCAN")]
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of tables this small any way is as good
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
            walked = [line for line in plan if "Seq Scan" in line]
        assert len(walked) <= 1 and all("address" in line for line in walked), plan
        assert sum("ix_consent_act_" in line for line in plan) >= 4, plan


# One record.


def test_a_record_holds_everything_on_one_page(house: House) -> None:
    load(house, SEMYON)
    stop(house, address="phone", why="on holiday")
    one = Records(house).record(1)
    assert one and one.profile == {
        "code": "C-7", "name": "Семён Ёлкин", "birthday": BIRTHDAY, "city": CITY,
    }  # fmt: skip
    assert {way.kind.value: way.objection.code for way in one.addresses} == {
        "email": "", "phone": "barred", "telegram": "",
    }  # fmt: skip
    assert len(one.acts) == 4 and not one.acts_cut and {act.recorded_by for act in one.acts} == {"Olga Author"}
    assert [(line.why, line.note, line.by) for line in one.stops] == [(Barred.BY_HAND, "on holiday", "Olga Author")]
    assert one.load and (one.load.file, one.load.by, one.source) == ("customers.csv", "Olga Author", "customers.csv")
    assert Records(house).record(2) is None
    short = Records(house).record(1, most=2)
    assert short and len(short.acts) == 2 and short.acts_cut


def test_an_address_they_had_before_is_said_to_be_former(house: House) -> None:
    load(house, SEMYON)
    load(house, ("C-7", "new@mail.ru"), source="drop:2")
    one = Records(house).record(1)
    assert one and [act.is_former for act in one.acts if act.kind == "email"] == [True]
    assert [way.objection.code for way in one.addresses if way.kind == "email"] == ["not_agreed"]


def test_everything_is_given_out_as_data_and_as_a_table(house: House) -> None:
    load(house, ("=1+1", *SEMYON[1:]))
    stop(house, address="phone")
    out = Records(house).given_out(1, "json")
    assert out and out.name == "customer-1.json"
    told = json.loads(out.content)
    assert (told["code"], told["name"], told["birthday"], told["city"]) == ("=1+1", "Семён Ёлкин", BIRTHDAY, CITY)
    assert {way["written"]: way["advertising"] for way in told["addresses"]} == {
        "Semyon@mail.ru": True, "+79120000007": False, TELEGRAM: True,
    }  # fmt: skip
    assert len(told["acts"]) == 4 and told["acts"][0]["proof"] == "form 12" and told["stops"][0]["why"] == "by_hand"
    out = Records(house).given_out(1, "xlsx")
    assert out and out.name == "customer-1.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(out.content))
    cells = [[cell for cell in row if cell] for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert ["code", "=1+1"] in cells and ["name", "Семён Ёлкин"] in cells and len(book.sheetnames) == 6
    assert any("Semyon@mail.ru; advertising may go there" in str(row) for row in cells)
    assert book.worksheets[0]["B3"].data_type == "s" and book.worksheets[1].max_row == 5
    assert Records(house).given_out(9, "json") is None


# Purchases.


def buys(house: House, number: int, day: int, *lines: tuple[str, int, int]) -> None:
    at = NOW.replace(day=day)
    amount = sum(paid for _, _, paid in lines)
    with house.sessions.begin() as session:
        receipt = Receipt(key=f"print {day}", customer_id=number, at=at, outlet="arbat", amount=amount)
        session.add(receipt)
        session.flush()
        session.add_all([
            PurchaseLine(receipt_id=receipt.id or 0, n=n, product=product, product_group="Чай", quantity=many,
                         amount=paid)
            for n, (product, many, paid) in enumerate(lines)
        ])  # fmt: skip


def test_what_a_customer_bought_is_shown_the_newest_first_and_cut(house: House) -> None:
    load(house, SEMYON, ("C-8", "ira@mail.ru", "", "Ира", *PAPER))
    buys(house, 1, 3, ("Улун", 1500, 75_000), ("Чашка", 2000, 90_000))
    buys(house, 1, 9, ("Улун", -500, -25_000))
    buys(house, 2, 5, ("Кофе", 1000, 40_000))
    one = Records(house).record(1, receipts=1)
    assert one and (one.bought.number, one.bought.amount, one.bought.is_cut) == (2, 140_000, True)
    assert [receipt.amount for receipt in one.bought.receipts] == [-25_000]
    assert one.bought.first_at == NOW.replace(day=3) and one.bought.last_at == NOW.replace(day=9)
    whole = Records(house).record(1)
    assert whole and not whole.bought.is_cut
    assert [line.product for line in whole.bought.receipts[1].lines] == ["Улун", "Чашка"]


def test_purchases_are_given_out_too(house: House) -> None:
    load(house, SEMYON)
    buys(house, 1, 3, ("=Улун", 1500, 75_050))
    out, data = Records(house).given_out(1, "xlsx"), Records(house).given_out(1, "json")
    assert out and data and json.loads(data.content)["bought"]["receipts"][0]["lines"][0]["amount"] == 75_050
    page = openpyxl.load_workbook(io.BytesIO(out.content)).worksheets[3]
    told = [cell.value for cell in page[2]]
    assert told[1:] == ["arbat", "=Улун", "Чай", "1.5", "750.5"] and page["C2"].data_type == "s"


def test_receipts_stay_when_their_customer_is_erased_and_are_nobodys(house: House) -> None:
    load(house, SEMYON)
    buys(house, 1, 3, ("Улун", 1000, 75_000))
    report = erase(house)
    assert "1 receipt stays" in report.lines[0].said
    with house.sessions() as session:
        receipt = session.execute(select(Receipt)).scalar_one()
        assert (receipt.customer_id, receipt.whose, receipt.amount) == (None, "", 75_000)


# Erasing.


def erase(house: House, id: int = 1, sure: bool = True, person: str = "olga") -> Any:
    return Records(house).erase(EraseCustomerForm(customer=id, sure=sure, person=person))


MARKERS = ("Семён", "Ёлкин", "semyon", "9120000007", CITY, BIRTHDAY, "C-7")


def mentions(engine: Engine, *markers: str) -> list[str]:
    """Every place in the database where one of these stands."""
    with engine.connect() as connection:
        rows_ = [(table.name, row) for table in METADATA.sorted_tables for row in connection.execute(select(table))]
    return [
        f"{name}.{column}" for name, row in rows_ for column, value in row._mapping.items()
        for marker in markers if marker.casefold() in str(value).casefold()
    ]  # fmt: skip


def test_whoever_is_erased_is_nowhere_in_the_database(house: House, database: Engine) -> None:
    load(house, SEMYON, ("C-8", "ira@mail.ru", "", "Ира", *PAPER))
    stop(house, address="phone")
    consent(house, date="2026-11-20", purpose="consent to personal data")
    assert len(mentions(database, *MARKERS)) >= len(MARKERS)
    report = erase(house)
    assert mentions(database, *MARKERS) == []
    assert mentions(database, "ира", "ira@mail.ru"), "the others stay"
    assert str(report.lines[0]) == (
        "customer № 1 — erased; 3 addresses removed; 5 lines of the ledger of consents stay: they name prints and a "
        "number, nobody; the stop-list remembers 3 prints, so that a table does not bring the addresses back."
    )
    assert found(house, "C-7") == [] == found(house, "semyon@mail.ru") == found(house, "Семён")
    with house.reads() as session:
        assert {act.proof for act in session.execute(select(ConsentAct)).scalars()} == {"form 12", "form 17"}


def test_a_table_does_not_bring_them_back(house: House) -> None:
    """Whichever of their addresses it names, or their code alone, and although one was barred before for a reason."""
    load(house, ("C-7", "old@mail.ru", *SEMYON[2:]))
    load(house, SEMYON, source="drop:2")
    stop(house, address="phone")
    erase(house)
    again = [("C-7", way, phone, "Семён") for way, phone in (
        ("semyon@mail.ru", ""), ("", "+79120000007"), ("old@mail.ru", ""), ("", ""),
    )]  # fmt: skip
    assert dict(load(house, *again, source="drop:3")) == {"erased": 4}
    with house.reads() as session:
        assert ids(session) == set()


def test_a_former_address_that_is_anothers_now_stays_theirs(house: House) -> None:
    load(house, ("C-7", "family@mail.ru", "", "Семён", *PAPER))
    load(house, ("C-7", "own@mail.ru"), ("C-8", "family@mail.ru", "", "Ира", *PAPER), source="drop:2")
    erase(house)
    with house.reads() as session:
        [way] = session.execute(select(Address)).scalars()
        assert (way.customer_id, way.value, way.open) == (2, "family@mail.ru", True)
        assert [line.kind for line in session.execute(select(Suppression)).scalars()] == ["email", "code"]


def test_the_number_of_whoever_was_erased_is_never_anothers(house: House) -> None:
    """The ledger goes on naming it: what they agreed to would be somebody else's consent."""
    load(house, SEMYON)
    erase(house)
    load(house, ("C-9", "new@mail.ru", "", "Мия"), source="drop:2")
    with house.reads() as session:
        [one] = session.execute(select(Customer)).scalars()
        assert one.id == 2
        assert consents.reach(session, house.clock, [2]) == {("email", "personal"): 1}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"sure": False}, "not_sure", id="not sure"),
        pytest.param({"id": 9}, "no_customer", id="nobody"),
        pytest.param({"person": "marina"}, "not_entitled", id="whoever may not"),
    ],
)
def test_nobody_is_erased_by_mistake(house: House, fields: dict[str, Any], code: str) -> None:
    load(house, SEMYON)
    assert erase(house, **fields).refusal.code == code
    with house.reads() as session:
        assert ids(session) == {1} and Consents(house)


def test_who_was_erased_before_is_not_erased_again(house: House) -> None:
    load(house, SEMYON)
    erase(house)
    assert erase(house).refusal.code == "no_customer"
    with house.reads() as session:
        assert len(list(session.execute(select(Suppression)).scalars())) == 4  # three addresses and a code
