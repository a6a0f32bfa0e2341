"""`otdel import customers`: what it shows beforehand comes true, a kill costs nothing, and no answer names anybody."""

import csv
import io
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select

from deployments.cli import office
from deployments.screen import Screen
from deployments.secrets import ensure_secrets
from deployments.settings import read_settings
from models.customers import Address, ConsentAct, Customer, CustomerLoad
from models.database import reading
from tasks.customers import engine
from tests.deployments.cli.conftest import Otdel, Town

HEADER = (
    "Card", "Name", "Phone", "E-mail", "Consent", "Personal data consent", "Consent date", "Proof", "Unsubscribed",
    "Shoe size",
)  # fmt: skip
PAPER = ("yes", "yes", "2026-01-05", "form 12")
ROWS = (
    ("1", "Oleg Hidden", "8 912 000-00-01", "oleg@hidden.ru", *PAPER),
    ("2", "Ira Hidden", "", "ira@hidden.ru", "yes"),
    ("3", "Mia Hidden", "", "mia@hidden.ru", *PAPER, "yes"),
    ("4", "Ann Hidden", "", "oleg@hidden.ru"),
    ("5", "Max Hidden", "12", "max(at)hidden.ru"),
    ("", "Nobody Hidden"),
)
FOUND = {"new": 5, "agreed": 5, "refused": 1, "taken": 1, "unread": 1}


@pytest.fixture(autouse=True)
def keyed(town: Town) -> None:
    """A house that has been started has its secrets; they are made before there is a database."""
    database, aside = town.root / "var" / "otdel.sqlite", town.root / "var" / "aside"
    database.rename(aside)
    ensure_secrets(read_settings())
    aside.rename(database)


Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def write(rows: Sequence[Sequence[str]] = ROWS, header: Sequence[str] = HEADER, name: str = "base.csv") -> Path:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *(tuple(row) + ("",) * (len(header) - len(row)) for row in rows)])
        (tmp_path / name).write_text(text.getvalue(), "utf-8")
        return tmp_path / name

    return write


def kept(town: Town, what: type[Any]) -> list[Any]:
    with reading(town.engine) as session:
        return list(session.execute(select(what).order_by(what.id)).scalars())


def test_without_apply_it_says_what_it_would_come_to_and_changes_nothing(
    town: Town, otdel: Otdel, table: Table
) -> None:
    said = otdel("import", "customers", str(table()), "--json")
    assert said.code == 1
    assert (said.data["applied"], said.data["rows"], said.data["counts"]) == (False, 6, FOUND)
    assert said.data["reach"] == {"email": {"": 1, "personal": 1, "barred": 1}, "phone": {"": 1}}
    assert said.data["unknown"] == ["Shoe size"] and "Card" in said.data["columns"]
    places = [problem.partition(". ")[0] for problem in said.data["problems"]]
    assert places == [
        "Column “Consent”, 1 row: 3", "Column “E-mail”, 1 row: 6", "Column “Phone”, 1 row: 6",
        "Column “Card”, 1 row: 7 (row left out)",
    ]  # fmt: skip
    assert "Write it as name@example.com." in said.data["problems"][1]
    assert kept(town, Customer) == kept(town, CustomerLoad) == kept(town, ConsentAct) == []


def test_it_says_so_in_words_in_both_languages(otdel: Otdel, table: Table) -> None:
    said = otdel("import", "customers", str(table())).text
    lines = {" ".join(line.split()) for line in said.splitlines()}
    assert {"base.csv: rows 6", "5 new customers", "e-mail: 3", "1 may be written to", "1 in the stop-list"} <= lines
    assert "1 no consent to the use of personal data" in lines
    assert said.strip().endswith("Not applied yet: add --apply.")
    russian = otdel("import", "customers", str(table()), language="ru").text
    assert "base.csv: строк 6" in russian and "--apply" in russian and "1 строка: 7" in russian
    assert "may be" not in russian and "new customers" not in russian


def test_no_answer_and_nothing_on_the_way_says_who_stands_in_it(town: Town, otdel: Otdel, table: Table) -> None:
    for asked in ((), ("--json",), ("--apply",), ("--apply", "--json")):
        told = otdel("import", "customers", str(table()), *asked).text.lower()
        assert "hidden" not in told and "912" not in told, asked
    assert not any(b"hidden" in path.read_bytes() for path in (town.root / "var").glob(".rehearsals/**/*"))


def test_applied_it_comes_to_what_was_said(town: Town, otdel: Otdel, table: Table) -> None:
    file = table()
    shown = otdel("import", "customers", str(file), "--json").data["problems"]
    said = otdel("import", "customers", str(file), "--apply", "--person", "Olga Author", "--json")
    assert (said.code, said.data["applied"], said.data["counts"]) == (1, True, FOUND), said.text
    assert said.data["problems"] == shown and len(shown) == 4
    assert [one.code for one in kept(town, Customer)] == ["1", "2", "3", "4", "5"]
    assert [(one.kind, one.value) for one in kept(town, Address) if one.open] == [
        ("email", "oleg@hidden.ru"), ("phone", "+79120000001"),
    ]  # fmt: skip
    [load] = kept(town, CustomerLoad)
    assert load.source == f"file:{sha256(file.read_bytes()).hexdigest()}:0"
    assert (load.file, load.done, load.total, load.loaded_by) == ("base.csv", 6, 6, "olga")
    assert {act.recorded_by for act in kept(town, ConsentAct)} == {"olga"}
    shown = otdel("import", "customers", str(table(ROWS[:1])))
    assert shown.code == 0 and "1  as before" in shown.text and "Loaded" not in shown.text


def test_the_same_file_imported_once_more_is_loaded_anew(town: Town, otdel: Otdel, table: Table) -> None:
    file = table(ROWS[:1])
    assert otdel("import", "customers", str(file), "--apply", "--json").data["counts"] == {"new": 1, "agreed": 3}
    table((("1", "Oleg Moved", "", "oleg@other.ru"),), name="other.csv")
    assert otdel("import", "customers", str(file.with_name("other.csv")), "--apply").code == 0
    again = otdel("import", "customers", str(file), "--apply", "--json")
    assert again.data["counts"] == {"changed": 1} and again.data["went_on_behind"] == 0
    assert [load.source.rpartition(":")[2] for load in kept(town, CustomerLoad)] == ["0", "0", "1"]
    assert {one.value for one in kept(town, Address)} == {"oleg@hidden.ru", "+79120000001"}


def test_a_killed_import_goes_on_where_it_was(
    town: Town, otdel: Otdel, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ROWS_AT_ONCE", 2)
    file, killed = table(), [engine.let_others_in]

    def dies(of: Any) -> None:
        killed.pop()
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "let_others_in", dies)
    assert otdel("import", "customers", str(file), "--apply").code != 0 and not killed
    monkeypatch.setattr(engine, "let_others_in", lambda of: None)
    assert [one.code for one in kept(town, Customer)] == ["1", "2"]
    said = otdel("import", "customers", str(file), "--apply", "--json")
    assert (said.data["went_on_behind"], said.data["counts"]) == (2, FOUND)
    [load] = kept(town, CustomerLoad)
    assert load.applied_at is not None and (load.done, load.counts) == (6, FOUND)


def test_going_on_is_said(town: Town, otdel: Otdel, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ROWS_AT_ONCE", 2)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "let_others_in", lambda of: (_ for _ in ()).throw(KeyboardInterrupt))
        otdel("import", "customers", str(table()), "--apply")
    document = ("--proof", "order 7", "--agreed-on", "2026-02-01")
    other = otdel("import", "customers", str(table()), "--apply", *document)
    assert "cut off" not in other.text, "with another document it is another loading, from its first row on"
    assert "it went on behind its row 2 of 6" in otdel("import", "customers", str(table()), "--apply").text


def test_one_document_may_prove_the_consents_of_a_whole_base(town: Town, otdel: Otdel, table: Table) -> None:
    file = table([(str(n), "", "", f"{n}@hidden.ru", "yes", "yes") for n in range(3)])
    assert otdel("import", "customers", str(file), "--json").data["reach"] == {"email": {"personal": 3}}
    document = ("--proof", "order 7", "--agreed-on", "01.02.2026", "--wording", "v3")
    shown = otdel("import", "customers", str(file), *document, "--json")
    assert (shown.code, shown.data["reach"], shown.data["problems"]) == (0, {"email": {"": 3}}, [])
    done = otdel("import", "customers", str(file), *document, "--apply", "--json")
    assert (done.code, done.data["counts"]) == (0, {"new": 3, "agreed": 6})
    acts = kept(town, ConsentAct)
    assert {(act.proof, act.wording, act.via, f"{act.at:%Y-%m-%d %H:%M}") for act in acts} == {
        ("order 7", "v3", "import", "2026-01-31 21:00")
    }, "the day begins in the company's zone"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        pytest.param(("--agreed-on", "yesterday"), "“yesterday” is not a date.", id="no date"),
        pytest.param(("--agreed-on", "2026-02-31"), "is not a date", id="no such day"),
        pytest.param(("--agreed-on", "2199-01-01"), "in the future", id="future"),
        pytest.param(("--proof", "p" * 201), "more than 200 characters", id="long"),
    ],
)
def test_a_document_that_cannot_be_is_refused(
    town: Town, otdel: Otdel, table: Table, document: tuple[str, ...], complaint: str
) -> None:
    for apply in ((), ("--apply",)):
        said = otdel("import", "customers", str(table()), *document, *apply, "--json")
        assert (said.code, complaint in said.data["error"]) == (2, True), said.text
    assert kept(town, CustomerLoad) == []


@pytest.mark.parametrize(
    ("name", "content", "code", "complaint"),
    [
        pytest.param("no.csv", None, 2, "There is no file", id="missing"),
        pytest.param("base.doc", b"x", 2, "neither an .xlsx nor a .csv", id="another kind"),
        pytest.param("base.xlsx", b"PK garbage", 4, "cannot be read as a table of customers", id="no spreadsheet"),
        pytest.param("base.csv", b"", 4, "no table in the file", id="empty"),
        pytest.param("base.csv", b"Name;City\nOleg Hidden;Samara\n", 4, "how to reach or to know", id="nobody"),
        pytest.param("base.csv", b"E-mail;Email\na@b.ru;a@b.ru\n", 4, "Two columns say the same", id="twice"),
        pytest.param("base.csv", b"E-mail;Name\n", 4, "no row under the headings", id="no rows"),
    ],
)
def test_what_is_no_table_of_customers_is_refused_and_nothing_is_done(
    town: Town, otdel: Otdel, tmp_path: Path, name: str, content: bytes | None, code: int, complaint: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    for apply in ((), ("--apply",)):
        said = otdel("import", "customers", str(tmp_path / name), *apply, "--json")
        assert (said.code, complaint in said.data["error"], "Hidden" in said.text) == (code, True, False), said.text
        assert said.data["mend"]
    assert kept(town, CustomerLoad) == kept(town, Customer) == []


def test_a_table_by_which_nobody_can_be_known_ends_refused(otdel: Otdel, table: Table) -> None:
    file = table((("", "Oleg"), ("", "Ira")))
    for apply in ((), ("--apply",)):
        assert otdel("import", "customers", str(file), *apply).code == 4


@pytest.mark.parametrize("person", ["nina", "marina", "nobody"])
def test_who_may_not_change_customers_loads_none(town: Town, otdel: Otdel, table: Table, person: str) -> None:
    for apply in ((), ("--apply",)):
        said = otdel("import", "customers", str(table()), "--person", person, *apply, "--json")
        assert said.code == 4 and "error" in said.data
    assert kept(town, CustomerLoad) == []


def test_of_many_rows_with_one_fault_the_first_are_named(otdel: Otdel, table: Table) -> None:
    file = table([(str(n), "", "12", "") for n in range(30)])
    for apply in ((), ("--apply",)):
        [problem] = otdel("import", "customers", str(file), *apply, "--json").data["problems"]
        assert problem.startswith("Column “Phone”, 30 rows: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13…. This is not")


def test_progress_is_shown_where_somebody_looks(otdel: Otdel, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = io.StringIO()
    console = Console(file=watched, force_terminal=True, width=120)
    monkeypatch.setattr(office.Office, "screen", Screen(console))
    otdel("import", "customers", str(table()))
    assert "Looking the rows over" in watched.getvalue() and "6/6" in watched.getvalue()
    otdel("import", "customers", str(table()), "--apply")
    assert "Loading the customers" in watched.getvalue() and "hidden" not in watched.getvalue().lower()


def test_a_house_that_lost_its_key_loads_nobody(town: Town, otdel: Otdel, table: Table) -> None:
    for path in read_settings().config_home.glob("*.json"):
        path.unlink()
    for apply in ((), ("--apply",)):
        assert otdel("import", "customers", str(table()), *apply, "--json").code == 4
    assert kept(town, Customer) == []
