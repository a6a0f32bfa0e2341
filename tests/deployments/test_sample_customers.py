"""The customers of the sample company: made anew they are the same, and what the sample says of them is so."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from deployments.sample import people
from deployments.sample.crowd import lots, names
from deployments.sample.crowd.country import EN, RU, Country
from models.content import Effect, Sheet
from models.customers import Address, AddressKind
from models.database import SetClock, connect
from models.desk.drop import AllAgreed
from tasks.content.sheets import read_sheet
from tasks.customers.columns import column_of
from tasks.customers.engine import load, rehearse
from tasks.customers.reading import CustomerRow, Given, read_customers
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, empty_database, furnished

TODAY = date(2026, 11, 22)
COUNTRIES = {"ru": "RU", "en": "IE"}
MOST_BYTES = 900_000
WRONG = [
    (41, "email", "email"), (86, "email", "several"), (131, "phone", "phone"), (176, "birthday", "date"),
    (221, "advertising", "no_date"), (266, "advertising", "no_proof"), (312, "advertising", "future"),
    (356, "advertising", "consent"), (585, "code", "nobody"),
]  # fmt: skip
COUNTS = {"new": 5000, "changed": 2, "same": 1, "unread": 1, "taken": 1, "agreed": 10479, "refused": 141}
REACH = {
    "email": {"": 2960, "barred": 80, "not_agreed": 808, "personal": 400},
    "phone": {"": 2052, "barred": 52, "not_agreed": 602, "personal": 294},
    "telegram": {"": 268, "barred": 9, "not_agreed": 80, "personal": 44},
}
DESIGNED = 0.78 * 0.90 * 0.98  # agreed to advertising, and to the use of personal data, and did not unsubscribe


@pytest.fixture(params=[RU, EN], ids=["ru", "en"])
def country(request: pytest.FixtureRequest) -> Country:
    return request.param  # type: ignore[no-any-return]


def kept(country: Country) -> bytes:
    return Path(people.HERE / country.folder / "customers.csv").read_bytes()


@pytest.fixture
def fresh_house(tmp_path: Path) -> Iterator[Callable[[Country], House]]:
    (tmp_path / "otdel.sqlite").write_bytes(empty_database())
    engine = connect(f"sqlite:///{tmp_path / 'otdel.sqlite'}")
    yield lambda country: settled(country, tmp_path, engine)
    engine.dispose()


def sheet_of(country: Country) -> Sheet:
    sheet, problems = read_sheet(kept(country), "customers.csv", lambda cell: bool(column_of(cell)))
    assert sheet is not None, problems
    return sheet


def read(country: Country) -> tuple[list[CustomerRow], list[tuple[int, str, str]]]:
    found, problems = read_customers(sheet_of(country), TODAY, COUNTRIES[country.folder], Given())
    assert [problem.place.row for problem in problems if problem.effect is not Effect.NOTE] == [585]
    return found, [(one.place.row, column_of(one.place.field), one.reason.code) for one in problems]


def test_made_anew_the_tables_are_the_same_byte_for_byte(country: Country) -> None:
    assert people.table(country) == kept(country)
    assert len(kept(country)) < MOST_BYTES


def test_a_spreadsheet_of_the_country_opens_them(country: Country) -> None:
    head = kept(country)[:1000]
    assert head.startswith(b"\xef\xbb\xbf") is (country is RU)
    assert head.partition(b"\r\n")[0].count(country.delimiter.encode()) == len(country.fields) - 1
    assert [column_of(heading) for heading in country.fields.values()] == list(country.fields)


def test_what_is_wrong_in_them_is_what_the_sample_says_and_nothing_else(country: Country) -> None:
    found, wrong = read(country)
    assert wrong == WRONG
    assert len(found) == people.NUMBER + 3, "three rows stand there once more, and one says nobody"
    told = (people.HERE / country.folder / "README.md").read_text("utf-8")
    rows = {row for row, _, _ in WRONG} | {401, 447, 493, 539}
    section = told.partition("customers.csv`:")[2]
    assert {int(row) for row in re.findall(r"(?m)^  - (\d+)", section)} == rows


def test_nobody_can_be_reached_by_them(country: Country) -> None:
    """Reserved domains; a code without an operator, or numbers kept for drama; names that Telegram gives to nobody."""
    by_kind: dict[AddressKind, list[str]] = {kind: [] for kind in AddressKind}
    for row in read(country)[0]:
        for one in row.addresses:
            by_kind[one.kind].append(one.value)
    assert {value.rpartition("@")[2] for value in by_kind[AddressKind.EMAIL]} == set(people.DOMAINS)
    nobodys = r"\+7974000\d{4}" if country is RU else r"\+44(2079460|(113|121|131|141|161)4960)\d{3}"
    assert all(re.fullmatch(nobodys, value) for value in by_kind[AddressKind.PHONE])
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(value)) for value in by_kind[AddressKind.PHONE][:200])
    assert all("__" in value for value in by_kind[AddressKind.TELEGRAM])


def test_so_many_of_them_have_what_they_were_to_have(country: Country) -> None:
    rows = list(people.Crowd(country).rows())
    filled = Counter(field for row in rows for field, said in row.items() if said)
    hundredths = {field: round(100 * filled[field] / len(rows)) for field in country.fields}
    assert hundredths | {"code": 96, "refused": 2} == hundredths
    assert [hundredths[field] for field in ("email", "phone", "telegram", "birthday")] == [85, 60, 8, 70]
    said = Counter(row["advertising"] for row in rows)
    assert round(100 * said[country.yes] / len(rows)) == 78 and said[country.no] > 400
    assert hundredths["personal"] == 90 and hundredths["proof"] == hundredths["agreed_on"] == 98
    outlets = Counter(row["outlet"] for row in rows if row["outlet"])
    assert set(outlets) == {key for key, _ in people.Crowd(country).outlets} and min(outlets.values()) > 500


def settled(country: Country, root: Path, engine: Engine) -> House:
    company = COMPANY.replace("synthetic: true", f"synthetic: true\ncountry: {COUNTRIES[country.folder]}")
    return furnished(root, engine, {"fake": FakeChannel()}, SetClock(NOW), company=company)


def test_loaded_they_may_be_written_to_as_designed(country: Country, fresh_house: Callable[[Country], House]) -> None:
    found = rehearse(fresh_house(country), sheet_of(country), AllAgreed(), "olga")
    assert (found.counts, found.reach, found.unknown) == (COUNTS, REACH, ())
    assert abs(REACH["email"][""] / sum(REACH["email"].values()) - DESIGNED) < 0.02


def test_loading_them_comes_to_what_was_said(tmp_path: Path, database: Engine) -> None:
    house = settled(RU, tmp_path, database)
    assert load(house, sheet_of(RU), AllAgreed(), "file:sample:0", "olga") == COUNTS
    with house.reads() as session:
        open_ = session.execute(select(func.count()).where(col(Address.open), col(Address.kind) == "email")).scalar()
        assert open_ == REACH["email"][""]


def test_lots_are_exact_and_fall_alike_everywhere() -> None:
    assert (lots.lot("e-mail", 1), lots.lot("e-mail", 2)) == (4990179652977516924, 12674682417508105338)
    assert len(lots.share("any", 85, range(1, 5001))) == 4250
    assert lots.share("any", 10, range(100)) < lots.share("any", 20, range(100))
    assert (names.of_a_woman("Белинский"), names.of_a_woman("Ильин"), names.of_a_woman("Шевченко")) == (
        "Белинская", "Ильина", "Шевченко",
    )  # fmt: skip
    assert (names.latin("Щербаков"), names.latin("Ильин"), names.latin("O'Brien")) == ("scherbakov", "ilin", "obrien")
